"""Training for a page: runs remembered for a while, a word where it takes long, a Stop, and a bound."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

import streamlit as st
from cachetools import LRUCache, cached
from streamlit.delta_generator import DeltaGenerator

from playground import compute
from playground.compute import Answer, Call, ComputingError
from playground.diagnosis import Diagnosis, train_and_diagnose
from playground.experiment import Experiment
from playground.text.phrases import count
from playground.ui.streamlit_internals import has_pending_touch

# One visitor's training may take the server half a minute, not more (25 µs a step for the largest models).
MOST_STEPS = 1_000_000
PATIENCE = 0.4  # seconds before a progress bar appears
PAUSE = 0.5  # seconds between two of its moves: controls that load wait for a rest of 0.3 s from React to be shown
MEMORY = 32 * 2**20  # bytes of results that are remembered, for all visitors together
MOST_STOPPED = 8  # stopped works of a visitor that are remembered: a page may have several
_STOPPED = "_stopped"

Experiments = tuple[Experiment, ...]
Work = Call | tuple[Call, ...]
Result = TypeVar("Result")


def trained(experiments: Experiments) -> list[Diagnosis] | None:
    """The diagnosed runs of the experiments, with their paths; ``None`` if there are none: the page then says why."""
    return computed(train_and_diagnose, experiments) if check_affordable(experiments) else None


def check_affordable(experiments: Experiments) -> bool:
    """Whether one page may ask for so many steps; if not, the page says what to do."""
    steps = sum(experiment.epochs * experiment.steps_per_epoch for experiment in experiments)
    if steps > MOST_STEPS:
        st.error(
            f"This training has {steps:,} steps; one page may ask for {MOST_STEPS:,}."
            " Choose larger batches, fewer epochs or fewer losses."
        )
    return steps <= MOST_STEPS


def computed(function: Callable[..., Result], *arguments: Hashable, **options: Hashable) -> Result | None:
    """What a function of ``playground`` makes of its arguments, remembered for a while.

    The function is one of a module, and is also given ``on_progress(share)``, which it may call with 0 to 1 and which
    says ``False`` to have it stop. Arguments are hashable values. ``None`` comes back if the visitor stopped just
    this work: the page then says so, and offers to do it after all.
    """
    job = Call(function, arguments, tuple(sorted(options.items())))
    if _was_stopped(job):
        st.info("Training was stopped. Change a setting, or train it to the end after all.")
        st.button("Train to the end", key=f"resume {hash(job)}", on_click=_forget_stop, args=(job,))
        return None
    progress = _Progress(job)
    try:
        result: Result = _find_answer(job, progress).value
    except ComputingError as error:
        st.error(f"This could not be computed: {error}. Choose something smaller, or try again in a minute.")
        return None
    except TouchedError:
        return None  # the page is about to be drawn anew
    progress.end()
    return result


def compute_in_parts(jobs: Sequence[Call], trainings: Sequence[int]) -> list[Any]:
    """What several jobs give, in their order: fewer if the visitor stopped them, namely those that were done.

    The page then says so, in the ``trainings`` that each job is made of, and offers to do the rest.
    """
    whole = tuple(jobs)
    stopped = _was_stopped(whole)
    results: list[Any] = []
    progress = _Progress(whole, len(whole))
    try:
        for job in whole:
            if stopped and _find_answer.cache_key(job, progress) not in (_find_answer.cache or ()):
                break
            results.append(_find_answer(job, progress).value)
            progress.parts_done += 1
    except ComputingError as error:
        st.error(f"This could not be computed: {error}. Choose something smaller, or try again in a minute.")
    except TouchedError:
        return results
    progress.end()
    if len(results) < len(whole) and stopped:
        done = sum(trainings[: len(results)])
        shown = "and shown" if done else "so nothing is shown yet"
        st.info(f"Stopped: {done:,} of {count(sum(trainings), 'training')} are done, {shown}.")
        st.button("Do the rest, too", key=f"rest {hash(whole)}", on_click=_forget_stop, args=(whole,))
    return results


def _was_stopped(job: Work) -> bool:
    """Whether the visitor stopped just this work."""
    return job in st.session_state.get(_STOPPED, ())


def _forget_stop(job: Work) -> None:
    """A button's callback: do the work after all."""
    st.session_state[_STOPPED] = tuple(each for each in st.session_state.get(_STOPPED, ()) if each != job)


@cached(LRUCache(MEMORY, getsizeof=lambda answer: answer.size), key=lambda job, _: job, lock=Lock())
def _find_answer(job: Call, progress: _Progress) -> Answer:
    if not compute.is_ready():
        progress.say("Starting TensorFlow, once, a few seconds …")
    return compute.call(job, progress)


class TouchedError(Exception):
    """The visitor has pressed Stop or moved a control, so what is being computed is no longer asked for."""


class _Progress:
    """A word and then a bar with a Stop, for what takes long.

    Their place on the page is taken with the first word, or at the end: anything sent before the
    results would make the browser lay out the page once more.
    """

    def __init__(self, job: Work, parts: int = 1) -> None:
        self.job = job
        self.parts, self.parts_done = parts, 0
        self.began = monotonic()
        self.moved = -PAUSE
        self.place: DeltaGenerator | None = None
        self.bar: DeltaGenerator | None = None

    def say(self, text: str) -> None:
        with self._take_place():
            st.info(text)

    def __call__(self, share: float) -> None:
        share = (self.parts_done + share) / self.parts
        took = monotonic() - self.began
        if has_pending_touch():
            raise TouchedError
        if took < PATIENCE or share >= 1.0 or took < self.moved + PAUSE:
            return
        self.moved = took
        if self.bar is None:
            with self._take_place(), st.container(horizontal=True, vertical_alignment="center"):
                self.bar = st.progress(0.0)
                st.button("Stop", key=f"stop {hash(self.job)}", on_click=self._note_stop)  # a page may wait for several
        left = f", about {count(round(took / share - took) or 1, 'second')} left" if share and took > 1.0 else ""
        self.bar.progress(share, f"Training: {share:.0%}{left}" if share else "Preparing this kind of model, once …")

    def end(self) -> None:
        self._take_place().empty()

    def _take_place(self) -> DeltaGenerator:
        self.place = self.place or st.empty()
        return self.place

    def _note_stop(self) -> None:
        stopped: tuple[Work, ...] = st.session_state.get(_STOPPED, ())
        st.session_state[_STOPPED] = (*stopped, self.job)[-MOST_STOPPED:]
