"""The reference of the engine: the plain Keras model after ``fit``."""

import tensorflow as tf

from playground.data import make_data
from playground.models.keras_model import build_model, fit_options


def fitted(experiment, model=None, **options):
    """The plain model after ``fit``, and the history that it reports."""
    data, model = make_data(experiment), model or build_model(experiment)
    rows = experiment.rows_per_batch
    # Given arrays, ``fit`` builds a new iterator every epoch, which costs 27 ms. An endless stream
    # of the same batches does not, and is cut into epochs by their number.
    batches = tf.data.Dataset.from_tensor_slices((data.x_train, data.y_train)).batch(rows).repeat()
    steps = -(-experiment.points // rows)
    options |= fit_options(experiment)
    history = model.fit(batches, steps_per_epoch=steps, epochs=experiment.epochs, shuffle=False, verbose=0, **options)
    return model, history.history
