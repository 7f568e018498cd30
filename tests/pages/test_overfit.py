"""The Overfit page without a browser: what it says is what its trainings did, those that diverge, too."""

from base64 import b64decode
from dataclasses import replace

import numpy as np
import pytest

from playground.data import make_data, make_validation, model_inputs
from playground.pages.overfit import view as overfit_lab
from playground.pages.overfit.figures import fit_replay
from playground.pages.overfit.settings import OUTLIERS, REMEDY_OPTIONS, SEEDS, STRENGTHS, OverfitSettings, outlier_jobs
from playground.pages.overfit.stability import largest_polynomial_rate, safe_polynomial_rate
from playground.pages.overfit.strengths import train_strengths
from playground.pages.overfit.study import train_and_fit
from playground.pages.overfit.words import fit_rows, robust_words, weight_words
from playground.text.numbers import number
from playground.training import train
from playground.ui.jobs import MOST_STEPS
from tests.support.app_tests import address, choose, drawings, link_of, open_page, words

OVERFIT_TABS = ["Weights", "How strong?", "Outliers", "What is a loss here?"]


def array_of(packed: dict[str, str]) -> np.ndarray:
    """An array as it travels to the browser."""
    return np.frombuffer(b64decode(packed["bdata"]), packed["dtype"])


def numbers_in(value: object) -> list[float]:
    """Every number of a drawing, at any depth."""
    if isinstance(value, dict) and "bdata" in value:
        return array_of(value).astype(float).ravel().tolist()
    if isinstance(value, dict):
        return [number for each in value.values() for number in numbers_in(each)]
    if isinstance(value, list):
        return [number for each in value for number in numbers_in(each)]
    return [float(value)] if isinstance(value, float | int) else []


@pytest.mark.parametrize(
    "query", ["learning_rate=0.2", "noise=0&points=4", "learning_rate=0.06&penalty=l1", "learning_rate=0.053"]
)
def test_no_strength_is_the_best_where_trainings_diverge(query: str) -> None:
    page = open_page("overfit", query, overfit_tab="How strong?")
    for drawing in drawings(page):
        assert np.isfinite(numbers_in(drawing["panels"])).all()
    settings = link_of(page, OverfitSettings)
    curve, _ = train_strengths(settings.varied, settings.penalty, STRENGTHS, settings.seeds)
    assert (curve.diverged > 0).any()
    offered = [button for button in page.button if button.label == "Use the best"]
    assert len(offered) == (curve.best is not None)
    if curve.best is not None:
        assert curve.diverged[STRENGTHS.index(curve.best)] == 0
    limit = largest_polynomial_rate(settings.strongest)
    assert limit < settings.learning_rate
    assert "largest stable" in words(page)
    # The offered rate works.
    button = next(button for button in page.button if button.key == "slower_strengths")
    button.click().run()
    assert not page.exception
    mended = link_of(page, OverfitSettings)
    assert mended.learning_rate == safe_polynomial_rate(settings.strongest)
    curve, _ = train_strengths(mended.varied, mended.penalty, STRENGTHS, mended.seeds)
    assert curve.diverged.sum() == 0


def test_the_largest_stable_rate_of_a_polynomial_is_where_training_turns() -> None:
    for changes in ({}, {"l2": 1.0}, {"points": 4, "noise": 0.0}, {"degree": 3, "dataset": "step"}):
        experiment = OverfitSettings(epochs=2000).base.replace(**changes)
        limit = largest_polynomial_rate(experiment)
        below, above = train([experiment.replace(learning_rate=limit * share) for share in (0.98, 1.03)])
        assert np.isfinite(below.loss).all()
        assert below.loss[-1] <= below.loss[0]
        assert not np.isfinite(above.loss[-1]) or above.loss[-1] > 100 * above.loss[0]
    assert largest_polynomial_rate(OverfitSettings(model="network").base) is None


def test_a_network_is_offered_no_proximal_step() -> None:
    page = open_page("overfit", "model=network&width=4&epochs=50&ways=none,l1,l1_proximal,both&penalty=l1")
    assert "Not shown: L1, proximal. A network trains with Adam here." in words(page)
    titles = [panel["title"] for panel in drawings(page)[0]["panels"]]
    assert not any("proximal" in title for title in titles)
    for penalty in ("l1", "l2"):
        settings = OverfitSettings(model="network", ways=tuple(REMEDY_OPTIONS), penalty=penalty)
        for experiment in (*(job[1] for job in settings.jobs), settings.varied):
            assert not experiment.proximal
        assert REMEDY_OPTIONS[settings.way_of_penalty].fits("network")
    polynomial = OverfitSettings(ways=("none", "dropout"))
    assert [way.label for way in polynomial.not_for_this_model] == ["Dropout"]
    assert polynomial.shown == ["none"]


@pytest.mark.parametrize("query", ["epochs=300&patience=5000", "epochs=3000&patience=1", "epochs=800&patience=30"])
def test_early_stopping_shows_the_lowest_error_of_its_curve(query: str) -> None:
    page = open_page("overfit", f"ways=none,early&{query}")
    settings = link_of(page, OverfitSettings)
    early = train_and_fit(settings.jobs)[1]
    run = train([early.experiment], record=("val_loss",))[0]
    seen = run.val_loss[: early.stop.stopped]
    assert early.best_epoch == int(seen.argmin()) + 1 == early.stop.best
    assert early.val_error == pytest.approx(float(seen.min()), rel=1e-5)
    assert early.val_error <= early.val_errors[1:].min() * (1 + 1e-5)  # of every frame that is drawn
    assert early.best_epoch in early.frames
    star = drawings(page)[0]["panels"][3]["figure"]["data"][2]
    assert array_of(star["x"]).tolist() == [early.best_epoch]
    assert array_of(star["y"])[0] == pytest.approx(early.val_error, rel=1e-5)
    assert number(early.val_error) in words(page)
    ran_to_the_end = early.stop.stopped == early.experiment.epochs
    assert (f"{early.stop.stopped:,}, the last one" in words(page)) == ran_to_the_end


@pytest.mark.parametrize("way", ["l1", "l1_proximal", "l2", "both"])
def test_the_best_epoch_of_a_penalised_fit_is_that_of_the_drawn_error(way: str) -> None:
    settings = OverfitSettings(ways=(way,), epochs=400, l1=0.3, l2=0.3)
    (fit,) = train_and_fit(settings.jobs)
    run = train([fit.experiment], record=("weights", "val_loss"))[0]
    x, y = make_validation(fit.experiment)
    errors = np.square(run.predict_path(x[:, 0]) - y[:, 0]).mean(axis=1)[1:]
    assert fit.best_epoch == int(errors.argmin()) + 1
    assert fit.best_error == pytest.approx(float(errors.min()), rel=1e-5)
    # Keras's val_loss holds the penalty, which is why it cannot be the curve.
    assert run.val_loss[-1] > 1.01 * fit.val_error
    assert (fit.val_errors[1:] >= fit.best_error * (1 - 1e-5)).all()
    star = fit_replay([fit]).panels[1].figure["data"][2]
    assert star["x"][0] == fit.best_epoch


def test_the_page_says_what_its_errors_hold() -> None:
    said = words(open_page("overfit", "epochs=100"))
    assert "All errors on this page are without the penalty" in said
    assert "Early stopping is tried without a penalty" in said
    for model in ("polynomial", "network"):
        assert not OverfitSettings(model=model).experiment("early").l2
        assert not OverfitSettings(model=model).experiment("early").l1


def test_plain_l1_bounces_by_no_more_than_its_step_and_proximal_l1_rests() -> None:
    settings = OverfitSettings(ways=("none", "l1", "l1_proximal"), l1=0.1)
    _, plain, proximal = fits = train_and_fit(settings.jobs)
    step = settings.learning_rate * settings.l1
    assert proximal.zeros > 0 == plain.zeros
    assert (np.abs(plain.weights[proximal.weights == 0]) <= 1.01 * step).all()  # while the others still move
    said = weight_words(fits)
    assert f"L1: 0 of 15 weights are 0 exactly, and {(np.abs(plain.weights) <= step).sum()} are within" in said
    assert f"L1, proximal: {proximal.zeros} of 15 weights are 0 exactly." in said
    # The optimum of the lasso: the slope at a weight of 0 is at most l1, elsewhere ± l1.
    data = make_data(proximal.experiment)
    inputs = model_inputs(proximal.experiment, data.x_train).astype(float)
    run = train([proximal.experiment.replace(epochs=10_000)])[0]
    residual = run.predict(data.x_train)[:, 0] - data.y_train[:, 0]
    slope = 2.0 / len(inputs) * inputs.T @ residual
    weights = run.weights[0][:, 0]
    np.testing.assert_allclose(slope[weights != 0], -0.1 * np.sign(weights[weights != 0]), atol=2e-3)
    assert (np.abs(slope[weights == 0]) <= 0.1 + 2e-3).all()


@pytest.mark.parametrize("query", ["ways=none,l2", "ways=none,l1,both&points=30", "model=network&width=8&ways=none,l2"])
def test_what_is_said_of_weights_is_counted(query: str) -> None:
    page = open_page("overfit", f"{query}&epochs=500", overfit_tab="Weights")
    none, *penalised = train_and_fit(link_of(page, OverfitSettings).jobs)
    said = words(page)
    for fit in penalised:
        smaller = int((np.abs(fit.weights) < np.abs(none.weights)).sum())
        assert f"{fit.label}: {smaller} of {len(fit.weights)} weights" in said
        assert number(fit.squared) in said
    assert "all shrink" not in said
    assert ("Legendre" in said) == ("network" not in query)


def test_the_losses_of_the_outliers_tab_train_alike_and_its_numbers_are_theirs() -> None:
    page = open_page("overfit", "epochs=50&seed=3", overfit_tab="Outliers")
    jobs = outlier_jobs(3)
    assert len({(job[1].epochs, job[1].learning_rate) for job in jobs}) == 1
    said = words(page)
    assert f"{jobs[0][1].epochs:,} epochs at a learning rate of" in said
    assert "everywhere" not in said
    fits = train_and_fit(jobs)
    assert robust_words(fits) in said
    for fit in fits:
        assert number(fit.test) in robust_words(fits)


def test_the_highest_seed_has_a_u_curve_over_as_many_seeds() -> None:
    page = open_page("overfit", f"seed={2**31 - 1}&epochs=50", overfit_tab="How strong?")
    assert "Over 40 seeds" in words(page)


@pytest.mark.parametrize(
    ("query", "tab"),
    [
        ("model=network&width=4&ways=fewer&epochs=20", "Weights"),  # no penalty and no polynomial: nothing to explain
        # the loss is infinite in 32 bits, the weights are not
        ("learning_rate=1.0&epochs=22&penalty=l1", "How strong?"),
        ("model=network&width=1&ways=l1_proximal&epochs=20", "Weights"),  # nothing to train
        ("points=4&noise=0.0&learning_rate=1.0&epochs=10&ways=none,l1,l1_proximal,l2,both", "Weights"),
        ("ways=none,more&many=500&points=4&degree=1&patience=1&epochs=10", "Outliers"),
    ],
)
def test_a_link_from_the_edge_opens_with_finite_charts(query: str, tab: str) -> None:
    page = open_page("overfit", query, overfit_tab=tab)
    for drawing in drawings(page):
        every = [*numbers_in(drawing["panels"]), *numbers_in(drawing["readings"])]
        assert np.isfinite(every).all()
    assert "beyond all bounds" not in words(page)


def test_a_curve_that_leaves_its_chart_says_so() -> None:
    (fit,) = train_and_fit(OverfitSettings(ways=("none",), epochs=20).jobs)
    assert fit_replay([fit]).panels[0].title == "Nothing: fit"
    for scale in (100.0, -100.0):
        far = replace(fit, curve=scale * fit.curve)
        panel = fit_replay([far]).panels[0]
        low, high = panel.figure["layout"]["yaxis"]["range"]
        assert far.curve.max() > high
        assert f"up to {number(float(far.curve.max()))}" in panel.description
        assert (f"down to {number(float(far.curve.min()))}" in panel.description) == (far.curve.min() < low)


def test_the_overfit_page_shows_what_was_trained() -> None:
    page = open_page("overfit", "ways=none&ways=l1_proximal&ways=early&points=12&epochs=300&l1=0.3&patience=20")
    settings = OverfitSettings(
        ways=("none", "l1_proximal", "early"), points=12, epochs=300, l1=0.3, patience=20
    )  # fmt: skip
    assert link_of(page, OverfitSettings) == settings
    said = words(page)
    for row in fit_rows(train_and_fit(settings.jobs)):
        assert all(cell in said for cell in row)
    titles = [panel["title"] for panel in drawings(page)[0]["panels"]]
    assert titles == [
        f"{label}: {what}" for what in ("fit", "errors") for label in ("Nothing", "L1, proximal", "Early stopping")
    ]
    choose(page.select_slider(key="overfit_l1"), 1.0)
    assert "l1=1.0" in address(page)


@pytest.mark.parametrize("tab", OVERFIT_TABS[2:])
def test_every_overfit_tab(tab: str) -> None:
    page = open_page("overfit", "epochs=50", overfit_tab=tab)
    drawings(page)
    said = words(page)
    if tab == "Outliers":
        assert "Huber, no penalty" in said
        assert f"settings of its own and takes only the seed from the settings: {OUTLIERS.points} points" in said
    else:
        for thing, what in overfit_lab.WHAT:
            assert f"{thing}{what}" in said


def test_the_best_strength_is_one_click() -> None:
    page = open_page("overfit", "epochs=300&points=12", overfit_tab="How strong?")
    settings = OverfitSettings(epochs=300, points=12)
    curve, parts = train_strengths(settings.varied, "l2", STRENGTHS, 40)
    said = words(page)
    assert f"lowest at L2 = {curve.best:g}" in said
    assert number(float(parts.variance[0])) in said
    # The best on average is not that of each seed: both errors of this one are said, as its own fits have them.
    best, chosen = train_and_fit(settings.at_strengths(curve.best, settings.l2))
    assert chosen.val_error == pytest.approx(train_and_fit(settings.jobs)[1].val_error, rel=1e-5)
    assert f"on this seed it gives {number(best.val_error)}" in said
    assert f"the {number(chosen.val_error)} of the chosen one" in said
    (button,) = [button for button in page.button if button.label == "Use the best"]
    button.click().run()
    assert not page.exception
    assert link_of(page, OverfitSettings).l2 == curve.best
    assert page.session_state["overfit_l2"] == curve.best


def test_remedies_that_do_not_fit_are_named_and_have_no_slider() -> None:
    chosen = ("none", "l1_proximal", "l2", "early", "fewer", "more")
    page = open_page("overfit", "epochs=50&" + "&".join(f"ways={way}" for way in chosen))
    assert "4 fit side by side. Not shown: Fewer parameters and More data." in words(page)
    labels = {slider.label for slider in page.select_slider}
    assert {"L1 strength", "L2 strength", "Patience"} <= labels
    assert not {"Smaller model", "More points"} & labels


def test_a_smaller_model_that_is_not_smaller_is_told() -> None:
    told = "“Fewer parameters” has no fewer"
    assert told in words(open_page("overfit", "epochs=50&ways=none&ways=fewer&degree=3&smaller=4"))
    assert told not in words(open_page("overfit", "epochs=50&ways=none&ways=fewer&degree=5&smaller=4"))


def test_a_networks_best_strength_is_found_over_fewer_seeds() -> None:
    page = open_page("overfit", "model=network&width=2", overfit_tab="How strong?")
    assert not page.error
    seeds = OverfitSettings(model="network").seeds
    assert 2 < seeds < SEEDS
    assert f"Over {seeds} seeds" in words(page)
    assert f"A polynomial gets {SEEDS}" in words(page)


def test_no_number_of_epochs_asks_for_too_many_steps_of_networks() -> None:
    for passes in (10, 100, 3000, 10_000):
        page = OverfitSettings(model="network", epochs=passes)
        assert page.seeds >= 5
        assert page.seeds * len(STRENGTHS) * passes <= MOST_STEPS
    assert OverfitSettings(epochs=10_000).seeds == SEEDS


def test_a_diverging_fit_is_said_in_words() -> None:
    page = open_page("overfit", "learning_rate=1.0&epochs=1000", overfit_tab="Weights")
    assert any("diverged" in warning.value for warning in page.warning)
    assert drawings(page) == []  # nothing to draw, and the address follows
    assert link_of(page, OverfitSettings).learning_rate == 1.0
    assert "No training came to weights" in page.info[0].value


def test_a_fit_that_diverges_takes_no_other_with_it() -> None:
    jobs = OverfitSettings(learning_rate=0.2, ways=("none", "fewer")).jobs
    sound = [fit.label for fit in train_and_fit(jobs) if fit.finite]
    assert len(sound) == 1
    page = open_page("overfit", "learning_rate=0.2&ways=none,fewer", overfit_tab="Weights")
    assert any("Nothing" in warning.value and sound[0] not in warning.value for warning in page.warning)
    assert [panel["title"] for panel in drawings(page)[1]["panels"]] == [f"{sound[0]}: weights"]
    assert len(drawings(page)[0]["panels"]) == 2


@pytest.mark.parametrize(("query", "said"), [("ways=cure", "ways was"), ("degree=99&epochs=20", "degree was")])
def test_what_is_wrong_in_a_link_is_named(query: str, said: str) -> None:
    (warning,) = open_page("overfit", query).warning
    assert said in warning.value
