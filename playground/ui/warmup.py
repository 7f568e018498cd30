"""What is compiled before anybody asks: the first page, then the neighbours of what it shows."""

from __future__ import annotations

from itertools import product

from playground.link import View
from playground.losses import LOSSES
from playground.optimizers import OPTIMIZERS


def warm_up() -> None:
    """Train the first page, so that it is ready; then every loss and optimizer of the line for an epoch."""
    from playground.training import train

    view = View()
    train(view.experiments, record=("weights",))
    for optimizer, loss in product(OPTIMIZERS, LOSSES):
        train([view.experiment.replace(optimizer=optimizer, loss=loss, epochs=1)], record=("weights",))
