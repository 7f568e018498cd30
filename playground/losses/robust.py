"""Losses that limit what an outlier can do: squared near 0, and ever less steep than that beyond.

Each is half the square of a small residual, so the four have the same curvature at 0. See ``playground.losses.loss``
for the conventions.
"""

from __future__ import annotations

import numpy as np

from playground.losses.loss import Array, Loss, Ops
from playground.text.language import N_

HOLE_RADIUS = 1e-10  # how near to 0 and to 2 the limit of Barron's formula equals it in all digits that count


def huber(ops: Ops, y_true: Array, y_pred: Array, *, delta: Array) -> Array:
    """Half the squared residual up to ``delta``, a straight line beyond.

    Near points average as under MSE, and an outlier pulls no harder than a residual of ``delta``: its gradient is
    that of MSE/2, clipped. As ``delta`` grows it becomes MSE/2; divided by a small ``delta`` it becomes MAE.

    Domain: any real ``y_true`` and ``y_pred`` of one shape ``(...)``, and ``delta`` > 0 in units of y. The loss has
    that shape and the unit of y².
    Formula: r²/2 if |r| ≤ δ, δ|r| − δ²/2 beyond.
    Source: Huber 1964, https://doi.org/10.1214/aoms/1177703732
    """
    size = ops.abs(y_pred - y_true)
    return ops.where(size <= delta, 0.5 * ops.square(size), delta * size - 0.5 * delta * delta)


def huber_gradient(y_true: np.ndarray, y_pred: np.ndarray, *, delta: float) -> np.ndarray:
    """The derivative of ``huber`` by ``y_pred``, r cut to ±δ: shape ``(...)`` of the arguments, in units of y."""
    return np.clip(y_pred - y_true, -delta, delta)


HUBER = Loss(
    key="huber",
    name=N_("Huber"),
    about=N_("Squared up to δ, straight beyond. Small errors count as under MSE, and outliers have limited influence."),
    value=huber,
    gradient=huber_gradient,
    formula=r"\tfrac12 r^2 \text{ if } |r|\le\delta,\quad \delta|r|-\tfrac12\delta^2 \text{ beyond}",
    slope=r"\max(-\delta,\min(\delta, r))",
    noise=N_("Gaussian noise with Laplace tails beyond δ"),
    source="Huber, Robust estimation of a location parameter, 1964",
    url="https://doi.org/10.1214/aoms/1177703732",
    colour="#009E73",
    dash="dot",
    curvature=1.0,
    parameters=("delta",),
    keras_name="Huber",
)


def cauchy(ops: Ops, y_true: Array, y_pred: Array, *, scale: Array) -> Array:
    """A logarithm of the squared residual, in which ``scale`` is where it leaves the parabola.

    A point pulls hardest at a residual of ``scale`` and ever less beyond, so far outliers are nearly forgotten. It is
    not convex: training may end in a valley that is not the lowest. It is ``general`` at ``alpha`` = 0 with a scale of
    c/√2.

    Domain: any real ``y_true`` and ``y_pred`` of one shape ``(...)``, and ``scale`` > 0 in units of y. The loss has
    that shape and the unit of y².
    Formula: c²/2 · log(1 + (r/c)²).
    Source: Barron 2019 (α = 0), https://arxiv.org/abs/1701.03077
    """
    return 0.5 * scale * scale * ops.log1p(ops.square((y_pred - y_true) / scale))


def cauchy_gradient(y_true: np.ndarray, y_pred: np.ndarray, *, scale: float) -> np.ndarray:
    """The derivative of ``cauchy`` by ``y_pred``: shape ``(...)`` of the arguments, in units of y.

    Steepest at |r| = c, where it is c/2; it falls to 0 far out.
    """
    residual = y_pred - y_true
    return residual / (1 + (residual / scale) ** 2)


CAUCHY = Loss(
    key="cauchy",
    name=N_("Cauchy"),
    about=N_("Grows like a logarithm. Points far off have almost no influence, but there can be several minima."),
    value=cauchy,
    gradient=cauchy_gradient,
    formula=r"\tfrac{c^2}{2}\log\left(1+(r/c)^2\right)",
    slope=r"\dfrac{r}{1+(r/c)^2}",
    noise=N_("Cauchy noise of scale c, up to a constant factor"),
    source="Barron, A general and adaptive robust loss function, 2019 (α = 0)",
    url="https://arxiv.org/abs/1701.03077",
    colour="#998877",
    dash="1px,4px",
    curvature=1.0,
    parameters=("scale",),
)


def tukey(ops: Ops, y_true: Array, y_pred: Array, *, scale: Array) -> Array:
    """Tukey's biweight: bowl-shaped up to ``scale``, constant beyond.

    A point farther off than ``scale`` has no slope at all, so it has no influence; nor can training start there. As
    ``scale`` grows it becomes MSE/2.

    Domain: any real ``y_true`` and ``y_pred`` of one shape ``(...)``, and ``scale`` > 0 in units of y. The loss has
    that shape and the unit of y², and is at most c²/6.
    Formula: c²/6 · (1 − (1 − (r/c)²)³) if |r| ≤ c, c²/6 beyond.
    Source: Beaton and Tukey 1974, https://doi.org/10.1080/00401706.1974.10489171
    """
    inside = ops.minimum(ops.square((y_pred - y_true) / scale), 1.0)
    # 1 − (1 − s)³ multiplied out: nothing cancels where s is small.
    return scale * scale * inside * (0.5 - 0.5 * inside + inside * inside / 6.0)


def tukey_gradient(y_true: np.ndarray, y_pred: np.ndarray, *, scale: float) -> np.ndarray:
    """The derivative of ``tukey`` by ``y_pred``: shape ``(...)`` of the arguments, in units of y; 0 where |r| ≥ c."""
    residual = y_pred - y_true
    inside = np.clip(residual / scale, -1, 1)
    return residual * ((1 - inside) * (1 + inside)) ** 2


TUKEY = Loss(
    key="tukey",
    name=N_("Tukey"),
    about=N_("Constant beyond c. A point farther off than c has no influence at all."),
    value=tukey,
    gradient=tukey_gradient,
    formula=(
        r"\tfrac{c^2}{6}\left(1-\left(1-(r/c)^2\right)^3\right)\text{ if }|r|\le c,\quad\tfrac{c^2}{6}\text{ beyond}"
    ),
    slope=r"r\left(1-(r/c)^2\right)^2 \text{ if } |r|\le c,\quad 0 \text{ beyond}",
    noise=N_("no distribution: beyond c the cost is constant, so no density integrates to 1"),
    source="Beaton and Tukey, 1974",
    url="https://doi.org/10.1080/00401706.1974.10489171",
    colour="#FF0033",
    dash="8px,2px",
    curvature=1.0,
    parameters=("scale",),
    comes_to_rest=False,  # where training starts, no point has a slope
)


def general(ops: Ops, y_true: Array, y_pred: Array, *, alpha: Array, scale: Array) -> Array:
    """Barron's loss times ``scale`` squared, so that it is half the square of small residuals, as its kin are.

    One number, ``alpha``, goes from MSE/2 (2) past a smooth MAE (1) and Cauchy (0) to Geman-McClure (−2): the lower,
    the less an outlier counts.

    Domain: any real ``y_true`` and ``y_pred`` of one shape ``(...)``, ``alpha`` ≤ 2, and ``scale`` > 0 in units of y.
    The loss has that shape and the unit of y².
    Formula: c² |α−2|/α · (((r/c)²/|α−2| + 1)^(α/2) − 1), and its limits at α = 2 and 0.
    Source: Barron 2019, https://arxiv.org/abs/1701.03077
    """
    square = ops.square((y_pred - y_true) / scale)
    # The formula has holes at 2 and 0. At 2 its limit is taken; at 0 a step aside changes no digit that counts.
    quadratic = ops.abs(alpha - 2.0) < HOLE_RADIUS
    width = ops.where(quadratic, 1.0, ops.abs(alpha - 2.0))
    power = ops.where(ops.abs(alpha) < HOLE_RADIUS, HOLE_RADIUS, alpha)
    curved = width / power * ops.expm1(0.5 * power * ops.log1p(square / width))
    return scale * scale * ops.where(quadratic, 0.5 * square, curved)


def general_gradient(y_true: np.ndarray, y_pred: np.ndarray, *, alpha: float, scale: float) -> np.ndarray:
    """The derivative of ``general`` by ``y_pred``: shape ``(...)`` of the arguments, in units of y.

    ``alpha`` and ``scale`` are single numbers here.
    """
    residual = y_pred - y_true
    if abs(alpha - 2) < HOLE_RADIUS:
        return residual
    return residual * ((residual / scale) ** 2 / abs(alpha - 2) + 1) ** (alpha / 2 - 1)


GENERAL = Loss(
    key="general",
    name=N_("Barron"),
    about=N_(
        "One formula for a family of losses: α = 2 is squared, 1 is nearly absolute, 0 is Cauchy, −2 is Geman-McClure."
    ),
    value=general,
    gradient=general_gradient,
    formula=r"c^2\,\tfrac{|\alpha-2|}{\alpha}\left(\left(\tfrac{(r/c)^2}{|\alpha-2|}+1\right)^{\alpha/2}-1\right)",
    slope=r"r\left(\tfrac{(r/c)^2}{|\alpha-2|}+1\right)^{\alpha/2-1}",
    noise=N_("noise from Gaussian (α = 2) to Cauchy (α = 0); no distribution below α = 0"),
    source="Barron, A general and adaptive robust loss function, 2019; here times c²",
    url="https://arxiv.org/abs/1701.03077",
    colour="#8800FF",
    dash="14px,4px,4px,4px",
    curvature=1.0,
    parameters=("alpha", "scale"),
)
