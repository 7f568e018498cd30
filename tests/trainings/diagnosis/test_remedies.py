"""Every remedy stays within what an experiment allows, comes in the sizes it needs, and is judged by where it ends."""

from functools import cache

import numpy as np
import pytest
from scipy.stats import median_abs_deviation
from sklearn.linear_model import LinearRegression, QuantileRegressor

from playground.diagnosis import Verdict, diagnose
from playground.diagnosis.improvement import has_improved, loss_above_least, objective, steady_error
from playground.diagnosis.remedies import Remedy, propose_remedies, residual_spread
from playground.diagnosis.trials import Trial, try_remedies
from playground.experiment import Experiment
from playground.tables.functions import TRUE_FUNCTIONS, TrueFunction
from playground.theory.line_loss import mean_loss, points
from playground.theory.optima import optimum
from playground.theory.stable_rate import largest_stable_rate, safe_rate
from playground.training import train
from playground.ui.doctor import uncured_words
from tests.support.runs import diagnosed


@cache
def trials(**changes: object) -> list[Trial]:
    return try_remedies(Experiment(**changes))


def trial_of(key: str, **changes: object) -> Trial:
    return next(trial for trial in trials(**changes) if trial.remedy.key == key)


@pytest.fixture
def nile(monkeypatch: pytest.MonkeyPatch) -> Experiment:
    """Years as they are: their squares leave a largest stable rate of 2.4e-7, which no setting reaches."""
    years = TrueFunction("nile", "Nile", "A fall by 2.7 a year.", lambda x: 6132.17 - 2.7143 * x, 1871.0, 1970.0)
    monkeypatch.setitem(TRUE_FUNCTIONS, "nile", years)
    return Experiment(dataset="nile", points=100, learning_rate=0.1, noise=0.0)


def test_raw_years_diverge_and_are_standardised_first(nile: Experiment) -> None:
    assert largest_stable_rate(nile) == pytest.approx(1 / (np.mean(np.linspace(1871, 1970, 100) ** 2) + 1), rel=1e-3)
    assert safe_rate(nile) < 1e-6
    found = try_remedies(nile)
    assert found[0].remedy.key == "standardise"
    assert found[0].after.verdict is Verdict.EXACT
    slope, intercept = found[0].after.run.line
    assert (slope, intercept) == (pytest.approx(-2.7143, rel=1e-3), pytest.approx(6132.17, rel=1e-3))
    assert "rate" not in [trial.remedy.key for trial in found]


def test_no_remedy_leaves_what_a_setting_allows(nile: Experiment) -> None:
    extremes = [
        nile,
        nile.replace(learning_rate=1e-6, epochs=10_000),
        Experiment(learning_rate=1e-6, batch_size=1, l1=1e-4, proximal=True),
        Experiment(learning_rate=100.0, l1=100.0, l2=100.0, clipvalue=1.0),
        Experiment(loss="tukey", scale=1000.0),
        Experiment(loss="cauchy", scale=0.01, outliers=0.5, outlier_size=1000.0, noise=100.0),
        Experiment(loss="huber", delta=0.001, noise=0.0),
        Experiment(loss="huber", delta=0.001, noise=100.0, noise_shape="student_t"),
        Experiment(hidden=(4,), activation="relu", l2=1.0, batch_size=1),
        Experiment(dataset="moons", loss="hinge", optimizer="lion"),
        Experiment(degree=5, loss="huber", delta=0.01),
    ]
    for experiment in extremes:
        for verdict in Verdict:
            for remedy in propose_remedies(verdict, experiment):
                after = remedy.apply(experiment)  # raises if a setting does not allow it
                changed = {name for name in vars(after) if getattr(after, name) != getattr(experiment, name)}
                assert changed
                assert changed <= {name for name, _ in remedy.changes}


def test_a_remedy_that_a_setting_refuses_is_not_possible() -> None:
    refused = Remedy("rate", "", (("learning_rate", 2.4e-7),))
    assert not refused.is_possible(Experiment())
    assert not Remedy("clip", "", (("global_clipnorm", 1.0),)).is_possible(Experiment(clipvalue=1.0))
    assert not Remedy("rate", "", (("learning_rate", 0.01),)).is_possible(Experiment())  # it changes nothing


def test_the_spread_of_the_residuals_is_that_of_scikit_learn_and_scipy() -> None:
    experiment = Experiment(outliers=0.2, outlier_size=100.0, noise=2.0, points=40, loss="huber")
    x, y = points(experiment)
    line = QuantileRegressor(quantile=0.5, alpha=0.0).fit(x[:, None], y)
    right = median_abs_deviation(y - line.predict(x[:, None]), scale=0.6745)
    assert residual_spread(experiment) == pytest.approx(right, rel=1e-3)
    assert residual_spread(experiment) == pytest.approx(2.0, rel=0.4)  # the outliers have no say
    assert residual_spread(experiment.replace(l1=10.0)) == residual_spread(experiment)


def test_a_tiny_delta_makes_huber_nothing_and_a_suiting_one_mends_it() -> None:
    tiny = {"loss": "huber", "delta": 0.01}
    # Its slope is δ at most, so the intercept moves by at most rate × δ a step.
    assert abs(diagnosed(**tiny).run.line[1]) <= 0.01 * 0.01 * 1000 + 1e-6
    first = trials(**tiny)[0]
    assert first.remedy.key == "delta"
    (changed,) = first.remedy.changes
    assert changed == ("delta", float(f"{1.345 * residual_spread(Experiment(**tiny)):.2g}"))
    assert "1.345 × the spread of the residuals" in first.remedy.label
    assert first.cures
    assert first.after.rmse < 0.3
    # What works without another δ is a rate of about 1/δ: the safe one of 0.049 does not arrive.
    assert dict(trial_of("faster", **tiny).remedy.changes)["learning_rate"] >= 0.1
    assert not trials(loss="huber", learning_rate=0.05)


def test_plain_l1_bounces_round_zero_and_a_proximal_step_stops_there() -> None:
    bouncing = {"loss": "mse", "l1": 100.0, "dataset": "sine", "learning_rate": 0.01, "noise": 0.0}
    assert diagnosed(**bouncing).verdict is Verdict.OSCILLATING
    cure = trials(**bouncing)[0]
    assert dict(cure.remedy.changes) == {"proximal": True}
    assert cure.after.verdict is Verdict.EXACT
    assert cure.after.run.line[0] == 0.0
    assert "proximal" not in [
        remedy.key for remedy in propose_remedies(Verdict.OSCILLATING, Experiment(l1=1, proximal=True))
    ]


def test_a_penalty_that_makes_a_run_diverge_is_named_among_the_remedies() -> None:
    diverged = {"loss": "mae", "l2": 100.0, "learning_rate": 0.03}
    assert dict(trial_of("rate", **diverged).remedy.changes) == {"learning_rate": 0.009}
    assert dict(trial_of("penalty", **diverged).remedy.changes) == {"l2": 10.0}


def test_batches_of_one_that_diverge_are_offered_all_points_in_every_step() -> None:
    diverged = {"batch_size": 1, "learning_rate": 0.027, "noise": 0.0, "epochs": 50, "loss": "mse", "start_slope": 0.5}
    assert dict(trial_of("batch", **diverged).remedy.changes) == {"batch_size": 0}
    assert dict(trials(**diverged)[0].remedy.changes) == {"learning_rate": 0.0089}  # nine tenths of 1/101
    assert trials(**diverged)[0].cures


FAR = {"optimizer": "adam", "learning_rate": 0.01, "epochs": 500, "start_intercept": -29.0}


def test_what_does_not_arrive_stands_behind_what_does_and_says_how_far_it_is() -> None:
    longer, faster = trial_of("longer", **FAR), trial_of("faster", **FAR)
    assert dict(longer.remedy.changes) == {"epochs": 5000}
    assert longer.after.verdict is Verdict.IMPROVING
    assert not longer.cures
    assert abs(longer.after.run.line[1] - 2.82) > 0.9  # 32 to walk in steps of 0.01, and shorter ones at last
    run = longer.after.run
    x, y = points(run.experiment)
    best = LinearRegression().fit(x[:, None], y)
    right = np.mean((y - run.predict(x)) ** 2) - np.mean((y - best.predict(x[:, None])) ** 2)
    assert loss_above_least(run) == pytest.approx(right, rel=1e-3)
    # The usual 0.05 and ten times as much do not arrive, either; a hundred times does, and comes first.
    assert trials(**FAR)[0] is faster
    assert dict(faster.remedy.changes) == {"learning_rate": 1.0}
    assert faster.cures
    assert loss_above_least(faster.after.run) == 0.0


def test_where_nothing_cures_the_panel_says_so() -> None:
    assert uncured_words(trials(**FAR)) == ""
    assert uncured_words([trial_of("longer", **FAR)]).startswith("None of them brings the run to rest")


@pytest.mark.parametrize("rate", [0.001, 0.0001])
def test_adagrad_is_raised_to_its_usual_rate(rate: float) -> None:
    slow = {"optimizer": "adagrad", "learning_rate": rate}
    first = trials(**slow)[0]
    assert dict(first.remedy.changes) == {"learning_rate": 0.5}
    assert first.cures


VALLEY = {"loss": "cauchy", "start_intercept": 60.0, "outliers": 0.2, "outlier_size": 60.0, "learning_rate": 0.02}


def test_a_run_in_the_wrong_valley_is_started_elsewhere() -> None:
    assert diagnose(diagnosed(**VALLEY).run).verdict is Verdict.STUCK
    first = trials(**VALLEY)[0]
    assert first.remedy.key == "start"
    assert first.cures
    best = optimum(Experiment(**VALLEY))
    slope, intercept = first.after.run.line
    assert (slope, intercept) == (pytest.approx(best.slope, abs=0.02), pytest.approx(best.intercept, abs=0.05))
    assert "start" not in [remedy.key for remedy in propose_remedies(Verdict.STUCK, Experiment(loss="huber"))]


def test_a_swinging_run_is_judged_by_the_mean_of_its_last_epochs() -> None:
    run = diagnosed(loss="mae", learning_rate=0.03).run
    late = run.path[-101:]
    x, truth = run.data.x_test[:, 0].astype(float), run.data.y_test[:, 0]
    by_hand = np.mean([np.sqrt(np.mean((slope * x + intercept - truth) ** 2)) for slope, intercept in late])
    assert steady_error(run) == pytest.approx(by_hand, rel=1e-4)
    assert steady_error(diagnosed(learning_rate=0.03).run) == np.inf
    # Its last epoch is nearer to the truth than Huber's optimum by chance: Huber is a remedy all the same.
    assert diagnosed(loss="mae", learning_rate=0.03).rmse < diagnosed(loss="huber", learning_rate=0.03).rmse
    assert "loss" in [trial.remedy.key for trial in trials(loss="mae", learning_rate=0.03)]


def test_losses_are_compared_only_where_they_measure_the_same() -> None:
    plain = Experiment()
    assert objective(plain) == objective(plain.replace(standardise=True, learning_rate=1.0, proximal=True))
    for changes in ({"loss": "huber"}, {"l2": 1.0}, {"l1": 1.0}):
        assert objective(plain) != objective(plain.replace(**changes))
    assert objective(plain.replace(l2=1.0)) != objective(plain.replace(l2=1.0, standardise=True))
    strong, weak = (diagnose(diagnosed(loss="mae", l2=l2, learning_rate=0.03).run) for l2 in (10.0, 1.0))
    assert not has_improved(strong, weak) or not weak.needs_remedy


def test_what_is_left_is_not_known_of_lost_runs_and_networks() -> None:
    assert loss_above_least(diagnosed(learning_rate=0.03).run) is None
    assert loss_above_least(diagnosed(hidden=(4,), epochs=5).run) is None
    run = train([Experiment(epochs=20)])[0]
    assert loss_above_least(run) == pytest.approx(
        float(mean_loss(run.experiment, *run.line)) - optimum(run.experiment).loss, rel=1e-6
    )


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.exhaustive) for seed in range(2, 6))])
def test_remedies_hold_on_runs_they_were_not_made_for(seed: int) -> None:
    rng = np.random.default_rng(seed)
    experiment = Experiment(
        dataset=str(rng.choice(["line", "sine", "quadratic"])),
        loss=str(rng.choice(["mse", "mae", "huber", "cauchy"])),
        learning_rate=float(10 ** rng.uniform(-4, 0)),
        points=int(rng.integers(5, 40)),
        batch_size=int(rng.choice([0, 1, 4])),
        l1=float(rng.choice([0.0, 10.0])),
        epochs=200,
        seed=seed,
    )
    for trial in try_remedies(experiment):
        loss = trial.after.run.loss
        assert loss[-1] <= loss[0]
        assert trial.after.verdict not in (Verdict.DIVERGED, Verdict.STUCK)
        alone = train([trial.remedy.apply(experiment)])[0]
        np.testing.assert_array_equal(loss, alone.loss)  # what is shown is a training
        assert trial.remedy in propose_remedies(trial.before.verdict, trial.before.experiment)


def test_a_loss_of_the_middle_is_no_remedy_for_a_line_that_is_to_lie_aside() -> None:
    for quantile, offered in ((0.5, True), (0.9, False)):
        keys = [each.key for each in propose_remedies(Verdict.STUCK, Experiment(loss="quantile", quantile=quantile))]
        assert ("loss" in keys) is offered
