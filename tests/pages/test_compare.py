"""The Compare page without a browser: links open on it, and what it says is what was computed."""

from unittest import mock
from urllib.parse import parse_qs, urlencode

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.compute import Call
from playground.data import make_data
from playground.diagnosis import Diagnosis
from playground.diagnosis.reproducibility import describe_sensitivity, train_probes
from playground.experiment import Experiment
from playground.experiment.view import View
from playground.export.kept import Kept, write_kept
from playground.export.record import Record, Results
from playground.pages.gradients.settings import GradientsSettings
from playground.sweeps import Axis, Sweep, train_part, train_sweep
from playground.sweeps.luck import answer_words, plan_seeds
from playground.sweeps.settings import SweepSettings, plan_sweep
from playground.sweeps.stretches import describe_stretches
from playground.sweeps.words import summarise_axis
from playground.text.numbers import number
from playground.training import train
from playground.ui import jobs as engine
from tests.support.app_tests import drawings, html, open_page, page_file, texts


def open_compare(query: str = "") -> AppTest:
    page = AppTest.from_file(page_file("frame"), default_timeout=120).run()
    page.switch_page("compare.py")
    for name, values in parse_qs(query, keep_blank_values=True).items():
        page.query_params[name] = values
    # The visit began on another page: what that page knew of the link is forgotten.
    for key in ("_view", "_kept_experiments", "_sweep", "_compare"):
        if key in page.session_state:
            del page.session_state[key]
    page.run()
    assert not page.exception
    return page


def test_it_opens_with_nothing_kept():
    page = open_compare("epochs=20&vary=learning_rate")
    assert any("Nothing is kept yet" in info.value for info in page.info)
    assert "**630 trainings**" in " ".join(each.value for each in page.markdown)


def test_a_link_brings_its_comparison():
    page = open_compare("epochs=20&kept=train~epochs~20&kept=train~epochs~20~loss~mae~name~mine")
    told = " ".join(html(page))
    for loss in ("mse", "mae"):
        rmse = Diagnosis(train([Experiment(epochs=20, loss=loss)])[0]).rmse
        assert f"<td>{number(rmse)}</td>" in told
    assert "2 · mine" in told
    next(button for button in page.button if button.label == "Remove").click().run()
    page.run()
    assert "1 · mine" in " ".join(html(page))
    assert not page.exception


def test_the_page_opens_with_the_losses_under_ten_seeds():
    page = open_compare("")
    losses = View().losses
    found = train_sweep(Sweep(Experiment(), (), losses, 10))
    said = " ".join(texts(page)).replace("\xa0", " ")
    assert answer_words(found, "rmse") in said
    assert "trainings**" not in " ".join(each.value for each in page.markdown)  # nothing is swept unasked
    (seeds,) = [drawing for drawing in drawings(page) if drawing["panels"]]
    assert seeds["panels"][0]["title"] == "RMSE on clean points under 10 seeds"
    # A thousand epochs bring MSE to the line of least squares.
    grid = np.linspace(-10, 10, 201)
    for seed in range(10):
        data = make_data(Experiment(seed=seed))
        line = np.polyfit(data.x_train[:, 0], data.y_train[:, 0], 1)
        rmse = np.sqrt(np.mean((np.polyval(line, grid) - 2 * grid - 3) ** 2))
        assert found.judge_values("rmse", "mse")[seed] == pytest.approx(rmse, rel=1e-3)
    shown = [f"seed {seed}: {number(value)}" for seed, value in enumerate(found.judge_values("rmse", "mse"))]
    assert seeds["panels"][0]["figure"]["data"][1]["text"] == shown
    page.button(key="more_seeds").click().run()
    assert page.session_state["_sweep"].seeds == 100
    assert not page.exception


def test_old_links_show_a_sweep_over_the_learning_rate():
    page = open_compare("vary=learning_rate")
    found = train_sweep(plan_sweep(SweepSettings(vary="learning_rate"), Experiment(), View().losses))
    assert summarise_axis(found, "rmse") in " ".join(texts(page)).replace("\xa0", " ")
    assert "Sweep" not in [button.label for button in page.button]


def test_a_large_sweep_waits_until_it_is_asked_for():
    assert "Sweep" in [button.label for button in open_compare("seeds=100&vary_steps=41").button]


def test_a_sweep_in_a_link_is_swept():
    page = open_compare("epochs=20&loss=mse&loss=mae&vary=noise&vary_to=4&vary_steps=3&seeds=4&swept=true")
    plan = Sweep(Experiment(epochs=20), (Axis("noise", (0.0, 2.0, 4.0)),), ("mse", "mae"), 4)
    assert summarise_axis(train_sweep(plan), "rmse") in " ".join(texts(page)).replace("\xa0", " ")


def test_a_sweep_that_is_too_large_is_refused_with_both_numbers():
    page = open_compare("vary_steps=200&against=noise&against_steps=200&seeds=10&swept=true")
    said = " ".join(each.value for each in page.error)
    assert "1,200,000 trainings; allowed are 100,000" in said


def test_what_is_wrong_in_its_link_is_said():
    page = open_compare("vary=wieght&seeds=0&kept=nowhere~x~1&epochs=20")
    said = " ".join(each.value for each in page.warning)
    assert "vary was" in said
    assert "seeds was" in said
    assert "kept was" in said


def test_one_seed_has_no_shade_to_be_told_of():
    query = "epochs=20&loss=mse&loss=mae&vary=noise&vary_to=4&vary_steps=3&seeds="
    said, several = (" ".join(texts(open_compare(f"{query}{seeds}"))).replace("\xa0", " ") for seeds in (1, 2))
    assert "One seed cannot tell which loss is better: use more seeds." in said
    assert "Lines are means" not in said
    assert "Lines are means over the seeds; the shade" in several


def test_an_end_that_is_left_empty_shows_the_usual_one():
    page = open_compare("vary=learning_rate&epochs=20")
    ends = {each.label: each.placeholder for each in page.number_input if each.label in ("From", "To")}
    assert ends == {"From": "0.001", "To": "0.1"}


def test_back_from_an_opened_point_the_sweep_is_the_same():
    page = open_compare("epochs=20&loss=mse&loss=mae&vary_steps=3&seeds=3")
    base = Experiment(epochs=20)
    found = train_sweep(plan_sweep(SweepSettings(vary="learning_rate", vary_steps=3, seeds=3), base, ("mse", "mae")))
    said = " ".join(describe_stretches(found, "rmse"))
    assert said in " ".join(texts(page)).replace("\xa0", " ")
    picker = page.selectbox(key=next(box.key for box in page.selectbox if box.key.startswith("pick_")))
    assert picker.value == 0.01  # today's
    picker.select_index(2).run()
    page.button(key="pick_open").click().run()
    assert page.session_state["_view"].experiment.learning_rate == 0.1
    page.switch_page("compare.py").run()
    assert said in " ".join(texts(page)).replace("\xa0", " ")


def imported(page: AppTest, rmse: float) -> AppTest:
    """A page on which a file has come in that says this RMSE of its second run."""
    kept = tuple(Kept(experiment=Experiment(epochs=20, loss=loss)) for loss in ("mse", "mae"))
    told = [Results.of(Diagnosis(run)) for run in train([each.experiment for each in kept])]
    page.session_state["_imported"] = Record(kept, (told[0], told[1].model_copy(update={"rmse": rmse})), {})
    return page.run()


def test_the_keras_file_says_what_it_cannot_hold_and_is_refused_where_no_model_is_left():
    model = {}
    said = ("Keras has", "This run diverged")
    for query in ("loss~quantile", "loss~huber~delta~0.2", "learning_rate~100"):
        page = open_compare(f"epochs=60&kept=train~epochs~60~{query}")
        (button,) = (each.proto for each in page.get("download_button") if each.proto.label == "Keras file")
        model[query] = button.disabled, [each.value for each in page.caption if each.value.startswith(said)]
    assert model["loss~quantile"][0] is False
    assert "Keras has no loss Quantile" in model["loss~quantile"][1][0]
    assert model["loss~huber~delta~0.2"] == (False, [])
    assert model["learning_rate~100"][0] is True
    assert "its weights are NaN or infinite" in model["learning_rate~100"][1][0]  # not only where a mouse hovers


def test_a_file_whose_numbers_do_not_come_again_says_which():
    rmse = Diagnosis(train([Experiment(epochs=20, loss="mae")])[0]).rmse
    (said,) = imported(open_compare("epochs=20"), 9.0).warning
    assert said.value.startswith("2 runs came from the file. Trained again, one of them came to other numbers")
    assert f"- Run 2 of the file, MAE: RMSE 9.0000 in the file, {number(rmse, 5)} here" in said.value
    assert [each.value for each in imported(open_compare("epochs=20"), rmse).success] == [
        "2 runs came from the file. Trained again, all came to the numbers that the file says."
    ]


def test_on_classify_a_file_says_where_its_runs_went():
    rmse = Diagnosis(train([Experiment(epochs=20, loss="mae")])[0]).rmse
    page = imported(open_page("classify", "epochs=30&points=40&hidden=4", classify_tab="Take away"), rmse)
    assert "2 runs came from the file and went to the page Compare." in " ".join(each.value for each in page.success)


def test_a_stopped_sweep_counts_its_trainings():
    page = open_compare("epochs=20&vary_steps=2&seeds=2&loss=mse")
    asked = plan_sweep(SweepSettings(vary="learning_rate", vary_steps=2, seeds=2), Experiment(epochs=20), ("mse",))
    # What a press on Stop leaves behind, before the first part was through.
    seeds = plan_seeds(SweepSettings(seeds=2), Experiment(epochs=20), ("mse",))
    works = [(Call(train_part, (plan, 0, plan.size), ()),) for plan in (asked, seeds)]
    page.session_state["_stopped"] = tuple(works)
    unknown = mock.Mock(side_effect=engine._find_answer, cache={}, cache_key=lambda *key: key)
    with mock.patch.object(engine, "_find_answer", unknown):
        page.run()
        said = [each.value for each in page.info if "Stopped" in each.value]
        page.button(key=f"rest {hash(works[1])}").click().run()  # one is done after all, the other stays stopped
        after = [each.value for each in page.info if "Stopped" in each.value]
    assert said == [
        "Stopped: 0 of 2 trainings are done, so nothing is shown yet.",
        "Stopped: 0 of 4 trainings are done, so nothing is shown yet.",
    ]
    assert after == said[1:]


def test_runs_that_hang_on_rounding_are_named_before_their_program_is_taken():
    steady = GradientsSettings().replace(epochs=60).experiment("B")
    experiments = [steady, steady.replace(learning_rate=0.01)]
    query = urlencode(write_kept([Kept(experiment=each, page="gradients") for each in experiments]), doseq=True)
    page = open_compare(query)
    told = [
        describe_sensitivity(run, end) for run, end in zip(train(experiments), train_probes(experiments), strict=True)
    ]
    assert [bool(words) for words in told] == [False, True]
    (said,) = [info.value for info in page.info if "rounding" in info.value]
    assert said.startswith("Of 2 runs, 1 hangs on rounding: ")
    assert told[1] in said


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("vary=momentum", "Nothing in this experiment depends on Momentum β"),
        ("vary=clipvalue&vary_from=0.1&vary_to=1&global_clipnorm=1", "Set Clip by global norm to off first"),
        ("vary=outliers&vary_steps=41", "Outliers: 41 values come to 11 different trainings"),
        ("vary=noise&judge=slope", "There is no winner: of the slope, neither more nor less is better."),
        ("vary=noise&judge=final_loss", "There is no winner: the own loss is measured in another unit for each loss."),
        ("vary=noise&loss=mae", "There is no winner: one loss alone has nothing to be compared with."),
        ("vary=noise&kept=train~loss~hinge", "loss is 'hinge', which is for labels 0 and 1"),
        ("vary=noise&vary_steps=4", "The losses are compared at 4 places"),
    ],
)
def test_a_sweep_says_why_there_is_nothing_to_win(query, said):
    page = open_compare(f"epochs=20&seeds=2&vary_steps=3&{query}")
    told = [*texts(page), *(each.value for kind in (page.error, page.warning, page.markdown) for each in kind)]
    assert said in " ".join(told).replace("\xa0", " ").replace("\\", "")
