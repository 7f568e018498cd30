"""Experiments as a program: plain NumPy and TensorFlow that prints the numbers which the page shows.

What ``playground.models.build_model`` builds, ``playground.data`` draws and ``playground.engine.batches``
orders is said here a second time, for a reader who has none of it. The tests run what is written, and compare.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from playground.compare.source_code import definitions_of, expression_of
from playground.data import make_data
from playground.engine.features import expanded
from playground.experiment import Experiment, Stream
from playground.labelled import TEST_LABELLED
from playground.losses import LOSSES
from playground.tables.groups import DATASETS, GROUPS
from playground.tables.noise import NOISES
from playground.tables.optimizers import OPTIMIZERS
from playground.tables.sources import SOURCES
from playground.tables.starts import NORMALISATIONS, STARTS
from playground.words import count, name

PACKAGES = ("numpy", "tensorflow", "keras")
TEST_POINTS = 201

# The settings that the program knows how to say. The parameters of the losses come from the table of losses.
SAID = {
    *("dataset", "noise", "noise_shape", "outliers", "outlier_size", "points", "seed", "hidden", "activation", "loss"),
    *(
        "standardise",
        "start_slope",
        "start_intercept",
        "momentum",
        "overlap",
        "positives",
        "label_noise",
    ),
    *("degree", "initialiser", "normalisation", "residual"),
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
            yield Part(f"The points: {DATASETS[experiment.dataset].summary}", data)
        said = data
        title = name(experiment) if len(experiments) == 1 else f"{place} · {name(experiment)}"
        yield Part(title, _training(experiment, title))


def unsaid(experiments: Sequence[Experiment]) -> str:
    """Why there can be no program of these; empty if there can. What is left out must not be so in silence."""
    default = Experiment()
    for experiment in experiments:
        for setting in [setting for setting in Experiment.model_fields if setting not in SAID]:
            value, usual = getattr(experiment, setting), getattr(default, setting)
            if value != usual:
                return f"{setting} is {value!r}, which an exported program cannot say; set it to {usual!r}"
    return ""


FIRST_WEIGHTS = f'''
def first_weights(model, seed, deviation, normal):
    """Kernels of a given standard deviation, drawn from the seed alone: every loss starts from the same model."""
    rng = np.random.default_rng([seed, {Stream.WEIGHTS.value}])
    weights = model.get_weights()
    for place, array in enumerate(weights):
        if array.ndim == 2:
            width = deviation(*array.shape)
            limit = np.sqrt(3.0) * width
            drawn = width * rng.standard_normal(array.shape) if normal else rng.uniform(-limit, limit, array.shape)
            weights[place] = drawn
    model.set_weights(weights)
'''

BATCHES = f'''
def batches(x, y, size, seed, weight=1.0):
    """Endless batches: in every epoch the points in another order, drawn from the seed. Label 1 counts ``weight``."""
    rng = np.random.default_rng([seed, {Stream.SHUFFLE.value}])
    while True:
        order = rng.permuted(np.arange(len(x)))
        for start in range(0, len(x), size):
            rows = order[start : start + size]
            yield x[rows], y[rows], np.where(y[rows, 0] == 1, weight, 1.0)
'''

REPORT = '''
def report(title, model, history):
    """The loss of the last epoch, and how far the model is from the truth on points without noise."""
    error = model.predict(x_test, verbose=0).astype(float) - y_test
    loss, mae, rmse = history.history["loss"][-1], np.abs(error).mean(), np.sqrt(np.square(error).mean())
    print(f"{title}: loss {loss:.8g}, MAE {mae:.8g}, RMSE {rmse:.8g}")
'''

SCORE = '''
def score(title, model, history):
    """The loss of the last epoch, and how good the model is on fresh points of the same law."""
    logit = model.predict(x_test, verbose=0).astype(float)
    accuracy = np.mean((logit > 0) == (y_test == 1))
    log_loss = np.mean(np.maximum(logit, 0) - logit * y_test + np.log1p(np.exp(-np.abs(logit))))
    print(f"{title}: loss {history.history['loss'][-1]:.8g}, accuracy {accuracy:.8g}, log-loss {log_loss:.8g}")
'''


def _helpers(experiments: Sequence[Experiment]) -> list[str]:
    """Imports and constants first, then functions: what the experiments need, and only that."""
    needed: dict[str, str] = {}
    for experiment in experiments:
        needed |= _needed(experiment)
    functions = [text for text in needed.values() if text.startswith("def ")]
    short = "\n".join(sorted((text for text in needed.values() if not text.startswith("def ")), key=_imports_first))
    labelled = [_is_labelled(experiment) for experiment in experiments]
    own = {
        FIRST_WEIGHTS: True,
        BATCHES: any(_shuffled(experiment) for experiment in experiments),
        REPORT: not all(labelled),
        SCORE: any(labelled),
    }
    return [*([short] if short else []), *functions, *(text.strip() for text, wanted in own.items() if wanted)]


def _needed(experiment: Experiment) -> dict[str, str]:
    """The definitions that one experiment needs, by name."""
    needed = {"sqrt": "from math import sqrt"}  # in every rule for first weights
    if _is_labelled(experiment):
        needed |= definitions_of(GROUPS[experiment.dataset].centre)
    else:
        needed |= definitions_of(NOISES[experiment.noise_shape].draw)
    if experiment.inputs != experiment.features:
        needed |= definitions_of(expanded)
    if not LOSSES[experiment.loss].keras_name:
        needed |= definitions_of(LOSSES[experiment.loss].value)
    return needed


def _is_labelled(experiment: Experiment) -> bool:
    return experiment.dataset in GROUPS


def _imports_first(line: str) -> bool:
    return not line.startswith("from ")


def _data(experiment: Experiment) -> str:
    """The points to train on, and those of the truth; ``playground.data`` draws the same."""
    if _is_labelled(experiment):
        return _labelled(experiment)
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
    if experiment.inputs != experiment.features:
        expand = f"expanded(np, {{}}, {experiment.degree}, {ends})"
        lines += ["", f"x, x_test = {expand.format('x')}, {expand.format('x_test')}"]
    return "\n".join(lines)


def _labelled(experiment: Experiment) -> str:
    """Points with labels, and fresh ones that judge; ``playground.labelled`` draws the same."""
    groups = GROUPS[experiment.dataset]
    return "\n".join(
        [
            "def points(rng, n):",
            f"    y = (rng.permutation(n) < round({experiment.positives!r} * n)).astype(float)",
            f"    flipped = rng.permutation(n)[: round({experiment.label_noise!r} * n)]",
            f"    t, scatter = rng.random(n), rng.standard_normal((n, {groups.features}))",
            f"    x = {groups.centre.__name__}(y, t) + {experiment.overlap!r} * {groups.width!r} * scatter",
            "    y[flipped] = 1.0 - y[flipped]",
            '    return x.astype("float32"), y.astype("float32")[:, None]',
            "",
            "",
            f"x, y = points({_rng(Stream.NOISE, experiment)}, {experiment.points})",
            f"x_test, y_test = points({_rng(Stream.TEST, experiment)}, {TEST_LABELLED})",
        ]
    )


def _rng(stream: Stream, experiment: Experiment) -> str:
    return f"np.random.default_rng([{experiment.seed}, {stream.value}])"


def _training(experiment: Experiment, title: str) -> str:
    before, loss = _loss(experiment)
    tell = "score" if _is_labelled(experiment) else "report"
    lines = [
        *before,
        *_model(experiment),
        "model.compile(",
        f"    optimizer={_optimizer(experiment)},",
        f"    loss={loss},",
        ")",
        *_start(experiment),
        f"history = model.fit({_fit(experiment)})",
        f"{tell}({title!r}, model, history)",
    ]
    return "\n".join(lines)


def _start(experiment: Experiment) -> list[str]:
    """The first weights: drawn, or as far as they are set by hand."""
    rule = STARTS[experiment.initialiser]
    arguments = f"lambda fan_in, fan_out: {expression_of(rule.deviation)}, normal={rule.normal}"
    lines = [f"first_weights(model, {experiment.seed}, {arguments})"]
    by_hand = (experiment.start_slope, experiment.start_intercept)
    if experiment.widths == (1, 1) and any(value is not None for value in by_hand):
        told = ["drawn[0]" if by_hand[0] is None else f"[[{by_hand[0]!r}]]"]
        told += ["drawn[1]" if by_hand[1] is None else f"[{by_hand[1]!r}]"]
        lines += ["drawn = model.get_weights()", f"model.set_weights([np.array({told[0]}), np.array({told[1]})])"]
    return lines


def _model(experiment: Experiment) -> list[str]:
    """The layers in a row, or with shortcuts: then each hidden layer but the first adds to what it was given."""
    first, blocks, last = _first_layers(experiment), _blocks(experiment), _dense(experiment, 1)
    if not (experiment.residual and blocks):
        layers = [
            f"tf.keras.layers.Input(({experiment.inputs},))",
            *first,
            *(each for block in blocks for each in block),
        ]
        return ["model = tf.keras.Sequential([", *(f"    {layer}," for layer in [*layers, last]), "])"]
    lines = [f"inputs = values = tf.keras.layers.Input(({experiment.inputs},))"]
    lines += [f"values = {layer}(values)" for layer in [*first, *blocks[0]]]
    for block in blocks[1:]:
        lines += ["answer = values", *(f"answer = {layer}(answer)" for layer in block)]
        lines.append("values = tf.keras.layers.Add()([values, answer])")
    return [*lines, f"model = tf.keras.Model(inputs, {last}(values))"]


def _first_layers(experiment: Experiment) -> list[str]:
    if not experiment.standardise or experiment.inputs != experiment.features:
        return []
    scale, offset = (array.tolist() for array in make_data(experiment).scaling)
    return [f"tf.keras.layers.Rescaling({scale}, {offset})"]


def _blocks(experiment: Experiment) -> list[list[str]]:
    """The layers that stand for each hidden layer: dense, what normalises it, its activation."""
    between = NORMALISATIONS[experiment.normalisation].keras_name
    if not between:
        return [[_dense(experiment, units, experiment.activation)] for units in experiment.hidden]
    bend = f'tf.keras.layers.Activation("{experiment.activation}")'
    return [[_dense(experiment, units), f"tf.keras.layers.{between}()", bend] for units in experiment.hidden]


def _dense(experiment: Experiment, units: int, activation: str = "") -> str:
    strengths = _options(l1=experiment.l1 or None, l2=experiment.l2 or None)
    bend = f', activation="{activation}"' if activation else ""
    penalty = f", kernel_regularizer=tf.keras.regularizers.L1L2({strengths})" if strengths else ""
    return f"tf.keras.layers.Dense({units}{bend}{penalty})"


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
    if loss.keras_name:
        known = {key: value for key, value in experiment.parameters.items() if key != "class_weight"}  # that is fit's
        return [], f"tf.keras.losses.{loss.keras_name}({_options(**known, **dict(loss.keras_options))})"
    options = _options(**experiment.parameters)
    formula = loss.value.__name__
    arguments = ", ".join(["tf.keras.ops", "y_true", "y_pred", *([options] if options else [])])
    body = f"    return tf.keras.ops.mean({formula}({arguments}), axis=-1)"
    return [f"def {loss.key}_loss(y_true, y_pred):", body, "", ""], f"{loss.key}_loss"


def _fit(experiment: Experiment) -> str:
    size = experiment.rows_per_batch
    weight = experiment.parameters.get("class_weight")
    if _shuffled(experiment):
        steps = -(-experiment.points // size)
        batches = f"batches(x, y, {size}, {experiment.seed}{'' if weight is None else f', {weight!r}'})"
        return f"{batches}, steps_per_epoch={steps}, epochs={experiment.epochs}, verbose=0"
    weights = "" if weight is None else f", class_weight={{0: 1.0, 1: {weight!r}}}"
    return f"x, y, batch_size={size}, epochs={experiment.epochs}, shuffle=False, verbose=0{weights}"


def _shuffled(experiment: Experiment) -> bool:
    return experiment.shuffle and experiment.rows_per_batch < experiment.points


def _options(**options: Any) -> str:
    """Keyword arguments as code; what is ``None`` is left out."""
    return ", ".join(f"{key}={value!r}" for key, value in options.items() if value is not None)
