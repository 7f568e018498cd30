"""The loss as a landscape: over a line's two weights, or over a plane cut through the weights of a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from playground.data import make_data
from playground.diagnosis import Diagnosis
from playground.experiment import Experiment
from playground.losses import LOSSES
from playground.models.arrays import initial_weights, unflatten
from playground.run import Run, predict_with_weights
from playground.tables.functions import TRUE_FUNCTIONS
from playground.theory.line_loss import mean_loss, surface_key
from playground.theory.optima import Optimum, optimum

SURFACE_SIZE = 100  # places along each side of a surface
SLICE_SIZE = 41  # the same where each place is a whole network
PCA = "PCA of the path"
WINDOW_MARGIN = 0.3  # of the window's width, round what it must hold
LEAST_WIDTH = 1.0  # the least width of a window, in units of the weight
BLOCK_NUMBERS = 2**16  # numbers that are worked on at once: what stays near the processor


@dataclass(frozen=True)
class Window:
    """The part of the plane that is looked at: the first coordinate across, the second upwards."""

    left: float
    right: float
    bottom: float
    top: float

    @classmethod
    def round(cls, places: np.ndarray, margin: float = WINDOW_MARGIN) -> Window:
        """A window that holds all places ``(n, 2)`` with a margin."""
        low, high = places.min(0), places.max(0)
        width = np.maximum(high - low, LEAST_WIDTH)
        middle, half = (low + high) / 2, (0.5 + margin) * width
        (left, bottom), (right, top) = middle - half, middle + half
        return cls(float(left), float(right), float(bottom), float(top))

    def axes(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        return np.linspace(self.left, self.right, size), np.linspace(self.bottom, self.top, size)

    def holds(self, places: np.ndarray) -> np.ndarray:
        """Which of the places ``(n, 2)`` lie inside."""
        with np.errstate(invalid="ignore"):
            across = (places[:, 0] >= self.left) & (places[:, 0] <= self.right)
            return across & (places[:, 1] >= self.bottom) & (places[:, 1] <= self.top)

    def pull_in(self, places: np.ndarray, reach: float) -> np.ndarray:
        """The places ``(n, 2)``, those outside moved towards the middle until none is more than ``reach`` windows away.

        A reach of 0 moves them to the edge.
        """
        middle = np.array([self.left + self.right, self.bottom + self.top]) / 2
        half = np.array([self.right - self.left, self.top - self.bottom]) / 2
        away = places - middle
        windows = np.abs(away / half).max(1, keepdims=True)
        return np.where(windows > 1 + 2 * reach, middle + away * (1 + 2 * reach) / np.maximum(windows, 1), places)


@dataclass(frozen=True, eq=False)
class Surface:
    """The mean loss at each place of a window: ``loss[row, column]`` at ``up[row]`` and ``across[column]``."""

    across: np.ndarray
    up: np.ndarray
    loss: np.ndarray


def true_weights(experiment: Experiment) -> tuple[float, float] | None:
    """The weights with which the line is the truth, if the truth is a line: (2, 3), or what stands for it."""
    truth = TRUE_FUNCTIONS[experiment.dataset].line
    if truth is None or not experiment.standardise:
        return truth
    scale, offset = (float(each[0]) for each in make_data(experiment).scaling)
    return truth[0] / scale, truth[1] - truth[0] / scale * offset


def find_start(experiment: Experiment) -> tuple[float, float]:
    """The first slope and intercept of the line."""
    kernel, bias = initial_weights(experiment)
    return float(kernel[0, 0]), float(bias[0])


def window_for(experiments: Sequence[Experiment]) -> Window:
    """One window for all: it holds the start, the truth and every optimum, and does not move with the training.

    A start that a visitor chose inside the window of the seed's own start leaves that as it is.
    """
    best = [optimum(experiment) for experiment in experiments]
    places = [true_weights(experiments[0]), *((each.slope, each.intercept) for each in best)]
    known = [place for place in places if place is not None]
    start, drawn = (
        find_start(experiments[0]),
        find_start(experiments[0].replace(start_slope=None, start_intercept=None)),
    )
    usual = Window.round(np.array([drawn, *known]))
    return usual if usual.holds(np.array([start]))[0] else Window.round(np.array([start, *known]))


def surface(experiment: Experiment, window: Window, size: int = SURFACE_SIZE) -> Surface:
    """The loss of a line over a window of slopes (across) and intercepts (up)."""
    return _compute_surface(surface_key(experiment), window, size)


@lru_cache(maxsize=64)
def _compute_surface(experiment: Experiment, window: Window, size: int) -> Surface:
    slopes, intercepts = window.axes(size)
    rows = max(1, BLOCK_NUMBERS // (size * experiment.points))
    parts = [mean_loss(experiment, slopes, intercepts[first : first + rows, None]) for first in range(0, size, rows)]
    return Surface(slopes, intercepts, np.concatenate(parts))


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane through the weights of a network, spanned by two directions ``(2, P)`` from ``centre`` (P,).

    ``kind`` is how the directions were chosen. ``path`` (frames, 2) is the training seen in the plane, and
    ``explained`` the share of its way that the plane holds: the squared length of the path inside, of all of it.
    """

    kind: str
    centre: np.ndarray
    directions: np.ndarray
    path: np.ndarray
    explained: tuple[float, float]


def cut_plane(run: Run, kind: str) -> Plane:
    """The plane through the weights of a trained network that a visitor asks for, by its key."""
    assert run.path is not None
    finite = run.path[np.isfinite(run.path).all(1)]
    if kind == "pca":
        return pca_plane(finite)
    experiment = run.experiment
    return random_plane(finite, experiment.widths, experiment.seed, experiment.normalisation)


def pca_plane(path: np.ndarray) -> Plane:
    """The plane that holds most of a path ``(frames, P)``, centred on its end.

    Source: Li et al. 2018, "Visualizing the Loss Landscape of Neural Nets", section 7,
    https://arxiv.org/abs/1712.09913
    """
    centre = path[-1].astype(float)
    moved = path.astype(float) - centre
    _, lengths, directions = np.linalg.svd(moved, full_matrices=False)
    missing = np.zeros((max(0, 2 - len(directions)), directions.shape[1]))  # where there is no second direction
    directions, lengths = np.concatenate([directions[:2], missing]), np.append(lengths, 0.0)
    total = float((lengths**2).sum()) or 1.0
    explained = (float(lengths[0] ** 2 / total), float(lengths[1] ** 2 / total))
    return Plane(PCA, centre, directions, moved @ directions.T, explained)


def random_plane(path: np.ndarray, widths: tuple[int, ...], seed: int, normalisation: str = "none") -> Plane:
    """A plane of two random directions, each unit's weights as long as they are in the trained model.

    Without this filter normalisation a plane would look flat or steep by the scale of the weights alone. A filter
    is here what makes up one unit: its incoming weights and its bias. Source: Li et al. 2018, section 4.
    """
    centre = path[-1].astype(float)
    rng = np.random.default_rng(seed)
    directions = np.stack(
        [normalise_filters(rng.standard_normal(len(centre)), centre, widths, normalisation) for _ in range(2)]
    )
    moved = path.astype(float) - centre
    # The two directions are nearly at right angles, not quite: the nearest place of the plane solves for both.
    seen = np.linalg.lstsq(directions.T, moved.T, rcond=None)[0].T
    total = float((moved**2).sum()) or 1.0
    inside = seen @ directions
    first = seen[:, :1] @ directions[:1]
    explained = float((inside**2).sum() / total)
    return Plane(
        "random directions, filter-normalised",
        centre,
        directions,
        seen,
        (min(explained, float((first**2).sum() / total)), max(0.0, explained - float((first**2).sum() / total))),
    )


def normalise_filters(
    direction: np.ndarray, weights: np.ndarray, widths: tuple[int, ...], normalisation: str = "none"
) -> np.ndarray:
    """A direction ``(P,)`` with every unit's part scaled to the length of that unit's weights.

    What a normalisation has learned of its own stays where it is, as in the paper.
    """
    ours, theirs = (unflatten(flat.astype(float), widths, normalisation) for flat in (direction, weights))
    parts, place = [], 0
    while place < len(ours):
        if ours[place].ndim == 1:
            parts.append(np.zeros_like(ours[place]))
            place += 1
            continue
        own, model = (np.vstack([arrays[place], arrays[place + 1]]) for arrays in (ours, theirs))
        scaled = own * np.linalg.norm(model, axis=0) / np.linalg.norm(own, axis=0)
        parts += [scaled[:-1].ravel(), scaled[-1]]
        place += 2
    return np.concatenate(parts)


def plane_window(planes: Sequence[Plane]) -> Window:
    """A window of plane coordinates that holds the finite part of every path, and one length of random directions."""
    corners = [np.array([[-1.0, -1.0], [1.0, 1.0]])] if planes[0].kind != PCA else []
    places = np.concatenate([*corners, *(plane.path[np.isfinite(plane.path).all(1)] for plane in planes)])
    low, high = places.min(0), places.max(0)
    width = np.maximum(high - low, 0.2 * max(float((high - low).max()), 1e-3))
    middle, half = (low + high) / 2, (0.5 + WINDOW_MARGIN) * width
    (left, bottom), (right, top) = middle - half, middle + half
    return Window(float(left), float(right), float(bottom), float(top))


def slice_surface(experiment: Experiment, plane: Plane, window: Window, size: int = SLICE_SIZE) -> Surface:
    """The loss of a network over a plane of its weights, penalties included."""
    across, up = window.axes(size)
    steps = np.stack(np.meshgrid(across, up), -1).reshape(-1, 2)
    flat = (plane.centre + steps @ plane.directions).astype(np.float32)
    several = max(1, BLOCK_NUMBERS // (experiment.points * max(experiment.widths)))
    parts = [_compute_losses(experiment, flat[first : first + several]) for first in range(0, len(flat), several)]
    return Surface(across, up, np.concatenate(parts).reshape(size, size))


def _compute_losses(experiment: Experiment, flat: np.ndarray) -> np.ndarray:
    """The loss of models with weights ``(models, P)``."""
    data = make_data(experiment)
    weights = unflatten(flat, experiment.widths, experiment.normalisation)
    predicted = predict_with_weights(experiment, weights, data.x_train).astype(float)
    with np.errstate(over="ignore", invalid="ignore"):
        y_true = np.broadcast_to(data.y_train.astype(float), predicted.shape)
        values = np.asarray(LOSSES[experiment.loss].value(np, y_true, predicted, **experiment.parameters))
        kernels = [each.reshape(len(flat), -1).astype(float) for each in weights if each.ndim == 3]
        penalty = sum(experiment.l1 * np.abs(each).sum(1) + experiment.l2 * (each**2).sum(1) for each in kernels)
        return values.mean((1, 2)) + penalty


def distance_to(best: Optimum, run: Run) -> np.ndarray:
    """How far the weights are from the optimum after each epoch of a path, ``(frames,)``, in units of the weights."""
    assert run.path is not None
    with np.errstate(over="ignore", invalid="ignore"):
        return np.linalg.norm(run.path.astype(float) - [best.slope, best.intercept], axis=1)


def last_inside(path: np.ndarray, window: Window) -> int | None:
    """The last place of a path ``(frames, 2)`` in a window which it leaves for good; ``None`` if it ends inside."""
    inside = np.flatnonzero(window.holds(path))
    last = int(inside[-1]) if len(inside) else 0
    return None if last == len(path) - 1 else last


def leaving_epoch(diagnosis: Diagnosis, window: Window) -> int | None:
    """The epoch by which a training has left a window for good; ``None`` if it ends inside."""
    run = diagnosis.run
    assert run.path is not None
    assert run.path_epochs is not None
    last = last_inside(run.path, window)
    return None if last is None else int(run.path_epochs[last]) + 1
