"""Run in a copy of the package that holds the additions of the developers' guide: asks for each of them everywhere."""

import os
import re
from contextlib import redirect_stdout
from io import StringIO

import numpy as np
from streamlit.testing.v1 import AppTest

import playground
from playground import compute
from playground.data import make_data
from playground.experiment import Experiment
from playground.experiment.names import name, optimizer_words
from playground.experiment.query import read_settings, write_settings
from playground.experiment.relevance import is_used
from playground.export.script import script
from playground.losses import LOSSES
from playground.models import build_model
from playground.pages.losses.cross_check import cross_check_loss
from playground.sweeps import sweep
from playground.tables.labelled_distributions import DATASETS_FOR
from playground.tables.optimizers import OPTIMIZERS
from playground.theory.efficiency import density, find_likelihood, predict_efficiency
from playground.theory.line_loss import mean_loss, surface_key
from playground.theory.optima import optimum
from playground.theory.properties import Property, find_properties
from playground.training import train
from playground.ui.folds import STATE

assert playground.__file__.startswith(os.getcwd()), "this is not the copy"

SHORT = {"epochs": 3, "points": 13, "shuffle": False}
NUMBERS = Experiment(loss="welsch", reach=1.5, dataset="hump", noise_shape="triangular", optimizer="centred", **SHORT)
LABELS = Experiment(
    loss="cross_entropy", dataset="stripes", optimizer="adamw", weight_decay=0.1, learning_rate=0.05, **SHORT
)
BOTH = [NUMBERS, LABELS]


def check_links():
    for experiment in BOTH:
        assert read_settings(Experiment, write_settings(experiment)) == (experiment, [])


def check_words():
    assert name(NUMBERS) == "Welsch (c = 1.5)"
    assert optimizer_words(LABELS) == "AdamW (λ = 0.1)"
    assert is_used("reach", NUMBERS)
    assert not is_used("reach", LABELS)
    assert is_used("weight_decay", LABELS)
    assert not is_used("weight_decay", NUMBERS)


def check_training():
    """The engine trains as Keras does, and each new number and choice changes what it trains."""
    for experiment, run in zip(BOTH, train(BOTH), strict=True):
        data, model = make_data(experiment), build_model(experiment)
        history = model.fit(data.x_train, data.y_train, epochs=3, batch_size=13, shuffle=False, verbose=0)
        np.testing.assert_allclose(run.loss, history.history["loss"], rtol=1e-5)
        np.testing.assert_allclose(run.predict(data.x_test), model(data.x_test), rtol=1e-4, atol=1e-5)
    others = [NUMBERS.replace(reach=0.5), NUMBERS.replace(optimizer="rmsprop"), LABELS.replace(weight_decay=0.0)]
    slopes = [float(run.weights[0][0, 0]) for run in train([*BOTH, *others])]
    assert len(set(slopes)) == len(slopes)


def check_optimum():
    """Surface and exact optimum are those of the parameter's value, not of its default."""
    near, far = (Experiment(loss="welsch", outliers=0.2, reach=reach) for reach in (0.5, 50.0))
    assert surface_key(near).reach == 0.5
    best, other = optimum(near), optimum(far)
    assert (best.slope, best.intercept) != (other.slope, other.intercept)
    around = mean_loss(near, best.slope + np.array([-1e-3, 0.0, 1e-3]), best.intercept)
    assert around.argmin() == 1


def check_properties():
    properties = find_properties(LOSSES["welsch"], 0.0, (("reach", 1.0),))
    assert properties[Property.BOUNDED].holds
    assert not properties[Property.CONVEX].holds
    ways = cross_check_loss(LOSSES["welsch"], np.zeros(2), np.array([0.3, -4.0]), keras=True, reach=2.0)
    np.testing.assert_allclose(ways.formula, ways.trained, rtol=1e-5)


def check_noise():
    """Its density has mean 0 and deviation 1, and the Losses page can name what loss it is made for."""
    errors = np.linspace(-3, 3, 60_001)
    for power, moment in enumerate((1.0, 0.0, 1.0)):
        assert abs(np.trapezoid(errors**power * density("triangular", errors), errors) - moment) < 1e-6
    assert find_likelihood("triangular") is None
    assert predict_efficiency("triangular", "mae") > 0


def check_sweeps():
    for base, setting, values in ((NUMBERS, "reach", [0.5, 2.0]), (LABELS, "weight_decay", [0.0, 0.1])):
        frame = sweep(base, **{setting: values})
        assert list(frame[setting]) == values
        assert set(frame.outcome) == {"finished"}


def check_programs():
    """An exported program prints the loss of the run."""
    for experiment, run in zip(BOTH, train(BOTH), strict=True):
        printed = StringIO()
        with redirect_stdout(printed):
            exec(script([experiment]), {"__name__": "__main__"})
        loss = float(re.search(r": loss ([^,]+),", printed.getvalue())[1])
        np.testing.assert_allclose(loss, run.loss[-1], rtol=1e-4)


def check_menus():
    """The Train page opens on the link: it offers each thing, and has a slider for the new number."""
    compute.call, compute.is_ready = compute.call_here, lambda: True
    page = AppTest.from_file(os.path.join(os.getcwd(), "pages", "frame.py"), default_timeout=120)
    for key, values in write_settings(NUMBERS).items():
        page.query_params[key] = values
    for fold in ("data", "parameters", "optimizer"):
        page.session_state[STATE.format(key=fold)] = True
    page.run()
    assert not page.exception
    labels = {"dataset": "Hump", "noise_shape": "Triangular", "optimizer": "Centred RMSprop", "losses": "Welsch"}
    for key, label in labels.items():
        assert any(option.endswith(label) for option in page.pills(key=key).options), label
    assert page.select_slider(key="reach").value == 1.5
    assert "stripes" in DATASETS_FOR["classification"]
    assert len({(each.colour, each.dash) for each in OPTIMIZERS.values()}) == len(OPTIMIZERS)


check_links()
check_words()
check_training()
check_optimum()
check_properties()
check_noise()
check_sweeps()
check_programs()
check_menus()
