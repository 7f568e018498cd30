"""The head of an exported program: imports, constants and functions that its experiments need, and only those."""

from __future__ import annotations

from collections.abc import Sequence

from playground.data.polynomials import expand_polynomials
from playground.engine.dropout import draw_kept_units, drop_thresholds
from playground.experiment import Experiment, Stream
from playground.export.script_model import shuffled
from playground.export.script_points import is_labelled
from playground.export.source_code import definitions_of
from playground.losses import LOSSES
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.tables.noise import NOISES

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

PROXIMAL = '''
class Reported(tf.keras.regularizers.Regularizer):
    """Penalties as the loss reports them, of which only L2 pulls: L1 has its proximal step."""

    def __init__(self, l1, l2):
        self.l1, self.l2 = l1, l2

    def __call__(self, kernel):
        absolute = tf.keras.ops.sum(tf.keras.ops.abs(tf.keras.ops.stop_gradient(kernel)))
        return self.l1 * absolute + self.l2 * tf.keras.ops.sum(tf.keras.ops.square(kernel))


class Shrink(tf.keras.constraints.Constraint):
    """The proximal step after each update: every weight so far towards 0, and not beyond."""

    def __init__(self, threshold):
        self.threshold = threshold

    def __call__(self, kernel):
        return tf.keras.ops.sign(kernel) * tf.keras.ops.maximum(tf.keras.ops.abs(kernel) - self.threshold, 0.0)
'''

DROPOUT = '''
class Dropout(tf.keras.layers.Layer):
    """Dropout whose draws depend on the seed, the step, the layer and the place alone: ``shape`` is rows and units."""

    def __init__(self, rate, seed, layer, shape):
        super().__init__()
        self.rate, self.draw, self.place, self.shape = rate, np.array([seed], np.uint32), np.uint32(layer), shape
        self.step = tf.Variable(0, trainable=False, dtype=tf.int64)

    def call(self, values, training=False):
        if not training:
            return values
        step = tf.cast(self.step, tf.uint32)
        mine = draw_kept_units(tf.keras.ops, self.draw, step, self.place, self.shape, drop_thresholds([self.rate]))
        self.step.assign_add(1)
        mine = mine[: tf.shape(values)[0], : values.shape[1], 0]
        return tf.where(mine, values / (1.0 - self.rate), 0.0)
'''

REPORT = '''
def report(title, model, history):
    """The loss of the last epoch, and how far the model is from the truth on points without noise."""
    error = model(x_test).numpy().astype(float) - y_test
    loss, mae, rmse = history.history["loss"][-1], np.abs(error).mean(), np.sqrt(np.square(error).mean())
    print(f"{title}: loss {loss:.8g}, MAE {mae:.8g}, RMSE {rmse:.8g}")
'''

SCORE = '''
def score(title, model, history):
    """The loss of the last epoch, and how good the model is on fresh points of the same law."""
    logit = model(x_test).numpy().astype(float)
    accuracy = np.mean((logit > 0) == (y_test == 1))
    log_loss = np.mean(np.maximum(logit, 0) - logit * y_test + np.log1p(np.exp(-np.abs(logit))))
    print(f"{title}: loss {history.history['loss'][-1]:.8g}, accuracy {accuracy:.8g}, log-loss {log_loss:.8g}")
'''


def helpers(experiments: Sequence[Experiment]) -> list[str]:
    """Imports and constants first, then functions: what the experiments need, and only that."""
    needed: dict[str, str] = {}
    for experiment in experiments:
        needed |= _needed(experiment)
    functions = [text for text in needed.values() if text.startswith("def ")]
    short = "\n".join(sorted((text for text in needed.values() if not text.startswith("def ")), key=_imports_first))
    labelled = [is_labelled(experiment) for experiment in experiments]
    own = {
        FIRST_WEIGHTS: True,
        PROXIMAL: any(experiment.soft_threshold for experiment in experiments),
        DROPOUT: any(experiment.dropout and experiment.hidden for experiment in experiments),
        BATCHES: any(shuffled(experiment) for experiment in experiments),
        REPORT: not all(labelled),
        SCORE: any(labelled),
    }
    return [*([short] if short else []), *functions, *(text.strip() for text, wanted in own.items() if wanted)]


def _needed(experiment: Experiment) -> dict[str, str]:
    """The definitions that one experiment needs, by name."""
    needed = {"sqrt": "from math import sqrt"}  # in every rule for first weights
    if is_labelled(experiment):
        needed |= definitions_of(LABELLED_DISTRIBUTIONS[experiment.dataset].centre)
    else:
        needed |= definitions_of(NOISES[experiment.noise_shape].draw)
    if experiment.inputs != experiment.features:
        needed |= definitions_of(expand_polynomials)
    if experiment.dropout and experiment.hidden:
        needed |= definitions_of(draw_kept_units) | definitions_of(drop_thresholds)
    if not LOSSES[experiment.loss].keras_name:
        needed |= definitions_of(LOSSES[experiment.loss].value)
    return needed


def _imports_first(line: str) -> bool:
    return not line.startswith("from ")
