"""Deep networks: one program for all of them, a Stop, dropout, what is refused. ``tests/parity`` has the numbers."""

import numpy as np
import pytest
from pydantic import ValidationError

from playground.engine.compiled import compiled_programs
from playground.engine.shapes import DeepShape
from playground.experiment import Experiment
from playground.tables.activations import ACTIVATIONS
from playground.training import train
from tests.support.engine_cases import relative_difference

BASE = Experiment(
    dataset="sine", noise=0.5, points=15, epochs=100, learning_rate=0.002, hidden=(8,) * 3, residual=True, seed=2
)


def test_one_program_serves_every_depth_width_and_activation():
    train([BASE])
    programs = len(compiled_programs())
    for depth, width, key in zip((1, 5, 30), (1, 9, 16), ACTIVATIONS, strict=False):
        how = {"hidden": (width,) * depth, "activation": key, "initialiser": "lecun", "normalisation": "layer"}
        train([BASE.replace(**how, epochs=2)])
    deep = [program for program in compiled_programs() if isinstance(program.shape, DeepShape)]
    assert len(compiled_programs()) == programs
    assert all(program.traces <= 1 for program in deep)


def test_a_stopped_run_holds_what_it_got_to():
    experiment = BASE.replace(hidden=(8,) * 30, epochs=2000)
    heard = []
    run = train([experiment], lambda share: heard.append(share) or len(heard) < 2, record=("gradient_norms",))[0]
    assert 0 < run.epochs == round(heard[-1] * 2000) < 2000
    assert run.gradient_norms.shape == (run.epochs, 31)


def test_layers_of_different_width_are_refused():
    for changes in ({"hidden": (8, 4)}, {"hidden": (8,) * 6 + (4,), "residual": False}):
        with pytest.raises(ValidationError, match="of one width"):
            BASE.replace(**changes)
    assert not Experiment(hidden=(8, 4)).is_deep


@pytest.mark.usefixtures("step_by_step")
def test_both_programs_leave_out_the_same_units():
    # 16 units are what the deep program pads to, so that a unit has the same place in both.
    experiment = BASE.replace(hidden=(16, 16), residual=False, dropout=0.4, epochs=10)
    alone, together = train([experiment])[0], train([experiment.replace(seed=7), experiment])[1]
    (deep,) = train([experiment], deep=True)
    np.testing.assert_allclose(together.loss, alone.loss, rtol=1e-5)
    np.testing.assert_allclose(deep.loss, alone.loss, rtol=1e-5)
    whole = train([experiment.replace(dropout=0.0)], deep=True)[0]
    assert relative_difference(alone.loss, whole.loss) > 0.01
