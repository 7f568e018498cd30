"""The doctor: its verdict on a written table of real runs, the evidence for it, and every remedy tried."""

import pickle
from dataclasses import replace

import numpy as np
import pytest

from playground.diagnosis import Cause, Diagnosis, Verdict, diagnose
from playground.diagnosis.improvement import has_improved
from playground.diagnosis.remedies import Remedy, propose_remedies
from playground.diagnosis.trials import run_trials, try_remedies
from playground.experiment import Experiment
from playground.text.numbers import number
from playground.theory.optima import optimum
from playground.training import train
from tests.support.runs import diagnosed, with_losses

BENT = Experiment(dataset="sine", hidden=(16,), optimizer="adam", learning_rate=0.02)
LOST = Experiment(loss="tukey", outliers=0.2)

# Each run with what is known of it without looking: its largest stable rate (0.0273 for MSE, 0.0545 for Huber and
# log-cosh, 0.0518 with momentum 0.9), how far its steps reach in its epochs, whether its gradient fades.
TABLE = {
    Verdict.EXACT: [
        {},
        {"noise": 0.0},
        {"noise": 50.0},
        {"learning_rate": 0.026},
        {"dataset": "step"},
        {"dataset": "quadratic"},
        {"l2": 1.0},
        {"standardise": True, "learning_rate": 0.5},
        {"loss": "huber", "learning_rate": 0.05},
        {"loss": "log_cosh", "learning_rate": 0.05},
        {"optimizer": "momentum", "learning_rate": 0.05},
        {"optimizer": "nesterov", "learning_rate": 0.01},
        {"optimizer": "adam", "learning_rate": 0.05},
        {"optimizer": "nadam", "learning_rate": 0.05},
        {"optimizer": "adagrad", "learning_rate": 0.5},
        {"outliers": 0.2, "outlier_size": 100.0},
        {"loss": "general", "learning_rate": 0.05},
        {"loss": "tukey", "scale": 100.0, "learning_rate": 0.02, "epochs": 3000},
    ],
    Verdict.CONVERGED: [
        {"optimizer": "rmsprop", "learning_rate": 0.01},  # it bounces by a hundredth of its rate about the optimum
        {"optimizer": "adamw", "learning_rate": 0.05},  # its decay pulls the weights from the optimum
        {"loss": "mae", "learning_rate": 0.001, "epochs": 10_000},
    ],
    Verdict.IMPROVING: [
        {"epochs": 20},
        {"learning_rate": 1e-6},
        {"loss": "mae", "learning_rate": 1e-4},
        {"loss": "quantile"},
        {"optimizer": "adam"},
        {"optimizer": "adadelta", "learning_rate": 0.1},
        {"loss": "huber", "learning_rate": 0.001},
        {"optimizer": "lion", "learning_rate": 0.001},
    ],
    Verdict.OSCILLATING: [
        {"loss": "mae", "learning_rate": 0.03},
        {"loss": "mae", "learning_rate": 1.0},
        {"loss": "mae", "noise": 0.0},
        {"loss": "epsilon_insensitive", "epsilon": 0.0, "learning_rate": 0.1},
        {"batch_size": 4, "learning_rate": 0.005},
        {"optimizer": "lion", "learning_rate": 0.5},
        {"points": 2},  # x = −10 and 10: at 2/λmax = 0.01 it jumps between two lines that are equally far off
        {"optimizer": "rmsprop", "learning_rate": 100.0},
        {"learning_rate": 0.03, "global_clipnorm": 1.0},
    ],
    Verdict.DIVERGED: [
        {"learning_rate": 0.028},
        {"learning_rate": 0.03},
        {"learning_rate": 100.0},
        {"optimizer": "momentum", "learning_rate": 0.053},
        {"optimizer": "nesterov", "learning_rate": 0.02},  # beyond 2 · 1.9 / 2.8 / 73.3 = 0.0185
        {"batch_size": 4, "learning_rate": 0.03},
        {"hidden": (16,), "learning_rate": 1.0},
        {"standardise": True, "learning_rate": 1.1},
    ],
    Verdict.STUCK: [
        {"loss": "tukey"},  # every point lies beyond c, where the loss is flat
        {"loss": "tukey", "optimizer": "momentum"},
        {"loss": "tukey", "scale": 0.5, "start_slope": -10.0},
        {"loss": "tukey", "outliers": 0.1, "start_intercept": 500.0},
        {"loss": "mae", "learning_rate": 1e-5, "epochs": 100},
    ],
    Verdict.EARLY: [{"epochs": 1}, {"epochs": 1, "learning_rate": 100.0}, {"epochs": 1, "hidden": (4,)}],
}
CASES = [(verdict, changes) for verdict, table in TABLE.items() for changes in table]


def test_the_table_is_long_enough_and_covers_every_verdict() -> None:
    assert len(CASES) >= 40
    assert set(TABLE) == set(Verdict) - {Verdict.NOT_TRAINED}
    assert {changes.get("loss", "mse") for _, changes in CASES} >= {"mse", "mae", "huber", "log_cosh", "quantile"}


@pytest.mark.parametrize(("verdict", "changes"), CASES, ids=str)
def test_the_doctor_is_right(verdict: Verdict, changes: dict) -> None:
    opinion = diagnose(diagnosed(**changes).run)
    assert opinion.verdict is verdict
    assert opinion.evidence
    assert all(text.endswith((".", ":")) for text in opinion.evidence)
    assert not [text for text in opinion.evidence if "nan" in text or "inf" in text.lower().split()]


@pytest.mark.parametrize("changes", TABLE[Verdict.STUCK] + TABLE[Verdict.CONVERGED] + TABLE[Verdict.EXACT], ids=str)
def test_a_page_tells_of_no_run_that_is_stuck_that_it_is_well(changes: dict) -> None:
    diagnosis = diagnosed(**changes)
    assert diagnose(diagnosis.run).verdict is diagnosis.verdict
    assert diagnosis.needs_remedy == (diagnosis.verdict is Verdict.STUCK)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"loss": "tukey", "scale": 0.5, "start_slope": -10.0}, "so the line hardly moves"),
        ({"points": 2}, "jump from side to side"),
        ({"optimizer": "rmsprop", "learning_rate": 100.0}, "jump from side to side"),
        ({"loss": "mae", "learning_rate": 1e-5, "epochs": 100}, "too small, or too few"),
    ],
)
def test_what_is_stuck_is_told_why(changes: dict, why: str) -> None:
    assert why in opinion_of(**changes).evidence[1]


def test_of_one_epoch_it_is_told_what_its_steps_did() -> None:
    # All points in one step: the loss that Keras reports is that before it.
    first, second = diagnosed(epochs=2).run.loss
    (told,) = opinion_of(epochs=1).evidence
    assert told == f"One epoch shows no trend. Its loss was {number(first)}, and is {number(second)} after it."


def test_a_run_without_an_epoch() -> None:
    opinion = diagnose(with_losses().run)
    assert (opinion.verdict, opinion.needs_remedy) == (Verdict.NOT_TRAINED, False)


def test_a_network_that_learned_nothing_of_x_is_stuck() -> None:
    # ReLU units that no point wakes: the first weights are made so by hand.
    experiment = Experiment(hidden=(1,), activation="relu", dataset="sine", learning_rate=0.1)
    run = next(
        run
        for run in train([experiment.replace(seed=seed, points=20, noise=0.5) for seed in range(40)])
        if np.ptp(run.predict(run.data.x_train[:, 0])) == 0
    )
    opinion = diagnose(run)
    assert opinion.verdict is Verdict.STUCK
    assert opinion.cause is Cause.DEAD_UNITS


def opinion_of(**changes: object) -> Diagnosis:
    return diagnose(diagnosed(**changes).run)


# Every remedy with a run that it mends, and the verdict it leads to.
REMEDIES = {
    "rate": ({"learning_rate": 0.03}, {"learning_rate": 0.024}, Verdict.EXACT),
    "standardise": ({"learning_rate": 0.03}, {"standardise": True}, Verdict.EXACT),
    "clip": ({"learning_rate": 0.03}, {"global_clipnorm": 1.0}, Verdict.OSCILLATING),
    "adam": ({"learning_rate": 0.03}, {"optimizer": "adam", "learning_rate": 0.05}, Verdict.EXACT),
    "loss": ({"learning_rate": 0.03}, {"loss": "huber"}, Verdict.EXACT),
    "longer": ({"learning_rate": 0.0003}, {"epochs": 10_000}, Verdict.CONVERGED),
    "faster": ({"learning_rate": 0.0003}, {"learning_rate": 0.024}, Verdict.EXACT),
    "batch": ({"batch_size": 4, "learning_rate": 0.005}, {"batch_size": 0}, Verdict.EXACT),
    "patient": ({"loss": "mae", "learning_rate": 0.01}, {"learning_rate": 0.001, "epochs": 10_000}, Verdict.CONVERGED),
    "scale": ({"loss": "tukey"}, {"scale": 20.0}, Verdict.EXACT),
}


@pytest.mark.parametrize(("key", "ill", "changes", "verdict"), [(key, *case) for key, case in REMEDIES.items()])
def test_a_remedy_leads_where_it_says(key: str, ill: dict, changes: dict, verdict: Verdict) -> None:
    experiment = Experiment(**ill)
    trial = next(trial for trial in try_remedies(experiment) if trial.remedy.key == key)
    assert dict(trial.remedy.changes) == changes
    assert trial.remedy.apply(experiment) == experiment.replace(**changes)
    assert trial.after.verdict is verdict
    alone = diagnosed(**{**ill, **changes})
    assert np.array_equal(trial.after.run.loss, alone.run.loss)
    assert trial.before.needs_remedy


def test_tanh_wakes_what_relu_left_dead() -> None:
    ill = Experiment(hidden=(2,), activation="relu", dataset="sine", learning_rate=0.1)
    # A bias far below 0 keeps every unit of the layer from waking.
    alive = diagnosed(hidden=(2,), activation="relu").run
    dead = replace(alive, weights=[alive.weights[0], np.full(2, -1e3, np.float32), *alive.weights[2:]])
    stuck = diagnose(dead)
    assert (stuck.verdict, stuck.cause) == (Verdict.STUCK, Cause.DEAD_UNITS)
    use_tanh = Remedy("activation", "Use tanh in the hidden layers", (("activation", "tanh"),))
    assert use_tanh in propose_remedies(stuck.verdict, stuck.experiment)
    assert ill.replace(activation="tanh").activation == "tanh"


def test_what_did_not_help_is_not_offered() -> None:
    # A tenth of the rate still diverges here, a hundredth does not.
    trials = {trial.remedy.key: trial for trial in try_remedies(Experiment(hidden=(16,), learning_rate=1.0))}
    assert dict(trials["rate"].remedy.changes) == {"learning_rate": 0.01}
    assert "standardise" not in trials
    ill, worse = opinion_of(loss="mae"), opinion_of(loss="mae", learning_rate=1.0)
    assert not has_improved(ill, worse)
    assert has_improved(worse, ill)
    assert not has_improved(ill, opinion_of(learning_rate=0.03))


def test_what_ends_above_its_own_start_is_not_offered() -> None:
    # At such a rate the clipped gradient and Huber's bounded one stay finite, thousands of times worse than at first.
    for changes in ({"global_clipnorm": 1.0}, {"loss": "huber"}):
        assert not has_improved(opinion_of(learning_rate=100.0), opinion_of(learning_rate=100.0, **changes))
    losses = [trial.after.run.loss for trial in try_remedies(Experiment(learning_rate=100.0))]
    assert losses
    assert all(loss[-1] < loss[0] for loss in losses)


def test_one_epoch_is_followed_by_more_and_by_smaller_steps() -> None:
    assert [trial.remedy.key for trial in try_remedies(Experiment(epochs=1))] == ["longer"]
    (gentle,) = try_remedies(Experiment(epochs=1, learning_rate=100.0))
    assert gentle.remedy.changes == (("learning_rate", 0.024), ("epochs", 10))


def test_what_only_fits_the_noise_is_not_offered() -> None:
    """A network on 21 noisy points: ten times the epochs lower its loss, and take it away from the truth."""
    before = diagnose(train([BENT])[0])
    after = diagnose(train([BENT.replace(epochs=10_000)])[0])
    assert before.verdict is Verdict.IMPROVING
    assert after.run.loss[-1] < 0.1 * before.run.loss[-1]
    assert after.rmse > 1.1 * before.rmse
    assert not has_improved(before, after)


def test_a_stuck_run_that_hardly_moves_was_not_helped() -> None:
    before = diagnose(train([LOST])[0])
    after = diagnose(train([LOST.replace(learning_rate=LOST.learning_rate / 10)])[0])
    assert before.verdict is Verdict.STUCK
    assert after.rmse < 0.99 * before.rmse
    assert not has_improved(before, after)


def test_a_trial_travels_between_processes() -> None:
    trial = try_remedies(Experiment(learning_rate=0.03))[0]
    again = pickle.loads(pickle.dumps(trial))
    assert again.after.rmse == trial.after.rmse
    assert again.remedy == trial.remedy


def test_nothing_is_prescribed_to_the_healthy() -> None:
    healthy = opinion_of()
    assert propose_remedies(healthy.verdict, healthy.experiment) == []
    assert try_remedies(Experiment()) == []


def test_trying_can_be_stopped() -> None:
    assert try_remedies(Experiment(learning_rate=0.03), on_progress=lambda share: False) == []


def test_exactly_optimal_means_that_no_line_is_better() -> None:
    run = diagnosed(loss="huber", learning_rate=0.05).run
    best = optimum(run.experiment)
    np.testing.assert_allclose([run.weights[0][0, 0], run.weights[1][0]], [best.slope, best.intercept], rtol=1e-3)


def test_trials_train_each_experiment_once_and_judge_it_against_its_own() -> None:
    one, other = Experiment(), Experiment(loss="mae")
    slower = Remedy("rate", "Slower", (("learning_rate", 0.001),))
    longer = Remedy("longer", "Longer", (("epochs", 500),))
    trained = []

    def count_epochs(experiments, on_progress):
        trained.extend(experiments)
        return [each.epochs for each in experiments]

    cases = [(one, slower), (one, longer), (other, longer)]
    trials = run_trials(cases, count_epochs, lambda before, after: after < before, known={other: 7})
    assert trained == [one, slower.apply(one), longer.apply(one), longer.apply(other)]
    assert [(trial.before, trial.after, trial.helps) for trial in trials] == [
        (one.epochs, one.epochs, False),
        (one.epochs, 500, one.epochs > 500),
        (7, 500, False),
    ]


def test_stopped_trials_are_none() -> None:
    case = (Experiment(), Remedy("longer", "Longer", (("epochs", 500),)))
    assert run_trials([case], lambda experiments, on_progress: [], lambda before, after: True) == []
