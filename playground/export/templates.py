"""The templates of exported programs: Keras code as a reader sees it, with an experiment's settings filled in."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes

from playground.data import make_data
from playground.data.dataset import TEST_POINTS
from playground.data.labelled import TEST_LABELLED
from playground.engine.shapes import PADDED_WIDTHS, pad_size
from playground.experiment import Experiment, Stream
from playground.experiment.relevance import loss_parameters, optimizer_settings
from playground.export.source_code import read_expression
from playground.losses import LOSSES
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.initialisers import INITIALISERS
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.tables.normalisations import NORMALISATIONS
from playground.tables.optimizers import OPTIMIZERS

FOLDER = Path(__file__).parent / "templates"


def fill_in(template: str, **values: object) -> str:
    """The text of a template with the values filled in. Raises ``jinja2.UndefinedError`` if one is missing."""
    return _environment().get_template(f"{template}.jinja").render(values).strip()


@cache
def _environment() -> Environment:
    # The templates make Python, not HTML: nothing is escaped.
    environment = Environment(
        loader=FileSystemLoader(FOLDER), trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )
    environment.filters |= {"expression": read_expression, "repr": repr}
    environment.globals |= {
        "INITIALISERS": INITIALISERS,
        "LABELLED_DISTRIBUTIONS": LABELLED_DISTRIBUTIONS,
        "LOSSES": LOSSES,
        "NORMALISATIONS": NORMALISATIONS,
        "OPTIMIZERS": OPTIMIZERS,
        "Stream": Stream,
        "TEST_LABELLED": TEST_LABELLED,
        "TEST_POINTS": TEST_POINTS,
        "TRUE_FUNCTIONS": TRUE_FUNCTIONS,
        "dropout_shape": dropout_shape,
        "input_scaling": input_scaling,
        "loss_arguments": loss_arguments,
        "optimizer_arguments": optimizer_arguments,
    }
    return environment


def dropout_shape(experiment: Experiment, layer: int) -> tuple[int, int]:
    """Rows and units for which dropout draws, as the engine counts them: in a deep network, of padded layers."""
    units = pad_size(max(experiment.hidden), PADDED_WIDTHS) if experiment.is_deep else experiment.hidden[layer]
    return experiment.rows_per_batch, units


def input_scaling(experiment: Experiment) -> tuple[list[float], list[float]]:
    """The factor and the offset of each feature, which standardise x."""
    scale, offset = make_data(experiment).scaling
    return scale.tolist(), offset.tolist()


def loss_arguments(experiment: Experiment) -> str:
    """The arguments of a loss that Keras has; the weight of label 1 is not among them, as ``fit`` takes it."""
    known = {name: value for name, value in experiment.parameters.items() if name != "class_weight"}
    arguments = known | dict(LOSSES[experiment.loss].keras_options)
    return ", ".join(f"{name}={value!r}" for name, value in arguments.items())


def optimizer_arguments(experiment: Experiment) -> dict[str, object]:
    """What an optimizer is made with besides learning rate and clipping: its fixed arguments, and its settings."""
    optimizer = OPTIMIZERS[experiment.optimizer]
    return dict(optimizer.arguments) | {name: getattr(experiment, name) for name in optimizer.settings}


@cache
def settings_written() -> frozenset[str]:
    """The settings of an experiment that the templates write into a program.

    A template names them itself, or a property of the experiment that reads them. Those of losses and optimizers come
    from their tables.
    """
    named = names_in(path.read_text() for path in FOLDER.glob("*.jinja"))
    read = {setting for name in named for setting in _names_read(name)}
    return frozenset({*read, *loss_parameters(), *optimizer_settings()} & set(Experiment.model_fields))


def names_in(templates: Iterable[str]) -> set[str]:
    """What templates read of an experiment: ``x`` where one has ``experiment.x``."""
    attributes = (each for text in templates for each in _environment().parse(text).find_all(nodes.Getattr))
    return {each.attr for each in attributes if isinstance(each.node, nodes.Name) and each.node.name == "experiment"}


def _names_read(name: str) -> tuple[str, ...]:
    """A name, and if it is a property of experiments, the names that its code holds."""
    getter = getattr(getattr(Experiment, name, None), "fget", None)
    return (name, *getter.__code__.co_names) if getter else (name,)
