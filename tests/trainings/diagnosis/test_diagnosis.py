"""The diagnosis: its verdict on real runs, and the largest learning rate that holds."""

import numpy as np
import pytest
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

from playground.data import make_data
from playground.diagnosis import Diagnosis, Verdict
from playground.experiment import Experiment
from playground.theory.stable_rate import largest_stable_rate, safe_rate
from playground.training import train
from tests.support.runs import diagnosed, with_losses

# The article's points are x = −10, −9, …, 10: the mean of x² is 770/21 = 36.67 and the mean of x is 0. The curvature of
# the MSE is 2 · [[36.67, 0], [0, 1]], its largest eigenvalue 73.33, so the largest stable rate is 2/73.33 = 0.02727.
ARTICLE_LIMIT = 2 / (2 * 770 / 21)

VERDICTS = {
    Verdict.EXACT: [
        {},
        {"noise": 0.0},
        {"noise": 100.0},
        {"learning_rate": 0.027},
        {"loss": "huber", "learning_rate": 0.03},  # its curvature is half the MSE's
        {"optimizer": "momentum", "learning_rate": 0.05},  # below 1.9 · 0.02727 = 0.0518
        {"optimizer": "adam", "learning_rate": 0.1},
        {"outliers": 0.1, "outlier_size": 60.0},
        {"outliers": 0.5, "outlier_size": 1000.0},
        {"dataset": "step"},
        {"l1": 1.0},
        {"l2": 1.0},
    ],
    Verdict.CONVERGED: [{"loss": "log_cosh"}, {"loss": "mae", "learning_rate": 0.001, "epochs": 10_000}],
    Verdict.EARLY: [{"epochs": 1}, {"epochs": 1, "learning_rate": 100.0}],
    Verdict.IMPROVING: [
        {"epochs": 20},
        {"learning_rate": 1e-6},
        {"loss": "mae", "learning_rate": 1e-4},
        {"optimizer": "adam"},
        {"loss": "quantile"},
    ],
    Verdict.OSCILLATING: [
        {"loss": "mae", "learning_rate": 0.03},
        {"loss": "mae", "learning_rate": 0.1},
        {"loss": "mae", "learning_rate": 1.0},
        {"loss": "mae", "noise": 0.0},
        {"batch_size": 4, "learning_rate": 0.005},
        # Steps of one length from one side of the optimum to the other, at a loss that stays level.
        {"learning_rate": 0.03, "global_clipnorm": 1.0},
        {"learning_rate": 0.1, "global_clipnorm": 1.0},
        {"loss": "mae", "learning_rate": 0.024},
        {"points": 2},
    ],
    Verdict.DIVERGED: [
        {"learning_rate": 0.03},
        {"learning_rate": 0.03, "epochs": 5},  # no epoch is beyond a chart yet
        {"learning_rate": 0.0275},
        {"learning_rate": 100.0},
        {"optimizer": "momentum", "learning_rate": 0.053},
        {"batch_size": 4, "learning_rate": 0.03},
        {"hidden": (16,), "learning_rate": 1.0},
    ],
}
CASES = [(verdict, changes) for verdict, table in VERDICTS.items() for changes in table]


@pytest.mark.parametrize(("verdict", "changes"), CASES, ids=lambda value: str(value))
def test_the_verdict_on_a_run(verdict: Verdict, changes: dict) -> None:
    diagnosis = diagnosed(**changes)
    assert diagnosis.verdict is verdict
    assert (diagnosis.diverged_at is not None) == (verdict is Verdict.DIVERGED)
    assert np.isfinite(diagnosis.shown).all()


def test_a_run_without_an_epoch_is_not_trained() -> None:
    diagnosis = with_losses()
    assert diagnosis.verdict is Verdict.NOT_TRAINED
    assert diagnosis.settled_epoch is diagnosis.diverged_at is None


def test_the_epoch_of_divergence() -> None:
    # At 0.03 a step multiplies the error of the slope by 1 − 0.03 · 73.33 = −1.2, so the loss by 1.44;
    # 1.44ⁿ passes 100 after n = 12.6 steps: the 14th epoch is the first that starts beyond.
    diagnosis = diagnosed(learning_rate=0.03)
    assert diagnosis.diverged_at == 14
    assert len(diagnosis.shown) == 14
    assert diagnosis.shown[-1] > 100 * diagnosis.shown[0] > diagnosis.shown[-2]


@pytest.mark.parametrize(
    ("losses", "settled"),
    [
        ((100, 50, 10.05, 10.0, 10.0), 3),  # 10.05 is within 1% of 10
        ((100, 10.0, 10.0, 10.2, 10.0), 5),  # 10.2 is not, however late
        ((10.0, 10.0, 10.0), 1),
        ((5.0,), 1),
    ],
)
def test_settled_is_the_first_epoch_within_one_percent(losses: tuple[float, ...], settled: int) -> None:
    assert with_losses(*losses).settled_epoch == settled


def test_a_diverged_run_does_not_settle() -> None:
    assert diagnosed(learning_rate=0.03).settled_epoch is None


def test_the_largest_stable_rate_of_the_article() -> None:
    assert largest_stable_rate(Experiment()) == pytest.approx(ARTICLE_LIMIT)
    assert largest_stable_rate(Experiment(optimizer="momentum")) == pytest.approx(1.9 * ARTICLE_LIMIT)
    assert largest_stable_rate(Experiment(loss="huber")) == pytest.approx(2 * ARTICLE_LIMIT)
    # Standardised, the mean of x² is 1: both curvatures of the MSE are 2, and the limit is 1.
    assert largest_stable_rate(Experiment(standardise=True)) == pytest.approx(1)
    # An L2 penalty of 1 adds 2 to the curvature along the slope.
    assert largest_stable_rate(Experiment(l2=1.0)) == pytest.approx(2 / (2 * 770 / 21 + 2))


@pytest.mark.parametrize(
    "changes",
    [
        {"loss": "mae"},
        {"loss": "quantile"},
        {"optimizer": "adam"},
        {"hidden": (4,)},
    ],
    ids=str,
)
def test_where_no_limit_is_known_none_is_claimed(changes: dict) -> None:
    assert largest_stable_rate(Experiment(**changes)) is None
    assert safe_rate(Experiment(**changes)) is None


def random_line(seed: int, optimizer: str) -> Experiment:
    rng = np.random.default_rng(seed)
    return Experiment(
        dataset=str(rng.choice(["line", "sine", "quadratic", "heteroscedastic"])),
        noise=float(rng.uniform(0.1, 5)),
        points=int(rng.integers(3, 60)),
        outliers=float(rng.choice([0.0, 0.1])),
        l2=float(rng.choice([0.0, 0.5])),
        seed=seed,
        standardise=bool(rng.random() < 0.3),
        momentum=float(rng.choice([0.3, 0.9])),
        optimizer=optimizer,
        epochs=3000,
    )


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "nesterov"])
def test_training_settles_below_the_limit_and_diverges_above(optimizer: str) -> None:
    count = 100 if optimizer == "sgd" else 20
    lines = [random_line(seed, optimizer) for seed in range(count)]
    limits = [largest_stable_rate(line) for line in lines]
    below = train([line.replace(learning_rate=0.98 * limit) for line, limit in zip(lines, limits, strict=True)])
    above = train([line.replace(learning_rate=1.02 * limit) for line, limit in zip(lines, limits, strict=True)])
    assert [Diagnosis(run).verdict for run in below] == [Verdict.EXACT] * count
    assert [Diagnosis(run).verdict for run in above] == [Verdict.DIVERGED] * count


@pytest.mark.parametrize("loss", ["mse", "huber", "log_cosh"])
def test_the_safe_rate_is_below_the_limit_and_holds(loss: str) -> None:
    rng = np.random.default_rng(0)
    for points in rng.integers(2, 500, 50):
        experiment = Experiment(loss=loss, points=int(points))
        rate, limit = safe_rate(experiment), largest_stable_rate(experiment)
        assert 0.8 * limit < rate <= 0.9 * limit
        assert float(f"{rate:.1e}") == rate  # two digits, as a person types
    assert diagnosed(loss=loss, learning_rate=safe_rate(Experiment(loss=loss)), epochs=3000).verdict is Verdict.EXACT


@pytest.mark.parametrize("changes", [{}, {"hidden": (8,)}, {"dataset": "sine"}], ids=str)
def test_the_judges_are_errors_on_clean_points(changes: dict) -> None:
    diagnosis = diagnosed(**changes)
    data = make_data(diagnosis.run.experiment)
    x = data.x_test.astype(float)
    y_pred = diagnosis.run.to_keras().predict(x, verbose=0)
    assert diagnosis.mae == pytest.approx(mean_absolute_error(data.y_test, y_pred), rel=1e-4)
    assert diagnosis.rmse == pytest.approx(root_mean_squared_error(data.y_test, y_pred), rel=1e-4)
    np.testing.assert_allclose(data.y_test[:, 0], data.source.truth(x[:, 0]), rtol=1e-6, atol=1e-6)


def test_a_run_that_swings_ever_higher_is_not_said_to_have_grown_to_less() -> None:
    losses = np.array([1.3, 0.5, 1.0, 1.2, 2.0, 2.0, 3.0, 3.0, 5.0, 5.0, 9.0, 0.9] * 10)
    losses[80:100], losses[100:] = 4.0, 6.0
    losses[-1] = 0.9
    diagnosis = with_losses(*losses)
    assert diagnosis.verdict is Verdict.DIVERGED
    (told,) = [text for text in diagnosis.evidence if "loss" in text]
    assert told.startswith("Its loss swings ever higher: from 1.30 at first to a mean of 5.")


def test_a_loss_that_swings_above_its_start_does_not_improve() -> None:
    swings = [10.0, *([30.0, 50.0] * 40), *([30.0, 48.0] * 10), *([29.0, 46.0] * 10)]
    assert with_losses(*swings).verdict is Verdict.OSCILLATING
    # Above its start, too, but on its way down: what a spike left behind.
    assert with_losses(10.0, *np.linspace(900.0, 100.0, 99)).verdict is Verdict.IMPROVING


@pytest.mark.parametrize(
    ("rests", "hidden", "verdict"),
    [
        (0.251, (8,), Verdict.STUCK),  # a share of 1/2 is right by a probability of 1/2, whose Brier score is 1/4
        (0.24, (8,), Verdict.CONVERGED),
        (0.251, (), Verdict.STUCK),  # a straight border between circles can do no better
        (0.5, (), Verdict.STUCK),  # worse than to guess
    ],
)
def test_a_classifier_that_has_learned_nothing_is_stuck(rests: float, hidden: tuple, verdict: Verdict) -> None:
    diagnosis = with_losses(*[rests] * 100, dataset="circles", points=60, loss="brier", hidden=hidden)
    assert diagnosis.verdict is verdict
    assert "one constant for all points would cost 0.250" in diagnosis.evidence[0]
