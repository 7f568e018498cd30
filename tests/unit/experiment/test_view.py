"""Links: every view survives its own link, and whatever else a link says is mended and named."""

import re
from dataclasses import replace
from time import perf_counter
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest

from playground.experiment import MAX_LAYERS, Experiment, equalise_widths, settings
from playground.experiment.experiment import CLIPPINGS
from playground.experiment.setting import Choice, Number, Switch
from playground.experiment.view import DEFAULT_LOSSES, FIRST, View, read_link, write_link
from playground.losses import LOSSES, losses_for
from playground.tables.functions import TRUE_FUNCTIONS

FIELDS = {name: setting for name, setting in settings().items() if name not in ("hidden", "loss")}
NUMBERS = {name: setting for name, setting in FIELDS.items() if isinstance(setting, Number)}
WORDS = {name: setting for name, setting in FIELDS.items() if isinstance(setting, Choice | Switch)}
WHOLE = [name for name in NUMBERS if isinstance(getattr(Experiment(), name), int)]

UNREADABLE = ["", " ", "abc", "nan", "inf", "-inf", "1e999", "0x10", "1,5", "π", "9" * 400, "1 OR 1=1", "\x00"]
HOSTILE = [
    "<script>alert(1)</script>",
    "[a](https://evil.example)",
    "\n# a\n",
    "ł" * 10_000,
    "a" * 100_000,
    "\u202eabc",
]


def read(query: str, task: str = "regression") -> tuple[View, list[str]]:
    """A link as the browser sends it."""
    return read_link(parse_qs(query, keep_blank_values=True), task)


def mend(**values: str) -> tuple[Experiment, str]:
    """The experiment of a link that needs mending, and the one sentence about it."""
    view, notices = read_link({name: [value] for name, value in values.items()})
    assert len(notices) == 1, notices
    return view.experiment, notices[0]


def random_view(rng: np.random.Generator) -> View:
    values = {name: random_value(setting, rng) for name, setting in FIELDS.items()}
    values = {name: round(value) if name in WHOLE else value for name, value in values.items()}
    chosen = rng.choice(CLIPPINGS)
    values |= {name: 0.0 for name in CLIPPINGS if name != chosen}
    hidden = tuple(int(width) for width in rng.integers(1, 65, rng.integers(0, MAX_LAYERS + 1)))
    hidden = equalise_widths(hidden, str(values["normalisation"]), bool(values["residual"]))
    view = View(Experiment(**values, hidden=hidden), log=bool(rng.random() < 0.5))
    return replace(view, losses=tuple(key for key in losses_for(view.task) if rng.random() < 0.5))


def random_value(setting: Number | Choice | Switch, rng: np.random.Generator) -> object:
    if isinstance(setting, Choice):
        return str(rng.choice(list(setting.options)))
    if isinstance(setting, Switch):
        return bool(rng.random() < 0.5)
    inside = float(rng.uniform(setting.low, setting.high))
    return float(rng.choice([setting.low, setting.high, inside, *setting.stops[:3]]))


def test_every_view_survives_its_link() -> None:
    rng = np.random.default_rng(0)
    tasks = set()
    for _ in range(1000):
        view = random_view(rng)
        tasks.add(view.task)
        read_back, notices = read(urlencode(write_link(view), doseq=True), view.task)
        first = FIRST[view.task].experiment.loss
        assert (read_back, notices) == (view.with_experiment(view.experiment.replace(loss=first)), [])
    assert tasks == set(FIRST)


def test_a_link_holds_only_what_is_not_the_default() -> None:
    assert write_link(View()) == {}
    assert read_link({}) == read_link({"scene": ["article"]}) == (View(), [])
    assert read_link({"scene": ["film"]})[1] == ["scene was `'film'`; allowed are article. It was left out."]
    view = View().with_experiment(Experiment(noise=2.5, hidden=(8, 4), shuffle=False))
    assert write_link(view) == {"noise": ["2.5"], "hidden": ["8", "4"], "shuffle": ["false"]}


def test_the_order_of_the_losses_makes_no_other_link() -> None:
    assert write_link(View(losses=tuple(reversed(DEFAULT_LOSSES)))) == {}


@pytest.mark.parametrize("text", UNREADABLE + HOSTILE)
def test_an_unreadable_value_becomes_the_default(text: str) -> None:
    for name, setting in FIELDS.items():
        experiment, notice = mend(**{name: text})
        assert experiment == Experiment()
        assert notice.startswith(f"{name} was `{repr(text)[:20]}")
        allowed = ", ".join(TRUE_FUNCTIONS) if name == "dataset" else setting.allowed
        value = getattr(experiment, name)
        done = "left out" if value is None else f"set to {value}"
        assert notice.endswith(f"allowed are {allowed}. It was {done}.")


@pytest.mark.parametrize("name", NUMBERS)
def test_a_value_out_of_range_becomes_the_nearest(name: str) -> None:
    low, high = NUMBERS[name].low, NUMBERS[name].high
    for text, nearest in [(f"{low - 1}", low), ("-1e300", low), (f"{high * 10 + 1}", high), ("1e300", high)]:
        experiment, notice = mend(**{name: text})
        assert getattr(experiment, name) == nearest
        assert repr(text) in notice
        assert float(notice.removesuffix(".").rpartition("set to ")[2].replace(",", "")) == nearest


@pytest.mark.parametrize("name", WHOLE)
def test_a_fraction_becomes_a_whole_number(name: str) -> None:
    experiment, notice = mend(**{name: "2.7"})
    assert getattr(experiment, name) == 3
    assert "'2.7'" in notice
    assert "set to 3" in notice
    assert read(f"{name}=3.0") == (View().with_experiment(Experiment(**{name: 3})), [])


def test_a_range_is_named_in_full() -> None:
    _, notice = mend(seed="-1")
    assert "0 to 2147483647" in notice.replace(",", "")


@pytest.mark.parametrize("name", [*FIELDS, "hidden", "loss", "log", "epoch"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_quoted_and_shortened(name: str, text: str) -> None:
    _, notices = read_link({name: [text]})
    assert len(notices) == 1
    assert len(notices[0]) < 300
    assert notices[0].isprintable()
    assert notices[0].startswith(f"{name} was `'")


def test_a_wrong_word_keeps_the_default() -> None:
    for name in WORDS:
        assert mend(**{name: "MSE?"})[0] == Experiment()
    assert read("shuffle=FALSE") == (View().with_experiment(Experiment(shuffle=False)), [])


def test_of_a_repeated_value_the_last_counts() -> None:
    view, notices = read("noise=1&noise=2")
    assert view == View().with_experiment(Experiment(noise=2.0))
    assert notices == ["noise was given 2 times. The last value counts: `'2'`."]


def test_unknown_parameters_are_ignored() -> None:
    assert read("utm_source=mail&=&noise_=3&__class__=x&model_config=1") == (View(), [])


@pytest.mark.parametrize(
    ("query", "hidden"),
    [
        ("hidden=8", (8,)),
        ("hidden=8&hidden=4", (8, 4)),
        ("hidden=8,4", (8, 4)),
        ("hidden=", ()),
        ("hidden=1,2,3,4,5,6", (1, 2, 3, 4, 5, 6)),
    ],
)
def test_layers(query: str, hidden: tuple[int, ...]) -> None:
    assert read(query) == (View().with_experiment(Experiment(hidden=hidden)), [])


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (",".join(31 * "8"), ()),
        ("8,abc", ()),
        ("nan", ()),
        ("0", (1,)),
        ("65,8", (64, 8)),
        ("1e9,-1", (64, 1)),
        ("8.5", (8,)),
    ],
)
def test_layers_are_mended(text: str, hidden: tuple[int, ...]) -> None:
    experiment, notice = mend(hidden=text)
    assert experiment.hidden == hidden
    assert notice.startswith(f"hidden was `{repr(text)[:40]}")
    assert (", ".join(map(str, hidden)) or "left out") in notice


@pytest.mark.parametrize(
    "query", ["hidden=1,2,3,4,5,6,7", "hidden=8,4&residual=true", "hidden=8,4&normalisation=batch"]
)
def test_layers_are_made_equal_where_they_have_to_be(query: str) -> None:
    view, (notice,) = read(query)
    assert len(set(view.experiment.hidden)) == 1
    assert notice.startswith("hidden has layers of different width")


def test_only_one_clipping_is_kept() -> None:
    experiment, notice = mend(global_clipnorm="2", clipvalue="3")
    assert (experiment.global_clipnorm, experiment.clipvalue) == (2.0, 0.0)
    assert "clipvalue was set to 0" in notice
    experiment, notice = mend(clipnorm="2", clipvalue="3")
    assert (experiment.clipnorm, experiment.clipvalue) == (2.0, 0.0)
    assert notice == "clipvalue and clipnorm are both set, and only one can be: clipvalue was set to 0."


@pytest.mark.parametrize(
    ("query", "losses", "unknown"),
    [
        ("loss=mae", ("mae",), None),
        ("loss=mae&loss=quantile", ("mae", "quantile"), None),
        ("loss=mae,quantile", ("mae", "quantile"), None),
        ("loss=mae,mae", ("mae",), None),
        ("loss=", (), None),
        ("loss=mae,rmse", ("mae",), "rmse"),
        ("loss=rmse", DEFAULT_LOSSES, "rmse"),
        ("loss=MSE", DEFAULT_LOSSES, "MSE"),
        ("loss=tukey,general", ("tukey", "general"), None),
    ],
)
def test_losses(query: str, losses: tuple[str, ...], unknown: str | None) -> None:
    view, notices = read(query)
    assert view.losses == losses
    assert [f"loss was `{unknown!r}`" in notice for notice in notices] == [True] * bool(unknown)


@pytest.mark.parametrize("key", [key for key in LOSSES if key not in losses_for("regression")])
def test_a_loss_that_does_not_fit_every_data_set_is_left_out(key: str) -> None:
    view, notices = read(f"loss=mae,{key}")
    assert view.losses == ("mae",)
    assert len(notices) == 1
    assert notices[0].startswith(f"loss was `{key!r}`; allowed are " + ", ".join(losses_for("regression")) + ".")


@pytest.mark.parametrize(
    ("query", "epoch", "mended"),
    [
        ("epoch=0", 0, False),
        ("epoch=500", 500, False),
        ("epoch=1000", None, False),
        ("epochs=50&epoch=49", 49, False),
        ("epochs=50&epoch=51", None, True),
        ("epoch=-1", 0, True),
        ("epoch=nan", None, True),
        ("epoch=", None, True),
    ],
)
def test_the_shown_epoch(query: str, epoch: int | None, mended: bool) -> None:
    view, notices = read(query)
    assert view.epoch == epoch
    assert len(notices) == mended
    assert all(notice.startswith("epoch was ") for notice in notices)


def test_the_scale() -> None:
    assert read("log=false") == (View(log=False), [])
    view, notices = read("log=maybe")
    assert view == View()
    assert notices[0].startswith("log was `'maybe'`; allowed are true or false")


def is_allowed(name: str, text: str) -> bool:
    """Whether a text is an allowed value of a setting as it stands, by a reading of its own."""
    setting = NUMBERS.get(name)
    if setting is None:
        return text.lower() in ("true", "false") if isinstance(WORDS[name], Switch) else text in WORDS[name].options
    if not re.fullmatch(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", text, re.IGNORECASE):
        return False
    value = float(text)
    return setting.low <= value <= setting.high and (name not in WHOLE or value.is_integer())


def test_a_random_link_is_read_as_it_says_or_says_what_was_changed() -> None:
    rng = np.random.default_rng(1)
    alphabet = list("0123456789+-.eE,_ naif\u0660\uff11\u00b2\ud800\x00<&")
    names = [name for name in FIELDS if name not in ("dataset", "normalisation", "residual", "clipnorm", "clipvalue")]
    kept = changed = 0
    for _ in range(1000):
        query = {name: ["".join(rng.choice(alphabet, rng.integers(0, 6)))] for name in names}
        view, notices = read_link(query)
        named = {notice.split(" was ")[0] for notice in notices}
        allowed = {name for name, (text,) in query.items() if is_allowed(name, text)}
        assert named == set(names) - allowed
        assert len(notices) == len(named)
        for name in allowed & set(NUMBERS):
            assert getattr(view.experiment, name) == float(query[name][0])
        kept, changed = kept + len(allowed), changed + len(named)
    assert kept > 1000
    assert changed > 10_000


@pytest.mark.parametrize("epoch", ["99999", "-1", "1e400", "\u221e", "1_0"])
def test_an_epoch_that_there_is_not_is_changed_and_said(epoch: str) -> None:
    view, (notice,) = read_link({"epoch": [epoch]})
    assert view.epoch in (None, 0)
    assert notice.startswith("epoch was ")


def test_a_link_of_half_a_megabyte_is_read_at_once() -> None:
    began = perf_counter()
    _, notices = read_link({"hidden": ["8," * 250_000], "loss": ["x," * 250_000], "noise": ["9" * 500_000]})
    assert perf_counter() - began < 2.0
    assert len(notices) == 3
    assert max(map(len, notices)) < 300


def test_each_task_has_datasets_and_losses_of_its_own():
    link = {"dataset": ["xor"], "loss": ["focal,hinge"], "overlap": ["0.7"], "hidden": [""]}
    view, notices = read_link(link, "classification")
    assert notices == []
    assert (view.experiment.dataset, view.experiment.overlap, view.experiment.hidden) == ("xor", 0.7, ())
    assert [experiment.loss for experiment in view.experiments] == ["focal", "hinge"]
    assert read_link(write_link(view), "classification") == (view, [])
    assert read_link({}, "classification")[0] == FIRST["classification"]
    view, notices = read_link({"dataset": ["xor"], "loss": ["hinge"]})
    assert view == View()
    assert len(notices) == 2
    assert read_link({"dataset": ["line"], "loss": ["naive"]}, "classification")[0] == FIRST["classification"]
