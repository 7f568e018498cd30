"""Experiments and their results as files: JSON that can be read back, CSV, and the trained Keras model.

A file that a visitor brings is not trusted: nothing in it is run, and an error names its place in the file.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from playground.data.suitability import explain_misfit
from playground.diagnosis import Diagnosis, Verdict
from playground.diagnosis.reproducibility import SAME, measure_errors
from playground.experiment import Experiment
from playground.experiment.names import name
from playground.export.kept import LONGEST_NAME, MOST_KEPT, PAGES, Kept
from playground.export.script import versions
from playground.losses import LOSSES
from playground.progress import Progress
from playground.run import Run
from playground.text.numbers import number
from playground.text.phrases import count, shorten_text

FORMAT, VERSION = "loss-playground", 1
MOST_BYTES = 1_000_000
MOST_QUOTED = 61  # characters of a value in a file that a message repeats
COMPARED = 5  # digits in which what differs by more than SAME can be seen to

Finite = Annotated[float, Field(allow_inf_nan=False)]


class Results(BaseModel):
    """The results of an experiment in a file; the numbers are missing where it diverged."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict
    epochs: int = Field(ge=0)
    final_loss: Finite | None = None
    mae: Finite | None = None
    rmse: Finite | None = None
    accuracy: Finite | None = None
    log_loss: Finite | None = None

    @classmethod
    def of(cls, diagnosis: Diagnosis) -> Results:
        if diagnosis.verdict in (Verdict.DIVERGED, Verdict.NOT_TRAINED):
            return cls(verdict=diagnosis.verdict, epochs=diagnosis.run.epochs)
        return cls(
            verdict=diagnosis.verdict,
            epochs=diagnosis.run.epochs,
            final_loss=float(diagnosis.run.loss[-1]),
            **measure_errors(diagnosis.run),
        )

    def describe_differences(self, other: Results) -> str:
        """Which results differ from the other's, to four digits, in words; empty if none does."""
        pairs = [(words, getattr(self, key), getattr(other, key)) for key, words in _NUMBERS.items()]
        differing = [pair for pair in pairs if not _are_close(*pair[1:])]
        differences = [
            f"{words} {_format_value(one)} in the file, {_format_value(here)} here" for words, one, here in differing
        ]
        if self.epochs != other.epochs:
            differences.insert(0, f"{count(self.epochs, 'epoch')} in the file, {other.epochs:,} here")
        return ", ".join(differences)


_NUMBERS = {"final_loss": "own loss", "mae": "MAE", "rmse": "RMSE", "accuracy": "accuracy", "log_loss": "log-loss"}


def _format_value(value: float | None) -> str:
    """A number with one digit more than what is compared."""
    return "none" if value is None else number(value, COMPARED)


def _are_close(one: float | None, other: float | None) -> bool:
    if one is None or other is None:
        return one is other
    return isclose(one, other, rel_tol=SAME, abs_tol=1e-6)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    settings: Experiment
    page: str = "train"
    name: str = Field("", max_length=LONGEST_NAME)
    results: Results | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: str
    version: int
    made_with: dict[str, str] = {}
    experiments: list[_Entry] = Field(max_length=MOST_KEPT)


@dataclass(frozen=True)
class Record:
    """What a file holds: the experiments, the results of each, and the packages that it was made with."""

    kept: tuple[Kept, ...]
    results: tuple[Results | None, ...]
    made_with: dict[str, str]


def write_record(kept: Sequence[Kept], diagnoses: Sequence[Diagnosis]) -> str:
    """A comparison as JSON, with every setting and the versions that decide the numbers."""
    entries = [
        {
            "name": each.name,
            "page": each.page,
            "settings": each.experiment.model_dump(mode="json"),
            "results": Results.of(diagnosis).model_dump(mode="json"),
        }
        for each, diagnosis in zip(kept, diagnoses, strict=True)
    ]
    record = {"format": FORMAT, "version": VERSION, "made_with": versions(), "experiments": entries}
    return json.dumps(record, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def read_record(content: bytes) -> Record:
    """The comparison in a file. Raises ``ValueError`` with the place of whatever is wrong."""
    file = _check_file(_parse_json(content))
    for place, entry in enumerate(file.experiments):
        if entry.page not in PAGES:
            raise ValueError(f"run {place + 1}: page is {_shorten_value(entry.page)}; allowed are {', '.join(PAGES)}")
        if reason := explain_misfit(entry.settings):
            raise ValueError(f"run {place + 1}: {reason}")
    return Record(
        kept=tuple(Kept(experiment=each.settings, page=each.page, name=each.name) for each in file.experiments),
        results=tuple(each.results for each in file.experiments),
        made_with=file.made_with,
    )


def _parse_json(content: bytes) -> object:
    if len(content) > MOST_BYTES:
        raise ValueError(f"the file has {len(content):,} bytes; allowed are {MOST_BYTES:,}")
    try:
        return json.loads(content.decode("utf-8-sig"), parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise ValueError(f"byte {error.start + 1:,} of the file is no text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"line {error.lineno:,}, column {error.colno:,} of the file is no JSON: {error.msg}") from None
    except ValueError as error:  # a number of thousands of digits, or one that is none
        raise ValueError(f"the file is no JSON: {error}") from None
    except RecursionError:
        raise ValueError("the file is nested too deeply to be a comparison") from None


def _refuse_constant(text: str) -> float:
    raise ValueError(f"it holds {text}, which is not a number")


def _check_file(data: object) -> _File:
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f'the file is no comparison: it has to begin with "format": "{FORMAT}"')
    if data.get("version") != VERSION:
        raise ValueError(f"version is {_shorten_value(data.get('version'))}; this playground reads version {VERSION}")
    try:
        return _File.model_validate(data)
    except ValidationError as error:
        raise ValueError(_describe_errors(error)) from None


def _describe_errors(error: ValidationError) -> str:
    """The first thing that is wrong, and how much else is."""
    found = error.errors(include_url=False, include_context=False)
    first = found[0]
    place = _describe_place(first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    received = "" if isinstance(first["input"], dict | list) else f" It is {_shorten_value(first['input'])}."
    others = len(found) - 1
    more = " One more entry is wrong, too." if others == 1 else f" {others:,} more entries are wrong, too."
    return f"{place}: {message}.{received}{more if others else ''}"


def _describe_place(steps: Sequence[int | str]) -> str:
    """A place in the file; as on the page, runs are numbered from 1."""
    if len(steps) > 1 and steps[0] == "experiments" and isinstance(steps[1], int):
        inside = "".join(map(_describe_step, steps[2:])).removeprefix(".")
        return f"run {steps[1] + 1}{': ' if inside else ''}{inside}"
    return "".join(map(_describe_step, steps)).removeprefix(".")


def _describe_step(part: int | str) -> str:
    return f".{part[:40]}" if isinstance(part, str) and part.isidentifier() else f"[{_shorten_value(part)}]"


def _shorten_value(value: object) -> str:
    text = repr(value) if not isinstance(value, int) or abs(value) < 1e18 else "a very large number"
    return shorten_text(text, MOST_QUOTED)


def history_csv(diagnoses: Sequence[Diagnosis]) -> str:
    """The loss of every epoch: one row per epoch, one column per run; empty after a run's last epoch."""
    runs = [diagnosis.run for diagnosis in diagnoses]
    rows = [["epoch", *_number_titles(diagnoses)]]
    for epoch in range(max((run.epochs for run in runs), default=0)):
        rows.append([str(epoch + 1), *(str(run.loss[epoch]) if epoch < run.epochs else "" for run in runs)])
    return _write_csv(rows)


def predictions_csv(diagnoses: Sequence[Diagnosis]) -> str:
    """The predictions of each trained model at its training points and at the clean points that judge it."""
    features = max((diagnosis.run.data.x_train.shape[1] for diagnosis in diagnoses), default=1)
    columns = ["x"] if features == 1 else [f"x{place + 1}" for place in range(features)]
    rows = [["run", "points", *columns, "y", "prediction"]]
    for title, diagnosis in zip(_number_titles(diagnoses), diagnoses, strict=True):
        data = diagnosis.run.data
        for points, x, y in (("train", data.x_train, data.y_train), ("test", data.x_test, data.y_test)):
            answers = diagnosis.run.predict(x)
            empty = [""] * (features - x.shape[1])
            rows += [
                [title, points, *map(str, each), *empty, str(truth), str(answer)]
                for each, truth, answer in zip(x, y[:, 0], answers[:, 0], strict=True)
            ]
    return _write_csv(rows)


def _number_titles(diagnoses: Sequence[Diagnosis]) -> list[str]:
    """Each run by its number and loss. A visitor's own words stay out: a spreadsheet might take them for a formula."""
    return [f"{place} {name(diagnosis.run.experiment)}" for place, diagnosis in enumerate(diagnoses, 1)]


def _write_csv(rows: Sequence[Sequence[str]]) -> str:
    file = StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue()


def keras_file(experiment: Experiment, *, on_progress: Progress | None = None) -> bytes | None:
    """The trained model as Keras's own file, which any Keras opens; ``None`` if the training was stopped.

    ``keras_file_limits`` says what of the experiment it cannot hold. Raises ``ValueError`` if the weights are not
    finite.
    """
    import keras

    from playground.models.keras_model import build_trained_model
    from playground.training import train

    run = train([experiment], on_progress)[0]
    if run.epochs < experiment.epochs:
        return None
    if reason := keras_file_refusal(run):
        raise ValueError(reason)
    model = build_trained_model(experiment.replace(proximal=False), run.weights)
    if not LOSSES[experiment.loss].is_keras_own(experiment.parameters):
        model = keras.Model(model.inputs, model.outputs)  # what only our package knows would keep it from opening
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        model.save(path)
        return path.read_bytes()


def keras_file_refusal(run: Run) -> str:
    """Why the run's model is not worth a file; empty if it is."""
    if all(np.isfinite(array).all() for array in run.weights):
        return ""
    return "this run diverged: its weights are NaN or infinite. Lower the learning rate to get a model to take away"


def keras_file_limits(experiment: Experiment) -> list[str]:
    """What the Keras file of an experiment cannot hold, and what to do about it, a sentence each."""
    loss = LOSSES[experiment.loss]
    limits = []
    if not loss.keras_name:
        limits.append(
            f"Keras has no loss {loss.label}, so the file holds the model without a loss. It predicts as it is;"
            " compile it before you train or evaluate it."
        )
    elif not loss.is_keras_own(experiment.parameters):
        limits.append(
            "A Keras file cannot hold class weights, so it holds the model without a loss. It predicts as it is; to"
            " train it, compile it with BinaryCrossentropy and give fit the class_weight."
        )
    if experiment.soft_threshold:
        limits.append(
            "Keras has no proximal steps: if you train the model of the file further, L1 takes plain gradient steps."
        )
    return limits
