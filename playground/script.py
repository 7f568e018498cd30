"""Experiments as a program: plain NumPy and TensorFlow that prints the numbers which the page shows.

What ``playground.models.build_model`` builds, ``playground.data`` draws and ``playground.batches`` orders is said here
a second time, for a reader who has none of it. The tests run what is written, and compare.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from playground.data import make_data
from playground.experiment import Experiment, Stream
from playground.losses import LOSSES
from playground.noise import NOISES
from playground.optimizers import OPTIMIZERS
from playground.source_code import definitions_of, expression_of
from playground.sources import SOURCES
from playground.words import count, name

PACKAGES = ("numpy", "tensorflow", "keras")
TEST_POINTS = 201

# The settings that the program knows how to say. The parameters of the losses come from the table of losses.
SAID = {
    *("dataset", "noise", "noise_shape", "outliers", "outlier_size", "points", "seed", "hidden", "activation", "loss"),
    *("standardise", "start_slope", "start_intercept", "momentum"),
    *("optimizer", "learning_rate", "epochs", "batch_size", "shuffle", "l1", "l2", "global_clipnorm", "clipvalue"),
    *(parameter for loss in LOSSES.values() for parameter in loss.parameters),
}


@dataclass(frozen=True)
class Part:
    """A part of the program: what it does, in a line, and its code. A notebook has a cell for each."""

    title: str
    code: str


def script(experiments: Sequence[Experiment], link: str = "") -> str:
    """The program as Python, ready to run. Raises ``ValueError`` for an experiment that it cannot say."""
    head = f'"""{_about(experiments, link)}\n"""'
    parts = [f"# {part.title}\n{part.code}" for part in _parts(experiments)]
    return "\n\n".join([head, *parts]) + "\n"


def notebook(experiments: Sequence[Experiment], link: str = "") -> str:
    """The same program as a Jupyter notebook."""
    cells = [_cell("markdown", "about", _about(experiments, link))]
    for place, part in enumerate(_parts(experiments)):
        cells.append(_cell("markdown", f"title-{place}", f"## {part.title}"))
        cells.append({**_cell("code", f"code-{place}", part.code), "execution_count": None, "outputs": []})
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def _cell(kind: str, key: str, text: str) -> dict[str, Any]:
    return {"cell_type": kind, "id": key, "metadata": {}, "source": text.splitlines(keepends=True)}


def versions() -> dict[str, str]:
    """The packages that decide the numbers, and which of them is installed here."""
    return {package: version(package) for package in PACKAGES}


def _about(experiments: Sequence[Experiment], link: str) -> str:
    names = ", ".join(dict.fromkeys(name(experiment) for experiment in experiments))
    epochs = sum(experiment.epochs for experiment in experiments)
    made = ", ".join(f"{package} {number}" for package, number in versions().items())
    lines = [
        f"Trains {names} and prints what the Loss Playground shows.",
        "",
        f"Needs numpy and tensorflow (written with {made}).",
        f"Keras takes about 25 ms an epoch, so this takes about {count(max(1, round(epochs * 0.025)), 'second')}.",
    ]
    return "\n".join([*lines, *([link] if link else [])])


def _parts(experiments: Sequence[Experiment]) -> Iterable[Part]:
    """The program, part by part. What does not change from one experiment to the next is not said again."""
    if not experiments:
        raise ValueError("there is no experiment to write a program for; choose one or more")
    yield Part("What is needed", "import numpy as np\nimport tensorflow as tf")
    yield Part("Helpers", "\n\n\n".join(_helpers(experiments)))
    reason = unsaid(experiments)
    if reason:
        raise ValueError(reason)
    said = ""
    for place, experiment in enumerate(experiments, 1):
        data = _data(experiment)
        if data != said:
            yield Part(f"The points: {SOURCES[experiment.dataset].summary}", data)
        said = data
        title = name(experiment) if len(experiments) == 1 else f"{place} · {name(experiment)}"
        yield Part(title, _training(experiment, title))


def unsaid(experiments: Sequence[Experiment]) -> str:
    """Why there can be no program of these; empty if there can. What is left out must not be so in silence."""
    default = Experiment()
    for experiment in experiments:
        if experiment.dataset not in SOURCES:
            allowed = ", ".join(SOURCES)
            return f"dataset is {experiment.dataset!r}, which an exported program cannot say; allowed are {allowed}"
        for setting in [setting for setting in Experiment.model_fields if setting not in SAID]:
            value, usual = getattr(experiment, setting), getattr(default, setting)
            if value != usual:
                return f"{setting} is {value!r}, which an exported program cannot say; set it to {usual!r}"
    return ""


FIRST_WEIGHTS = f'''
def first_weights(model, seed):
    """Kernels as Glorot and Bengio draw them, biases 0. They hang on the seed alone, so every loss starts alike."""
    rng = np.random.default_rng([seed, {Stream.WEIGHTS.value}])
    weights = []
    for array in model.get_weights():
        limit = np.sqrt(6.0 / sum(array.shape))
        weights.append(rng.uniform(-limit, limit, array.shape) if array.ndim == 2 else np.zeros(array.shape))
    model.set_weights(weights)
'''

BATCHES = f'''
def batches(x, y, size, seed):
    """Endless batches: in every epoch the points in another order, drawn from the seed."""
    rng = np.random.default_rng([seed, {Stream.SHUFFLE.value}])
    while True:
        order = rng.permuted(np.arange(len(x)))
        for start in range(0, len(x), size):
            rows = order[start : start + size]
            yield x[rows], y[rows]
'''

REPORT = '''
def report(title, model, history):
    """The loss of the last epoch, and how far the model is from the truth on points without noise."""
    error = model.predict(x_test, verbose=0).astype(float) - y_test
    loss, mae, rmse = history.history["loss"][-1], np.abs(error).mean(), np.sqrt(np.square(error).mean())
    print(f"{title}: loss {loss:.8g}, MAE {mae:.8g}, RMSE {rmse:.8g}")
'''


def _helpers(experiments: Sequence[Experiment]) -> list[str]:
    """Imports and constants first, then functions: what the experiments need, and only that."""
    needed: dict[str, str] = {}
    for experiment in experiments:
        needed |= definitions_of(NOISES[experiment.noise_shape].draw)
        if not LOSSES[experiment.loss].keras_name:
            needed |= definitions_of(LOSSES[experiment.loss].value)
    functions = [text for text in needed.values() if text.startswith("def ")]
    short = "\n".join(sorted((text for text in needed.values() if not text.startswith("def ")), key=_imports_first))
    shuffled = any(_shuffled(experiment) for experiment in experiments)
    own = [FIRST_WEIGHTS, *([BATCHES] if shuffled else []), REPORT]
    return [*([short] if short else []), *functions, *(text.strip() for text in own)]


def _imports_first(line: str) -> bool:
    return not line.startswith("from ")


def _data(experiment: Experiment) -> str:
    """The points to train on, and those of the truth; ``playground.data`` draws the same."""
    source = SOURCES[experiment.dataset]
    ends = f"{source.low!r}, {source.high!r}"
    spread = expression_of(source.spread)
    expression = expression_of(source.truth)
    assert expression, f"the truth of {source.key} is no lambda of x"
    lines = [
        f"def truth(x):\n    return {expression}\n\n",
        f"x = np.linspace({ends}, {experiment.points})",
        f"noise = {experiment.noise_shape}({_rng(Stream.NOISE, experiment)}, {experiment.points})",
        f"y = truth(x) + {experiment.noise!r} * {f'({spread}) * ' if spread else ''}noise",
    ]
    moved = round(experiment.outliers * experiment.points)
    if moved:
        order = f"{_rng(Stream.OUTLIERS, experiment)}.permutation({experiment.points})"
        lines += [f"outliers = {order}[:{moved}]", f"y[outliers] += {experiment.outlier_size!r}"]
    lines += [
        'x, y = x.astype("float32")[:, None], y.astype("float32")[:, None]',
        "",
        f"x_test = np.linspace({ends}, {TEST_POINTS})",
        'x_test, y_test = x_test.astype("float32")[:, None], truth(x_test).astype("float32")[:, None]',
    ]
    return "\n".join(lines)


def _rng(stream: Stream, experiment: Experiment) -> str:
    return f"np.random.default_rng([{experiment.seed}, {stream.value}])"


def _training(experiment: Experiment, title: str) -> str:
    before, loss = _loss(experiment)
    lines = [
        *before,
        "model = tf.keras.Sequential([",
        *(f"    {layer}," for layer in _layers(experiment)),
        "])",
        "model.compile(",
        f"    optimizer={_optimizer(experiment)},",
        f"    loss={loss},",
        ")",
        *_start(experiment),
        f"history = model.fit({_fit(experiment)})",
        f"report({title!r}, model, history)",
    ]
    return "\n".join(lines)


def _start(experiment: Experiment) -> list[str]:
    """The first weights: drawn, or as far as they are set by hand."""
    lines = [f"first_weights(model, {experiment.seed})"]
    by_hand = (experiment.start_slope, experiment.start_intercept)
    if experiment.widths == (1, 1) and any(value is not None for value in by_hand):
        told = ["drawn[0]" if by_hand[0] is None else f"[[{by_hand[0]!r}]]"]
        told += ["drawn[1]" if by_hand[1] is None else f"[{by_hand[1]!r}]"]
        lines += ["drawn = model.get_weights()", f"model.set_weights([np.array({told[0]}), np.array({told[1]})])"]
    return lines


def _layers(experiment: Experiment) -> list[str]:
    strengths = _options(l1=experiment.l1 or None, l2=experiment.l2 or None)
    penalty = f", kernel_regularizer=tf.keras.regularizers.L1L2({strengths})" if strengths else ""
    hidden = [
        f'tf.keras.layers.Dense({units}, activation="{experiment.activation}"{penalty})' for units in experiment.hidden
    ]
    inputs = [f"tf.keras.layers.Input(({experiment.features},))"]
    if experiment.standardise:
        scale, offset = (array.tolist() for array in make_data(experiment).scaling)
        inputs.append(f"tf.keras.layers.Rescaling({scale}, {offset})")
    return [*inputs, *hidden, f"tf.keras.layers.Dense(1{penalty})"]


def _optimizer(experiment: Experiment) -> str:
    optimizer = OPTIMIZERS[experiment.optimizer]
    options = _options(
        learning_rate=experiment.learning_rate,
        **{**dict(optimizer.arguments), **{name: getattr(experiment, name) for name in optimizer.settings}},
        global_clipnorm=experiment.global_clipnorm or None,
        clipvalue=experiment.clipvalue or None,
    )
    return f"tf.keras.optimizers.{optimizer.keras_name}({options})"


def _loss(experiment: Experiment) -> tuple[list[str], str]:
    """The loss, and the definition it needs if Keras has none: a formula becomes a loss by its mean over outputs."""
    loss = LOSSES[experiment.loss]
    options = _options(**experiment.parameters, **dict(loss.keras_options))
    if loss.keras_name:
        return [], f"tf.keras.losses.{loss.keras_name}({options})"
    formula = loss.value.__name__
    arguments = ", ".join(["tf.keras.ops", "y_true", "y_pred", *([options] if options else [])])
    body = f"    return tf.keras.ops.mean({formula}({arguments}), axis=-1)"
    return [f"def {loss.key}_loss(y_true, y_pred):", body, "", ""], f"{loss.key}_loss"


def _fit(experiment: Experiment) -> str:
    size = experiment.rows_per_batch
    if _shuffled(experiment):
        steps = -(-experiment.points // size)
        return (
            f"batches(x, y, {size}, {experiment.seed}), steps_per_epoch={steps}, epochs={experiment.epochs}, verbose=0"
        )
    return f"x, y, batch_size={size}, epochs={experiment.epochs}, shuffle=False, verbose=0"


def _shuffled(experiment: Experiment) -> bool:
    return experiment.shuffle and experiment.rows_per_batch < experiment.points


def _options(**options: Any) -> str:
    """Keyword arguments as code; what is ``None`` is left out."""
    return ", ".join(f"{key}={value!r}" for key, value in options.items() if value is not None)
