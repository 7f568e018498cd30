"""The remedies against overfitting, against Keras's callback, scikit-learn's optimum, and sums worked out by hand."""

from dataclasses import replace
from types import SimpleNamespace

import keras
import numpy as np
import pytest
from sklearn.linear_model import Lasso, Ridge

from playground.data import make_data, make_validation, model_inputs
from playground.data.polynomials import compute_legendre
from playground.engine.dropout import draw_kept_units, drop_thresholds
from playground.experiment import Experiment
from playground.models.arrays import initial_weights
from playground.models.keras_model import build_model
from playground.pages.overfit.figures import fit_replay, weight_replay
from playground.pages.overfit.settings import REMEDY_OPTIONS, STRENGTHS, OverfitSettings, outlier_jobs
from playground.pages.overfit.strengths import decompose_error, train_strengths
from playground.pages.overfit.study import find_early_stop, train_and_fit
from playground.pages.overfit.words import decomposition_words, fit_rows, fit_words, strength_words, weight_words
from playground.text.numbers import number
from playground.training import train

SMALL = Experiment(dataset="sine", points=15, degree=15, learning_rate=0.02, epochs=300)


def keras_stop(losses, patience):
    """What Keras's own callback makes of the losses: the epoch it stops at and the one it gives back, from 1."""
    epoch = 0
    model = SimpleNamespace(stop_training=False, get_weights=lambda: epoch, set_weights=lambda _: None)
    callback = keras.callbacks.EarlyStopping(
        monitor="val_loss", mode="min", patience=patience, restore_best_weights=True
    )
    callback._model = model
    callback.on_train_begin()
    for epoch, loss in enumerate(losses):
        callback.on_epoch_end(epoch, {"val_loss": float(loss)})
        if model.stop_training:
            break
    return epoch + 1, callback.best_epoch + 1


@pytest.mark.parametrize("patience", [1, 2, 5, 30])
def test_early_stopping_is_that_of_keras(patience):
    rng = np.random.default_rng(0)
    for _ in range(100):
        losses = rng.choice([0.5, 1.0, 2.0, rng.random(), np.nan], rng.integers(1, 40))
        stop = find_early_stop(losses, patience)
        assert (stop.stopped, stop.best) == keras_stop(losses, patience)


def test_a_stopped_fit_has_the_weights_that_keras_gives_back():
    experiment = SMALL.replace(epochs=40, learning_rate=0.1)
    (fit,) = train_and_fit([("early", experiment, 5)])
    model, data = build_model(experiment), make_data(experiment)
    callback = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    model.fit(
        data.x_train, data.y_train, batch_size=15, epochs=40, verbose=0, callbacks=[callback],
        validation_data=make_validation(experiment),
    )  # fmt: skip
    assert fit.stop.stopped == callback.stopped_epoch + 1 < 40
    assert fit.stop.best == callback.best_epoch + 1
    np.testing.assert_allclose(fit.weights, model.get_weights()[0].ravel(), rtol=1e-4, atol=1e-5)
    assert np.array_equal(train([fit.ending])[0].weights[0].ravel(), fit.weights)  # what is kept is the stopped model
    assert fit.verdict == "stopped early"
    assert fit_replay([fit]).labels == [f"early, until epoch {fit.stop.stopped}:"]
    x_val, y_val = make_validation(experiment)
    assert fit.val_error == pytest.approx(float(np.mean((model.predict(x_val, verbose=0) - y_val) ** 2)), rel=1e-4)


OPTIMUM = Experiment(dataset="sine", points=40, degree=9, learning_rate=0.1, epochs=10_000)
PENALISED = [OPTIMUM.replace(l2=0.3), OPTIMUM.replace(l2=0.01), OPTIMUM.replace(l1=0.3, proximal=True)]


@pytest.mark.parametrize("experiment", PENALISED, ids=["ridge", "weak ridge", "lasso"])
def test_the_penalised_fit_comes_to_scikit_learns_optimum(experiment):
    run = train([experiment])[0]
    data = make_data(experiment)
    x, y = model_inputs(experiment, data.x_train).astype(float), data.y_train[:, 0].astype(float)
    # Ours is the mean of the squares plus the penalty: theirs for ridge the sum, for lasso half the mean.
    judge = Lasso(experiment.l1 / 2, tol=1e-10, max_iter=100_000) if experiment.l1 else Ridge(experiment.l2 * len(y))
    judge.fit(x, y)
    np.testing.assert_allclose(run.weights[0][:, 0], judge.coef_, atol=1e-3)
    assert run.weights[1][0] == pytest.approx(judge.intercept_, abs=1e-3)
    if experiment.l1:
        assert list(run.weights[0][:, 0] == 0) == list(judge.coef_ == 0)
        assert (judge.coef_ == 0).any()


def test_only_the_proximal_step_gives_exact_zeros():
    plain = OPTIMUM.replace(l1=0.3, epochs=3000)
    by_steps, by_proximal, shrunk = train([plain, plain.replace(proximal=True), plain.replace(l1=0.0, l2=0.3)])
    assert not (by_steps.weights[0] == 0).any()
    assert (by_proximal.weights[0] == 0).sum() >= 2
    assert not (shrunk.weights[0] == 0).any()
    free = train([plain.replace(l1=0.0)])[0]
    assert np.abs(shrunk.weights[0]).sum() < np.abs(free.weights[0]).sum()


def test_the_polynomials_are_those_of_numpy():
    t = np.linspace(-1, 1, 31)
    for k, ours in enumerate(compute_legendre(np, t, 15), start=1):
        theirs = np.polynomial.legendre.Legendre.basis(k)(t)
        np.testing.assert_allclose(ours, np.sqrt(2 * k + 1) * theirs, atol=1e-12)
    assert np.mean(compute_legendre(np, np.linspace(-1, 1, 200_001), 7)[-1] ** 2) == pytest.approx(1.0, rel=1e-3)


def test_dropout_leaves_out_its_share_anew_in_every_step():
    seeds, thresholds = np.array([0, 1], np.uint32), drop_thresholds([0.3, 0.3])

    def one(step, layer):
        return draw_kept_units(np, seeds, np.uint32(step), np.uint32(layer), (100, 64), thresholds)

    first = one(0, 0)
    assert first.mean() == pytest.approx(0.7, abs=0.02)
    for other in (one(1, 0), one(0, 1)):
        assert np.mean(first == other) == pytest.approx(0.7**2 + 0.3**2, abs=0.02)
    assert np.mean(first[..., 0] == first[..., 1]) == pytest.approx(0.58, abs=0.02)
    assert draw_kept_units(np, seeds, np.uint32(0), np.uint32(0), (9, 9), drop_thresholds([0.0, 0.0])).all()


def test_a_step_with_dropout_is_the_plain_models_on_what_is_left():
    experiment = Experiment(dataset="sine", points=15, hidden=(8,), dropout=0.4, epochs=1, seed=5)
    first = train([experiment])[0].loss[0]
    kernel, bias, last, last_bias = initial_weights(experiment)
    data = make_data(experiment)
    seeds, first_step, threshold = np.array([5], np.uint32), np.uint32(0), drop_thresholds([0.4])
    mine = draw_kept_units(np, seeds, first_step, np.uint32(0), (15, 8), threshold)[..., 0]
    said = np.tanh(data.x_train @ kernel + bias) * mine / 0.6 @ last + last_bias
    assert first == pytest.approx(float(np.mean((said - data.y_train) ** 2)), rel=1e-5)


def test_errors_are_those_of_keras_and_without_penalties():
    (fit,) = train_and_fit([("L2", SMALL.replace(l2=0.1), 0)])
    model, data = build_model(fit.experiment), make_data(fit.experiment)
    model.set_weights([fit.weights[:, None], train([fit.experiment])[0].weights[1]])
    assert fit.error == pytest.approx(
        float(np.mean((model.predict(data.x_train, verbose=0) - data.y_train) ** 2)), rel=1e-4
    )
    assert fit.errors[-1] == pytest.approx(fit.error, rel=1e-4)
    assert fit.frames[0] == 0
    assert fit.frames[-1] == 300
    assert fit.loss[-1] > fit.error + 0.05 * fit.squared  # which the penalty is in


def test_the_sum_of_the_parts_is_the_measured_error():
    curve, parts = train_strengths(SMALL.replace(epochs=2000), "l2", (0.0, 0.03, 0.1, 0.3, 1.0), 40)
    assert (np.abs(parts.total - parts.test) < parts.test_error).all()
    assert parts.variance[0] > 4 * parts.variance[-1]
    assert parts.bias[-1] > 4 * parts.bias[0]
    # A U: both ends are higher than the best, which lies between them.
    place = curve.values.index(curve.best)
    assert 0 < place < len(curve.values) - 1
    assert curve.mean[[0, -1]].min() > curve.mean[place] + curve.standard_error[place]
    assert f"lowest at L2 = {curve.best}" in strength_words(curve, 0.02)
    assert "1.40, worse than the 1.22 of the chosen one" in strength_words(curve, 0.02, (1.4, 1.22))
    assert "1.22, as the chosen one does" in strength_words(
        curve, 0.02, (1.2201, 1.2204)
    )  # no difference that is shown
    assert "1.22, better than the 1.23 of the chosen one" in strength_words(curve, 7.0, (1.22, 1.23))
    said = decomposition_words(parts, curve.best)
    assert f"At the best, L2 = {curve.best:g}" in said
    assert number(float(parts.variance[place])) in said
    assert "within one standard error" in said


def test_the_parts_of_models_that_are_known():
    # Models that say the truth plus 2 plus a number of their own: bias² is 4, variance that of the numbers.
    rng = np.random.default_rng(0)
    own = rng.normal(0, 3, 400)
    data = make_data(SMALL)
    runs = [
        SimpleNamespace(experiment=SMALL, data=data, predict=lambda x, each=each: data.y_test[:, 0] + 2.0 + each)
        for each in own
    ]
    parts = decompose_error("l2", (0.0,), runs, 400)
    assert parts.variance[0] == pytest.approx(own.var(ddof=1), rel=1e-6)
    assert parts.bias[0] == pytest.approx((2.0 + own.mean()) ** 2 - own.var(ddof=1) / 400, rel=1e-5)
    assert parts.noise[0] == pytest.approx(1.0)
    assert parts.test[0] == pytest.approx(np.mean((2.0 + own) ** 2) + 1.0, rel=0.02)


def test_what_the_page_says_of_its_first_view():
    page = OverfitSettings()
    fits = train_and_fit(page.jobs)
    none, l2 = fits
    assert [fit.label for fit in fits] == ["Nothing", "L2"]
    assert none.error < 0.01 < 2 < none.val_error  # learnt by heart
    assert none.val_errors[-1] > 1.2 * none.val_errors.min()  # and it rises on new ones, to be seen
    assert none.best_epoch < none.frames[-1] / 2
    assert l2.test < 0.8 * none.test
    said = fit_words(fits)
    assert number(none.error) in said
    assert number(l2.test) in said
    assert [number(none.gap), number(l2.gap)] in [row[1:] for row in fit_rows(fits)]
    smaller = int((np.abs(l2.weights) < np.abs(none.weights)).sum())
    assert 0 < smaller < len(l2.weights)  # some weights grow
    assert f"L2: {smaller} of {len(l2.weights)} weights are smaller" in weight_words(fits)


def test_a_loss_with_a_penalty_is_called_so_and_the_best_epoch_stays_in_its_chart():
    fits = train_and_fit(OverfitSettings().jobs)
    replay = fit_replay(fits)
    assert replay.labels == ["Nothing", "L2, with its penalty:"]
    end = fits[0].frames[-1]
    for epoch, side in ((2, "right"), (40, "right"), (138, "left"), (end, "left")):
        panel = fit_replay([replace(fits[0], best_epoch=int(epoch))]).panels[1]
        assert panel.figure["data"][2]["textposition"] == f"bottom {side}"


def test_few_weights_have_whole_numbers_below_them():
    few, many = (weight_replay(train_and_fit([("", SMALL.replace(degree=degree), 0)])).panels[0] for degree in (3, 12))
    assert few.figure["layout"]["xaxis"]["dtick"] == 1
    assert "dtick" not in many.figure["layout"]["xaxis"]


def test_huber_without_a_penalty_beats_mse_with_one_on_outliers():
    for seed in (0, 1, 2):
        plain, penalised, huber = train_and_fit(outlier_jobs(seed))
        assert huber.test < 0.5 * min(plain.test, penalised.test)
        assert penalised.squared < plain.squared


def test_every_remedy_changes_one_thing():
    for model in ("polynomial", "network"):
        page = OverfitSettings(model=model, epochs=10)
        for way in REMEDY_OPTIONS:
            changed = {
                name for name in vars(page.base) if getattr(page.base, name) != getattr(page.experiment(way), name)
            }
            assert len(changed) <= (3 if way == "both" else 2)
            assert changed or way in ("none", "early")
    assert STRENGTHS[0] == 0
