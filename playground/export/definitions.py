"""The definitions that an exported program takes over from this package, as text: formulas, noise, distributions."""

from __future__ import annotations

from collections.abc import Sequence

from playground.data.polynomials import expand_polynomials
from playground.engine.dropout import draw_kept_units, drop_thresholds
from playground.experiment import Experiment
from playground.export.source_code import collect_definitions
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
        needed |= collect_definitions(LABELLED_DISTRIBUTIONS[experiment.dataset].centre)
    else:
        needed |= collect_definitions(NOISES[experiment.noise_shape].draw)
    if experiment.inputs != experiment.features:
        needed |= collect_definitions(expand_polynomials)
    if experiment.dropout and experiment.hidden:
        needed |= collect_definitions(draw_kept_units) | collect_definitions(drop_thresholds)
    if not LOSSES[experiment.loss].keras_name:
        needed |= collect_definitions(LOSSES[experiment.loss].value)
    return needed
