"""What every loss is: two functions, the task they are for, and all that pages show of them.

Conventions of the whole folder:

- ``residual = y_pred - y_true``. A classifier's ``y_true`` is a label, 0 or 1, and its ``y_pred`` the logit z, of which
  the probability of label 1 is p = 1 / (1 + e^-z).
- A formula is called as ``value(ops, y_true, y_pred, *, ...)``. ``ops`` is ``numpy`` for curves and ``keras.ops`` for
  training, so the picture and the training cannot disagree.
- Formulas and gradients are element-wise: arrays of one shape in, that shape out. The caller reduces.
- A docstring's "Domain" names the values that the arguments may have, their common shape ``(...)``, and the shape and
  unit of the loss. Nothing is raised outside the domain: the number is then infinite, NaN or without meaning.
- Parameters are keyword-only and named after settings of the experiment. In a stack of E experiments they are vectors
  ``(E,)`` against values ``(..., E)``.
- A gradient is the derivative by ``y_pred`` as one writes it on paper, for NumPy: a second way to the number that
  automatic differentiation gives. At a corner it is a slope between those of both sides, the one that training takes.
- LaTeX is written in the residual r = ŷ − y, or in a label y, its logit z and its probability p.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

import numpy as np

from playground.text.language import N_, _

# A NumPy array or a Keras tensor, which share no type.
Array = Any


class Ops(Protocol):
    """The functions of a formula, which ``numpy`` and ``keras.ops`` both have by these names.

    A formula that needs another one adds it here, if both have it.
    """

    def abs(self, x: Array, /) -> Array: ...
    def square(self, x: Array, /) -> Array: ...
    def exp(self, x: Array, /) -> Array: ...
    def expm1(self, x: Array, /) -> Array: ...
    def log(self, x: Array, /) -> Array: ...
    def log1p(self, x: Array, /) -> Array: ...
    def minimum(self, x1: Array, x2: Array, /) -> Array: ...
    def maximum(self, x1: Array, x2: Array, /) -> Array: ...
    def where(self, condition: Array, x1: Array, x2: Array, /) -> Array: ...
    def ones_like(self, x: Array, /) -> Array: ...
    def concatenate(self, xs: Sequence[Array], /, axis: int) -> Array: ...


# The words in the formulas of losses.
FORMULA_WORDS = {"if": N_("if"), "else": N_("else"), "beyond": N_("beyond"), "within": N_("within")}

Value = Callable[..., Array]
Gradient = Callable[..., np.ndarray]


class Target(StrEnum):
    """What a loss trains a model to predict: any number, a positive one, or the logit of a label 0 or 1.

    ``BROKEN`` also takes labels, by a formula that fails where numbers are rounded: it is shown, but not offered.
    """

    REAL = "real"
    POSITIVE = "positive"
    LABEL = "label"
    BROKEN = "broken"


@dataclass(frozen=True)
class Loss:
    """A loss and what every page needs to know of it.

    ``value`` and ``gradient`` are the functions, ``formula`` and ``slope`` the same two in LaTeX. ``name``, ``about``
    and ``noise`` (that of which the loss is the negative log-likelihood) are English texts marked for the catalogues.
    Pages show them as ``label``, ``summary`` and ``likelihood``, which are in the current language. ``curvature`` is
    the largest second derivative by ``y_pred``, ``None`` where the loss is made of straight pieces or no single
    number bounds it; ``constant_curvature`` says that it is the same everywhere. ``parameters`` are the names of the
    settings it reads. ``keras_name`` is the class in ``keras.losses`` that computes the same; its parameters have our
    names, and ``keras_options`` are the rest of its arguments. ``comes_to_rest`` says that 1,000 epochs of Adam on
    the article's line, at a rate of 0.03, end at the loss's own optimum.
    """

    key: str
    name: str
    about: str
    value: Value
    gradient: Gradient
    formula: str
    slope: str
    noise: str
    source: str
    url: str
    colour: str
    dash: str
    curvature: float | None = None
    constant_curvature: bool = False
    parameters: tuple[str, ...] = ()
    keras_name: str | None = None
    keras_options: tuple[tuple[str, object], ...] = ()
    target: Target = Target.REAL
    comes_to_rest: bool = True

    @property
    def is_kinked(self) -> bool:
        """Whether it is made of straight pieces, so that its gradient does not fade near its minimum."""
        return self.curvature is None and self.target is Target.REAL

    @property
    def label(self) -> str:
        """What the loss is called, in the current language."""
        return _(self.name)

    @property
    def summary(self) -> str:
        """What the loss is, in a line of the current language."""
        return _(self.about)

    @property
    def likelihood(self) -> str:
        """For which noise the loss is the negative log-likelihood, in the current language."""
        return _(self.noise)

    def curve(self, residual: np.ndarray, y_true: float = 0.0, **parameters: float) -> np.ndarray:
        """The loss at each ``residual`` ``(n,)`` from the truth ``y_true``: shape ``(n,)``, in the unit of the loss.

        ``parameters`` are those that ``self.parameters`` names. Raises ``TypeError`` if one is missing or not its own.
        """
        residual = np.asarray(residual, dtype=float)
        return self.value(np, np.full_like(residual, y_true), y_true + residual, **parameters)

    def is_keras_own(self, parameters: Mapping[str, float]) -> bool:
        """Whether a Keras loss object computes all of it: class weights are no part of one, but go to ``fit``."""
        return bool(self.keras_name) and parameters.get("class_weight", 1.0) == 1.0


def translate_formula(latex: str) -> str:
    """A formula in LaTeX whose words, such as ``\\text{ if }``, are in the current language."""
    return re.sub(r"\\text\{ ?(\w+) ?\}", lambda found: rf"\text{{ {_(FORMULA_WORDS[found[1]])} }}", latex)
