"""What an experiment's loss, parameters and optimizer are called."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playground.experiment.experiment import Experiment, settings
from playground.experiment.setting import Number
from playground.losses import LOSSES
from playground.tables.optimizers import OPTIMIZERS
from playground.text.numbers import number as number
from playground.text.numbers import plain as plain


def line(slope: float, intercept: float, words: Callable[[float], str] = number) -> str:
    """The equation of a line, such as "y = 2x − 3"; ``words`` writes its numbers."""
    sign = "−" if intercept < 0 else "+"
    return f"y = {words(slope)}x {sign} {words(abs(intercept))}"


def name(experiment: Experiment) -> str:
    """The loss with its parameter, as the page calls it."""
    return LOSSES[experiment.loss].label + parameter_words(experiment.parameters)


def parameter_words(parameters: Mapping[str, float]) -> str:
    """Parameters by their symbols, such as " (δ = 1)"; empty if there are none."""
    pairs = []
    for key, value in parameters.items():
        setting = settings().get(key)
        symbol = setting.symbol if isinstance(setting, Number) and setting.symbol else key
        pairs.append(f"{symbol} = {plain(value)}")
    return f" ({', '.join(pairs)})" if pairs else ""


def optimizer_words(experiment: Experiment) -> str:
    """The optimizer with its own settings, as the page calls it."""
    rule = OPTIMIZERS[experiment.optimizer]
    return rule.label + parameter_words({name: getattr(experiment, name) for name in rule.settings})
