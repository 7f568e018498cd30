"""The points of an exported program, drawn as ``playground.data`` draws them."""

from __future__ import annotations

from playground.data.dataset import TEST_POINTS
from playground.data.labelled import TEST_LABELLED
from playground.experiment import Experiment, Stream
from playground.export.source_code import expression_of
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS


def is_labelled(experiment: Experiment) -> bool:
    return experiment.dataset in LABELLED_DISTRIBUTIONS


def data_code(experiment: Experiment) -> str:
    """The points to train on, and those of the truth; ``playground.data.dataset`` draws the same."""
    if is_labelled(experiment):
        return _labelled(experiment)
    source = TRUE_FUNCTIONS[experiment.dataset]
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
        expand = f"expand_polynomials(np, {{}}, {experiment.degree}, {ends})"
        lines += ["", f"x, x_test = {expand.format('x')}, {expand.format('x_test')}"]
    return "\n".join(lines)


def _labelled(experiment: Experiment) -> str:
    """Points with labels, and fresh ones that judge; ``playground.data.labelled`` draws the same."""
    groups = LABELLED_DISTRIBUTIONS[experiment.dataset]
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
