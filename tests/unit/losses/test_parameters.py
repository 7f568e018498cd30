"""The parameters of the losses: each is a setting with a symbol, and what is computed exactly reads its value."""

import pytest

from playground.experiment import Experiment, settings
from playground.experiment.relevance import is_used
from playground.experiment.setting import Number
from playground.losses import LOSSES
from playground.theory.line_loss import surface_key

PARAMETERS = [(loss.key, name) for loss in LOSSES.values() for name in loss.parameters]


@pytest.mark.parametrize(("key", "name"), PARAMETERS)
def test_a_parameter_is_a_setting_with_a_symbol(key, name):
    setting = settings()[name]
    assert isinstance(setting, Number)
    assert len(setting.symbol) == 1


@pytest.mark.parametrize(("key", "name"), PARAMETERS)
def test_the_surface_is_that_of_a_parameters_value_and_not_of_its_default(key, name):
    experiment = Experiment(loss=key)
    other = experiment.replace(**{name: settings()[name].stops[0]})
    assert getattr(other, name) != getattr(experiment, name)
    assert surface_key(other) != surface_key(experiment)
    assert getattr(surface_key(other), name) == getattr(other, name)
    data = "line" if LOSSES[key].target.value == "real" else "moons"
    assert is_used(name, experiment.replace(dataset=data))
