"""What is compiled before anybody asks: the first page, then the neighbours of what it shows."""

from __future__ import annotations

from playground.experiment.view import View

# The neighbours: what else a visitor is most likely to try. Each takes half a second and 10 MB.
OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam")


def first_page(on_progress: object = None) -> None:
    """Train the first page, so that it is ready."""
    from playground.training import train  # brings TensorFlow

    train(View().experiments, record=("weights",))


def neighbours(on_progress: object = None) -> None:
    """Compile the line with the best-known optimizers."""
    from playground.training import train

    view = View()
    for optimizer in OPTIMIZERS:
        experiment = view.experiment.replace(optimizer=optimizer, epochs=1)
        train(view.with_experiment(experiment).experiments, record=("weights",))
