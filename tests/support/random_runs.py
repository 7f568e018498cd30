"""Random experiments over all settings, extremes included, and all that pages make of each run: none may break.

``python -m tests.support.random_runs 3000`` takes so many; the tests take a quick sample.
"""

import re
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from playground.diagnosis import Diagnosis, diagnose
from playground.diagnosis.fit import judge_fits, measure_fits
from playground.diagnosis.fit_words import describe_fits
from playground.diagnosis.remedies import propose_remedies
from playground.diagnosis.reproducibility import FinalNumbers, describe_sensitivity
from playground.diagnosis.result_table import build_result_rows
from playground.diagnosis.summary import describe_equal_settings, describe_verdict, summarise_runs
from playground.diagnosis.trials import try_remedies
from playground.experiment import Experiment, equalise_widths, settings
from playground.experiment.experiment import CLIPPINGS
from playground.experiment.setting import Choice, Number
from playground.export.kept import Kept
from playground.export.record import Results
from playground.figures.pull import pull_replay
from playground.figures.remedies import left_out_words, remedies_replay
from playground.figures.replay import Panel, Replay
from playground.figures.training import training_replay
from playground.losses import losses_for
from playground.pages.classify.figures import decision_replay, reliability_replay
from playground.pages.classify.study import best_judge, judge_run
from playground.pages.classify.words import data_words, score_rows, score_words
from playground.pages.compare.figures import overlay
from playground.pages.compare.settings import ORDERS, CompareSettings
from playground.pages.compare.study import make_table, sort_runs
from playground.pages.compare.words import notes
from playground.pages.gradients.figures import gradient_replay
from playground.pages.gradients.study import _study_run
from playground.pages.gradients.words import study_rows as gradient_rows
from playground.pages.gradients.words import verdict_words as gradient_verdict
from playground.pages.landscape.figures import slices_replay, surfaces_replay
from playground.pages.landscape.race_figures import race_replay
from playground.pages.landscape.regimes import bounce
from playground.pages.landscape.single_step import can_be_slowed, find_step
from playground.pages.landscape.stability_figures import distance_panel
from playground.pages.landscape.step_figures import pull_panel
from playground.pages.landscape.study import (
    cut_plane,
    distance_to,
    plane_window,
    slice_surface,
    surface,
    true_weights,
    window_for,
)
from playground.tables.functions import TRUE_FUNCTIONS
from playground.tables.labelled_distributions import LABELLED_DISTRIBUTIONS
from playground.theory.optima import optimum
from playground.training import train

EACH = 60  # experiments of a kind, which share their compiled program
TRIED = 150  # of so many runs, the remedies of one are tried
SHARED = {"epochs", "points", "batch_size", "shuffle", "hidden", "activation", "loss", "optimizer", "dataset"}
SHARED |= {"normalisation", "residual", "dropout", "degree", "proximal"}
NO_NUMBER = re.compile(r"\b(?<!or )(nan|inf)\b(?! or infinit)", re.IGNORECASE)  # "diverged (NaN or infinity)" is said


def random_value(rng: np.random.Generator, name: str) -> Any:
    """A value of a setting: its default, one of its ends, one of its stops, or any between."""
    setting, default = settings()[name], Experiment.model_fields[name].default
    if isinstance(setting, Choice):
        return str(rng.choice(list(setting.options)))
    if not isinstance(setting, Number):
        return bool(rng.random() < 0.5)
    whole = isinstance(default, int)
    between = rng.uniform(max(setting.low, -100), min(setting.high, 1e6))
    drawn = [default, setting.low, setting.high, *rng.choice(setting.stops or (setting.low,), 4), between]
    value = drawn[rng.integers(len(drawn))]
    return None if value is None else int(value) if whole else float(value)


def random_kind(rng: np.random.Generator) -> Experiment:
    """What experiments share that train in one program, of any data, model, loss and optimizer."""
    labelled = rng.random() < 0.35
    dataset = str(rng.choice(list(LABELLED_DISTRIBUTIONS) if labelled else list(TRUE_FUNCTIONS)))
    depth = int(rng.choice([0, 0, 0, 1, 2, 3, 7]))
    normalisation = str(rng.choice(["none", "none", "batch", "layer"])) if depth else "none"
    residual = bool(depth and rng.random() < 0.15)
    hidden = tuple(int(width) for width in rng.choice([1, 2, 4, 8], depth))
    batch = int(rng.choice([0, 0, 0, 1, 4, 500]))
    return Experiment(
        dataset=dataset,
        loss=str(rng.choice(losses_for("classification" if labelled else "regression"))),
        hidden=equalise_widths(hidden, normalisation, residual),
        normalisation=normalisation,
        residual=residual,
        activation=random_value(rng, "activation"),
        optimizer=random_value(rng, "optimizer"),
        dropout=float(rng.choice([0, 0, 0.5])) if depth else 0.0,
        degree=int(rng.choice([1, 1, 1, 1, 5])),
        batch_size=batch,
        points=int(rng.choice([2, 3, 21, 21, 21, 60] if batch else [2, 3, 21, 21, 21, 200, 500])),
        proximal=bool(rng.random() < 0.1),
        shuffle=random_value(rng, "shuffle"),
        epochs=int(rng.choice([1, 2, 3, 5, 10, 40, 100, 333] if batch or depth else [1, 2, 3, 5, 20, 100, 500, 2000])),
    )


def random_member(rng: np.random.Generator, kind: Experiment) -> Experiment:
    """An experiment of a kind, all its other settings drawn."""
    names = [name for name in settings() if name not in {*SHARED, *CLIPPINGS, "start_slope"} and rng.random() < 0.5]
    drawn = {name: random_value(rng, name) for name in names}
    drawn |= {name: random_value(rng, name) for name in ("start_slope",) if rng.random() < 0.2}
    if rng.random() < 0.3:
        clipping = str(rng.choice(CLIPPINGS))
        drawn[clipping] = random_value(rng, clipping)
    drawn["learning_rate"] = float(10.0 ** rng.choice([-6, 2, *rng.uniform(-4, 1, 6)]))
    return kind.replace(**drawn)


def random_experiments(count: int, seed: int = 0, each: int = EACH) -> Iterator[list[Experiment]]:
    """So many experiments, kind by kind."""
    rng = np.random.default_rng(seed)
    for start in range(0, count, each):
        kind = random_kind(rng)
        yield [random_member(rng, kind) for _ in range(min(each, count - start))]


def numbers_of(value: Any, where: str = "") -> Iterator[tuple[str, float]]:
    """Every number of a figure that is not finite, with its place in it."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers_of(inner, f"{where}.{key}")
    elif isinstance(value, np.ndarray) and value.dtype.kind in "fc":
        yield from ((where, float(each)) for each in value[~np.isfinite(value)].ravel()[:1])
    elif isinstance(value, list | tuple | np.ndarray):
        for place, inner in enumerate(value):
            yield from numbers_of(inner, f"{where}[{place}]")
    elif isinstance(value, float | np.floating) and not np.isfinite(value):
        yield where, float(value)


def texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype.kind in "OU"):
        for inner in value:
            yield from texts_of(inner)


def check_panel(panel: Panel) -> None:
    wrong = [*numbers_of(panel.figure, panel.title)]
    wrong += [found for track in panel.moving_traces for found in numbers_of(track.rows, f"{panel.title} track")]
    assert not wrong, f"a figure holds {wrong[:3]}"
    check_texts([panel.title, panel.description, *texts_of(panel.figure)])


def check_replay(replay: Replay) -> None:
    for panel in replay.panels:
        check_panel(panel)
    assert not [*numbers_of([*replay.readings])], "a reading is not finite"
    check_texts([each.label for each in replay.legend])


def check_texts(texts: Iterable[str]) -> None:
    wrong = [text for text in texts if NO_NUMBER.search(text)]
    assert not wrong, f"a text holds what is no number: {wrong[:2]}"


@dataclass
class Visit:
    """All that the pages make of one run."""

    diagnosis: Diagnosis
    tries: bool = False

    def check(self) -> None:
        self._check_verdict()
        self._check_words()
        self._check_comparison()
        if self.diagnosis.run.experiment.dataset in LABELLED_DISTRIBUTIONS:
            self._check_classifier()
        else:
            self._check_training()
        if self.diagnosis.run.experiment.is_deep:
            self._check_gradients()
        if self.tries:
            self._check_remedies()

    def _check_verdict(self) -> None:
        diagnosis = self.diagnosis
        assert diagnosis.evidence
        assert diagnose(diagnosis.run).verdict is diagnosis.verdict
        assert np.isfinite(diagnosis.shown).all()
        check_texts([*diagnosis.evidence, describe_verdict(diagnosis.verdict, diagnosis.diverged_at)])
        check_texts(remedy.label for remedy in propose_remedies(diagnosis.verdict, diagnosis.experiment))

    def _check_words(self) -> None:
        run = self.diagnosis.run
        ends = FinalNumbers.from_run(run)
        check_texts(
            [
                summarise_runs([self.diagnosis]),
                describe_equal_settings(run.experiment),
                describe_sensitivity(run, [ends]),
            ]
        )
        check_texts(texts_of(build_result_rows([self.diagnosis])))
        check_texts(describe_fits(judge_fits([self.diagnosis])))
        if fits := measure_fits([self.diagnosis]):
            check_replay(pull_replay(fits))
        Results.of(self.diagnosis)

    def _check_comparison(self) -> None:
        kept = [Kept(experiment=self.diagnosis.run.experiment)] * 2
        twice = [self.diagnosis] * 2
        check_texts(texts_of(make_table(kept, twice, CompareSettings())))
        check_texts(notes(kept))
        for order in ORDERS:
            sort_runs(kept, twice, CompareSettings(order=order))
        check_replay(overlay(kept, twice, log=True))

    def _check_training(self) -> None:
        for log in (False, True):
            check_replay(training_replay([self.diagnosis], log=log))
        if self.diagnosis.run.experiment.is_line:
            self._check_landscape()
        else:
            self._check_slices()

    def _check_landscape(self) -> None:
        diagnosis, experiment = self.diagnosis, self.diagnosis.run.experiment
        best, truth, window = optimum(experiment), true_weights(experiment), window_for([experiment])
        ground = surface(experiment, window, 20)
        for deep in (False, True):
            check_replay(surfaces_replay([diagnosis], [ground], [best], truth, window, deep=deep))
        check_replay(race_replay([diagnosis], ground, best, truth, window))
        check_panel(distance_panel([diagnosis], [distance_to(best, diagnosis.run)], [bounce(diagnosis.run)]))
        if can_be_slowed(diagnosis.run):
            for number in (1, diagnosis.run.epochs):
                step = find_step(diagnosis.run, number)
                if step is not None:
                    check_texts([pull_panel(step).description])

    def _check_slices(self) -> None:
        run = self.diagnosis.run
        for kind in ("pca", "random"):
            plane = cut_plane(run, kind)
            window = plane_window([plane])
            check_replay(
                slices_replay([self.diagnosis], [plane], [slice_surface(run.experiment, plane, window, 6)], [window])
            )

    def _check_classifier(self) -> None:
        result, best = judge_run(self.diagnosis.run), best_judge(self.diagnosis.run.experiment)
        assert result.diagnosis.verdict is self.diagnosis.verdict
        for threshold in (0.0, 0.5, 1.0):
            check_replay(decision_replay([result], threshold, log=True))
            check_texts(texts_of(score_rows([result], best, threshold)))
            check_texts([score_words([result], best, threshold), *data_words(result.experiment, threshold)])
        check_replay(reliability_replay([result], best))

    def _check_gradients(self) -> None:
        study = _study_run(self.diagnosis.run)
        assert study.verdict == self.diagnosis.verdict
        check_replay(gradient_replay([study], ["A"]))
        check_texts([gradient_verdict(study), *texts_of(gradient_rows([study]))])

    def _check_remedies(self) -> None:
        trials = try_remedies(self.diagnosis.run.experiment)
        if trials:
            check_replay(remedies_replay(trials))
            check_texts([left_out_words(trials)])


def check_all(experiments: list[Experiment], first: int = 0) -> list[tuple[Experiment, str, str]]:
    """Take experiments of a kind through training and pages; each that breaks, with its error and where."""
    record = ("weights", "gradient_norms") if experiments[0].is_deep else ("weights",)
    broken = []
    for place, run in enumerate(train(experiments, record=record)):
        try:
            Visit(Diagnosis(run), tries=(first + place) % TRIED == TRIED - 1).check()
        except Exception as error:
            where = traceback.extract_tb(error.__traceback__)[-1]
            place_of = f"{where.filename.rsplit('/', 1)[-1]}:{where.lineno}"
            broken.append((run.experiment, f"{type(error).__name__}: {error}", place_of))
    return broken


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    warnings.simplefilter("ignore")
    kinds: Counter[str] = Counter()
    for number, experiments in enumerate(random_experiments(count, seed)):
        for experiment, error, where in check_all(experiments, first=number * EACH):
            kinds[f"{where} {error[:60]}"] += 1
            changed = {
                name: value
                for name, value in vars(experiment).items()
                if value != Experiment.model_fields[name].default
            }
            print(f"{where} {error[:300]}\n    Experiment(**{changed})", flush=True)
        print(f"kind {number + 1}: {sum(kinds.values())} broken so far", flush=True)
    print(f"{count} random runs, {sum(kinds.values())} broken", *kinds.most_common(), sep="\n")


if __name__ == "__main__":
    main()
