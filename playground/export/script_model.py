"""The model of an exported program and its training, as ``playground.models.keras_model`` builds and Keras fits it."""

from __future__ import annotations

from typing import Any

from playground.data import make_data
from playground.engine.shapes import PADDED_WIDTHS, pad_size
from playground.experiment import Experiment
from playground.experiment.experiment import CLIPPINGS
from playground.export.script_points import is_labelled
from playground.export.source_code import expression_of
from playground.losses import LOSSES
from playground.tables.initialisers import INITIALISERS
from playground.tables.normalisations import NORMALISATIONS
from playground.tables.optimizers import OPTIMIZERS


def training_code(experiment: Experiment, title: str) -> str:
    before, loss = _loss(experiment)
    tell = "score" if is_labelled(experiment) else "report"
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
    rule = INITIALISERS[experiment.initialiser]
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
    bend = f'tf.keras.layers.Activation("{experiment.activation}")'
    blocks = [
        [_dense(experiment, units), f"tf.keras.layers.{between}()", bend]
        if between
        else [_dense(experiment, units, experiment.activation)]
        for units in experiment.hidden
    ]
    return [[*block, *_dropout(experiment, place)] for place, block in enumerate(blocks)]


def _dropout(experiment: Experiment, layer: int) -> list[str]:
    """Dropout after a hidden layer, which counts its units as the engine does: in a deep network, of padded layers."""
    if not experiment.dropout:
        return []
    width = pad_size(max(experiment.hidden), PADDED_WIDTHS) if experiment.is_deep else experiment.hidden[layer]
    places = f"{layer}, ({experiment.rows_per_batch}, {width})"
    return [f"Dropout({experiment.dropout!r}, {experiment.seed}, {places})"]


def _dense(experiment: Experiment, units: int, activation: str = "") -> str:
    bend = f', activation="{activation}"' if activation else ""
    return f"tf.keras.layers.Dense({units}{bend}{_penalty(experiment)})"


def _penalty(experiment: Experiment) -> str:
    if threshold := experiment.soft_threshold:
        penalty = f"Reported({experiment.l1!r}, {experiment.l2!r})"
        return f", kernel_regularizer={penalty}, kernel_constraint=Shrink({threshold!r})"
    strengths = _options(l1=experiment.l1 or None, l2=experiment.l2 or None)
    return f", kernel_regularizer=tf.keras.regularizers.L1L2({strengths})" if strengths else ""


def _optimizer(experiment: Experiment) -> str:
    optimizer = OPTIMIZERS[experiment.optimizer]
    options = _options(
        learning_rate=experiment.learning_rate,
        **{**dict(optimizer.arguments), **{name: getattr(experiment, name) for name in optimizer.settings}},
        **{name: getattr(experiment, name) or None for name in CLIPPINGS},
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
    if shuffled(experiment):
        steps = -(-experiment.points // size)
        batches = f"batches(x, y, {size}, {experiment.seed}{'' if weight is None else f', {weight!r}'})"
        return f"{batches}, steps_per_epoch={steps}, epochs={experiment.epochs}, verbose=0"
    weights = "" if weight is None else f", class_weight={{0: 1.0, 1: {weight!r}}}"
    return f"x, y, batch_size={size}, epochs={experiment.epochs}, shuffle=False, verbose=0{weights}"


def shuffled(experiment: Experiment) -> bool:
    return experiment.shuffle and experiment.rows_per_batch < experiment.points


def _options(**options: Any) -> str:
    """Keyword arguments as code; what is ``None`` is left out."""
    return ", ".join(f"{key}={value!r}" for key, value in options.items() if value is not None)
