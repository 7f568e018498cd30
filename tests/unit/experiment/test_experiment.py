"""The experiment: defaults, equality, and what each setting refuses."""

import math
from inspect import signature
from itertools import pairwise, permutations

import keras
import pytest
from pydantic import ValidationError

from playground.experiment import MAX_LAYERS, Experiment, Stream, settings
from playground.experiment.experiment import CLIPPINGS
from playground.experiment.setting import Choice, Number, Switch
from playground.losses import LOSSES

NUMBERS = {name: setting for name, setting in settings().items() if isinstance(setting, Number)}
CHOICES = {name: setting for name, setting in settings().items() if isinstance(setting, Choice)}

# The article's example; noise is the one thing that the playground adds to it.
ARTICLE = {
    "dataset": "line",
    "points": 21,
    "hidden": (),
    "loss": "mse",
    "optimizer": "sgd",
    "learning_rate": 0.01,
    "epochs": 1000,
    "batch_size": 0,
    "outliers": 0,
    "l1": 0,
    "l2": 0,
    "global_clipnorm": 0,
    "clipnorm": 0,
    "clipvalue": 0,
}


def value_of(name, number):
    """A value for a field: the setting of ``hidden`` is about the width of one layer."""
    return (number,) if name == "hidden" else number


def just_beyond(name, number, towards):
    """The nearest value outside: the next whole number, or the next float."""
    whole = name == "hidden" or Experiment.model_fields[name].annotation is int
    return number + int(math.copysign(1, towards)) if whole else math.nextafter(number, towards)


def test_defaults_are_the_articles_run_with_noise_1():
    assert Experiment().model_dump(include=set(ARTICLE)) == ARTICLE
    assert Experiment().noise == 1.0


def test_an_experiment_cannot_be_changed():
    with pytest.raises(ValidationError, match="frozen"):
        Experiment().noise = 2.0


def test_equal_settings_make_equal_experiments():
    one, other = Experiment(noise=2, hidden=[8]), Experiment(noise=2.0, hidden=(8,))
    assert one == other
    assert hash(one) == hash(other)
    assert len({one, other, Experiment()}) == 2


def test_any_setting_tells_experiments_apart():
    others = {name: NUMBERS[name].high for name in NUMBERS if name not in ("hidden", *CLIPPINGS)}
    others |= {name: list(CHOICES[name].options)[-1] for name in CHOICES}
    others |= {"hidden": (3,), **dict.fromkeys(CLIPPINGS, 1.0), "shuffle": False, "standardise": True}
    others |= {"residual": True, "proximal": True}
    assert set(others) == set(Experiment.model_fields)
    changed = [Experiment(**{name: value}) for name, value in others.items()]
    assert len({Experiment(), *changed}) == len(changed) + 1


@pytest.mark.parametrize("name", NUMBERS)
def test_the_ends_of_a_range_are_allowed_and_nothing_beyond(name):
    setting = NUMBERS[name]
    for end, outside, bound in ((setting.low, -math.inf, "greater"), (setting.high, math.inf, "less")):
        assert getattr(Experiment(**{name: value_of(name, end)}), name) == value_of(name, end)
        with pytest.raises(ValidationError, match=f"{bound} than or equal to"):
            Experiment(**{name: value_of(name, just_beyond(name, end, outside))})


@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_allowed_names_both_ends(name):
    setting = NUMBERS[name]
    assert [float(end) for end in setting.allowed.split(" to ")] == [setting.low, setting.high]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("name", NUMBERS)
def test_what_is_no_finite_number_is_refused(name, number):
    with pytest.raises(ValidationError, match="finite"):
        Experiment(**{name: value_of(name, number)})


@pytest.mark.parametrize("name", [name for name in NUMBERS if Experiment.model_fields[name].annotation is int])
def test_a_count_is_a_whole_number(name):
    with pytest.raises(ValidationError, match="integer"):
        Experiment(**{name: NUMBERS[name].low + 0.5})


@pytest.mark.parametrize("name", CHOICES)
def test_an_unknown_choice_names_what_was_received_and_what_is_allowed(name):
    with pytest.raises(ValidationError) as caught:
        Experiment(**{name: "nonsense"})
    message = str(caught.value)
    assert "'nonsense'" in message
    assert all(key in message for key in CHOICES[name].options)


@pytest.mark.parametrize("name", CHOICES)
def test_every_entry_of_a_table_can_be_chosen(name):
    for key in CHOICES[name].options:
        assert getattr(Experiment(**{name: key}), name) == key


def test_an_entry_added_to_a_table_can_be_chosen(monkeypatch):
    monkeypatch.setitem(LOSSES, "another", LOSSES["mse"])
    assert Experiment(loss="another").loss == "another"


def test_an_unknown_setting_is_refused():
    with pytest.raises(ValidationError, match="learning_rat\n"):
        Experiment(learning_rat=0.1)


def test_layers_are_limited():
    assert len(Experiment(hidden=(1,) * MAX_LAYERS).hidden) == MAX_LAYERS
    with pytest.raises(ValidationError, match="at most"):
        Experiment(hidden=(1,) * (MAX_LAYERS + 1))


def test_only_one_clipping_at_a_time():
    assert Experiment().clipping == ""
    for one, other in permutations(CLIPPINGS, 2):
        assert Experiment(**{one: 1}).clipping == one
        with pytest.raises(ValidationError, match="set the others to 0"):
            Experiment(**{one: 1, other: 1})


def test_the_clippings_have_the_names_of_keras():
    assert set(CLIPPINGS) == {name for name in signature(keras.optimizers.SGD).parameters if "clip" in name}


def test_replace_changes_what_it_is_told_and_nothing_else():
    first = Experiment(noise=3, hidden=(4, 4))
    assert first.replace(noise=5) == Experiment(noise=5, hidden=(4, 4))
    assert first.noise == 3


@pytest.mark.parametrize(
    "changes", [{"noise": -1}, {"loss": "nonsense"}, {"nois": 1}, {"clipvalue": 1, "global_clipnorm": 1}]
)
def test_replace_checks_like_a_new_experiment(changes):
    with pytest.raises(ValidationError):
        Experiment().replace(**changes)


@pytest.mark.parametrize("name", NUMBERS)
def test_the_stops_of_a_slider_rise_within_the_range(name):
    setting = NUMBERS[name]
    assert list(setting.stops) == sorted(set(setting.stops))
    assert all(setting.low <= stop <= setting.high for stop in setting.stops)


def test_fine_stops_are_short_numbers_at_most_a_third_apart():
    stops = NUMBERS["learning_rate"].stops
    assert all(stop == float(f"{stop:.2g}") for stop in stops)
    assert max(after / before for before, after in pairwise(stops)) <= 4 / 3 + 1e-9
    assert [stop for stop in stops if 0.02 < stop < 0.03] == [0.025]
    assert NUMBERS["epochs"].stops[:12] == (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25)


@pytest.mark.parametrize("name", [name for name in NUMBERS if NUMBERS[name].stops and name != "hidden"])
def test_the_default_is_a_stop_of_its_slider(name):
    default = getattr(Experiment(), name)
    assert default is None or default in NUMBERS[name].stops


def test_every_field_has_a_setting():
    assert list(settings()) == list(Experiment.model_fields)


@pytest.mark.parametrize("name", settings())
def test_every_setting_has_its_words(name):
    setting = settings()[name]
    assert isinstance(setting, Number | Choice | Switch)
    assert setting.label
    assert setting.help.endswith(".")
    assert setting.allowed
    assert sum(setting.label == other.label for other in settings().values()) == 1


def test_parameters_are_those_of_the_loss():
    assert Experiment(loss="mse").parameters == {}
    assert Experiment(loss="huber", delta=2).parameters == {"delta": 2}
    assert Experiment(loss="quantile", quantile=0.3).parameters == {"quantile": 0.3}
    assert Experiment(loss="general", alpha=0, scale=3).parameters == {"alpha": 0, "scale": 3}
    assert Experiment(loss="focal").parameters == {"gamma": 2}


@pytest.mark.parametrize(("batch_size", "rows"), [(0, 21), (1, 1), (8, 8), (21, 21), (500, 21)])
def test_a_batch_is_never_larger_than_the_data(batch_size, rows):
    assert Experiment(points=21, batch_size=batch_size).rows_per_batch == rows


def test_each_stream_of_a_seed_is_its_own():
    first = [stream.generator(seed).random() for seed in (0, 1) for stream in Stream]
    assert len(set(first)) == 2 * len(Stream)
    assert first[: len(Stream)] == [stream.generator(0).random() for stream in Stream]
