"""The definitions that an exported program takes over from this package, as text: formulas, noise, distributions."""

from __future__ import annotations

from collections.abc import Sequence

from playground.data.polynomials import expand_polynomials
from playground.engine.dropout import cut_off, kept
from playground.experiment import Experiment
from playground.export.source_code import definitions_of
from playground.losses import LOSSES
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.tables.noise import NOISES


def write_definitions(experiments: Sequence[Experiment]) -> str:
    """Imports and constants first, then functions: what the experiments need, each once."""
    needed: dict[str, str] = {}
    for experiment in experiments:
        needed |= _find_needed(experiment)
    functions = [text for text in needed.values() if text.startswith("def ")]
    others = [text for text in needed.values() if not text.startswith("def ")]
    imports_first = sorted(others, key=lambda line: not line.startswith("from "))
    return "\n\n\n".join(["\n".join(imports_first), *functions])


def _find_needed(experiment: Experiment) -> dict[str, str]:
    """The definitions that one experiment needs, by name."""
    needed = {"sqrt": "from math import sqrt"}  # in every rule for first weights
    if experiment.task == "classification":
        needed |= definitions_of(LABELLED_DISTRIBUTIONS[experiment.dataset].centre)
    else:
        needed |= definitions_of(NOISES[experiment.noise_shape].draw)
    if experiment.inputs != experiment.features:
        needed |= definitions_of(expand_polynomials)
    if experiment.dropout and experiment.hidden:
        needed |= definitions_of(kept) | definitions_of(cut_off)
    if not LOSSES[experiment.loss].keras_name:
        needed |= definitions_of(LOSSES[experiment.loss].value)
    return needed
