"""The private parts of Streamlit are still what we take them for; and without them nothing is touched."""

from __future__ import annotations

import inspect
from dataclasses import fields
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.scriptrunner_utils import script_run_context
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData, ScriptRequests

from playground.ui import streamlit_internals as internals

CHANGED = (
    f"Streamlit {streamlit.__version__} has changed a private part that playground/ui/streamlit_internals.py uses."
    f" Adapt that file; until then the environment variable {internals.SWITCH}=1 does without."
)


def use_context(monkeypatch: pytest.MonkeyPatch, **parts: Any) -> None:
    """Run what follows in a run of a page whose context has these parts."""
    monkeypatch.setattr(script_run_context, "get_script_run_ctx", lambda: SimpleNamespace(**parts))


@pytest.fixture(params=[False, True], ids=["used", "switched off"])
def off(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setenv(internals.SWITCH, "1" if request.param else "0")
    return bool(request.param)


def test_the_context_of_a_run_has_the_parts_that_are_read() -> None:
    read = {"fragment_ids_this_run", "fragment_storage", "script_requests"}
    assert read <= {field.name for field in fields(script_run_context.ScriptRunContext)}, CHANGED


@pytest.mark.parametrize(("fragments", "expected"), [(None, False), ([], False), (["results"], True)])
def test_a_run_of_fragments_is_known(
    off: bool, monkeypatch: pytest.MonkeyPatch, fragments: list[str] | None, expected: bool
) -> None:
    use_context(monkeypatch, fragment_ids_this_run=fragments)
    assert internals.is_fragment_run() == (expected and not off)


def test_outside_a_page_there_is_no_touch() -> None:
    assert not internals.is_fragment_run()
    assert not internals.has_pending_touch()
    internals.lead_touches_to("results")


def test_a_touch_of_a_control_runs_the_results(off: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    fragments = MemoryFragmentStorage()
    fragments.register("side", lambda: None, target_key="controls_side")
    use_context(monkeypatch, fragment_storage=fragments)
    for _ in range(2):  # each run of the page asks for it
        internals.lead_touches_to("results")
    assert fragments.order_fragment_ids(["side"]) == ["side"], CHANGED  # there are no results yet
    fragments.register("shown", lambda: None, target_key="results")
    for touched in (["side"], ["side", "shown"]):
        assert fragments.order_fragment_ids(touched) == (touched if off else ["shown"]), CHANGED


def test_a_touch_during_a_run_is_seen(off: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = ScriptRequests()
    use_context(monkeypatch, script_requests=requests)
    assert not internals.has_pending_touch()
    assert requests.request_rerun(RerunData(fragment_id_queue=["results"]))
    assert internals.has_pending_touch() == (not off), CHANGED


@pytest.mark.parametrize(("touched", "asked_for"), [("known", "known"), ("unknown", ""), ("", "")])
def test_a_touch_of_an_unknown_fragment_draws_the_whole_page(
    monkeypatch: pytest.MonkeyPatch, touched: str, asked_for: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(AppSession, "request_rerun", lambda session, state: asked.append(state.fragment_id))
    internals.draw_unknown_pages_whole()
    session: Any = SimpleNamespace(has_fragment=lambda fragment: fragment == "known")
    AppSession.request_rerun(session, ClientState(fragment_id=touched))
    assert asked == [asked_for]


def test_a_session_is_patched_once_and_only_if_internals_are_used(off: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    original = AppSession.request_rerun
    monkeypatch.setattr(AppSession, "request_rerun", original)  # so that it is put back
    internals.draw_unknown_pages_whole()
    patched = AppSession.request_rerun
    internals.draw_unknown_pages_whole()
    assert AppSession.request_rerun is patched
    assert (patched is original) == off


def test_a_session_is_asked_as_the_patch_asks_it() -> None:
    original = inspect.unwrap(AppSession.request_rerun)
    assert list(inspect.signature(original).parameters) == ["self", "client_state"], CHANGED
    assert list(inspect.signature(AppSession.has_fragment).parameters) == ["self", "fragment_id"], CHANGED
    assert "fragment_id" in inspect.getsource(original), CHANGED  # it still looks whether it knows the fragment
