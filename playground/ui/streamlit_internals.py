"""Everything that leans on private parts of Streamlit, checked with Streamlit 1.67.

The environment variable ``PLAYGROUND_PLAIN_STREAMLIT=1`` switches all of it off, for a version of Streamlit in which
one of these parts has changed. The app then works with Streamlit's public functions alone: each touch of a control
draws the whole page, Stop is heard only while a whole page is drawn, and a page that was open while the server
restarted has to be reloaded. Private modules are imported where they are used, so that nothing asks for them then.
"""

from __future__ import annotations

import os
from functools import wraps
from typing import TYPE_CHECKING

from streamlit.errors import StreamlitAPIException

if TYPE_CHECKING:
    from streamlit.proto.ClientState_pb2 import ClientState
    from streamlit.runtime.app_session import AppSession
    from streamlit.runtime.fragment import FragmentStorage
    from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

SWITCH = "PLAYGROUND_PLAIN_STREAMLIT"

# Tells Streamlit's script where its server is: beside the page. Left to itself, it asks for the server below the
# page's own address first, and the browser notes two errors.
SERVER_SCRIPT = 'window.__streamlit = { BACKEND_BASE_URL: new URL(".", location.href).href };'


def are_internals_used() -> bool:
    """Whether private parts of Streamlit are used at all."""
    return os.environ.get(SWITCH, "0") in ("", "0")


def find_context() -> ScriptRunContext | None:
    """What Streamlit knows of this run of the script; ``None`` outside a page, or if internals are not used."""
    if not are_internals_used():
        return None
    from streamlit.runtime.scriptrunner_utils.script_run_context import get_script_run_ctx

    return get_script_run_ctx()


def is_fragment_run() -> bool:
    """Whether this run of the script draws fragments only, at a touch, and not the whole page."""
    context = find_context()
    return bool(context and context.fragment_ids_this_run)


def is_history_run() -> bool:
    """Whether this run of the script was asked for by Back or Forward, and so by another address."""
    context = find_context()
    return bool(context and context.is_history_navigation)


def lead_touches_to(key: str) -> None:
    """Have a visitor's touches run the fragment of this key, whatever fragment the touched widget is in."""
    context = find_context()
    if context:
        redirect_fragments(context.fragment_storage, key)


def redirect_fragments(fragments: FragmentStorage, key: str) -> None:
    """Have a session's fragments run as the one of this key; as they are, where there is none of it yet."""
    if "order_fragment_ids" in vars(fragments):
        return
    order_fragment_ids = fragments.order_fragment_ids

    def find_target(fragment_ids: list[str]) -> list[str]:
        try:
            return fragments.resolve_target(key)
        except StreamlitAPIException:
            return order_fragment_ids(fragment_ids)

    fragments.order_fragment_ids = find_target  # type: ignore[method-assign]


def has_pending_touch() -> bool:
    """Whether the visitor has touched something since this run of the page began.

    Streamlit interrupts a run for a whole new one, but lets a fragment wait until the run is through: Stop would be
    heard when there is nothing left to stop.
    """
    context = find_context()
    requests = context.script_requests if context else None
    return requests is not None and requests._state.name == "RERUN"


def draw_unknown_pages_whole() -> None:
    """Have a touch of a fragment that the session does not know draw the whole page.

    After a restart of the server an open page connects again, to a new session. Streamlit ignores a touch of a fragment
    there, since the new session has no such fragment, and so the page would stay dead until it is reloaded.
    """
    if not are_internals_used():
        return
    from streamlit.runtime.app_session import AppSession

    request_rerun = AppSession.request_rerun
    if hasattr(request_rerun, "__wrapped__"):
        return

    @wraps(request_rerun)
    def request_page(session: AppSession, client_state: ClientState | None) -> None:
        if client_state and client_state.fragment_id and not session.has_fragment(client_state.fragment_id):
            client_state.fragment_id = ""
        request_rerun(session, client_state)

    AppSession.request_rerun = request_page  # type: ignore[method-assign,assignment]
