"""What a server does with a page that was drawn by another: by the one before its restart."""

from __future__ import annotations

from functools import wraps
from typing import Any

from streamlit.runtime.app_session import AppSession


def draw_unknown_pages_whole() -> None:
    """Have a touch of a part that the session does not know draw the whole page.

    After a restart of the server an open page connects again, to a new session. A touch there asks for a part of the
    page. Streamlit ignores the touch, since the new session has no such part, and so the page would stay dead until it
    is reloaded. A browser test notices when Streamlit changes this.
    """
    request_rerun = AppSession.request_rerun
    if hasattr(request_rerun, "__wrapped__"):
        return

    @wraps(request_rerun)
    def request_page(session: AppSession, client_state: Any) -> None:
        if client_state and client_state.fragment_id and not session.has_fragment(client_state.fragment_id):
            client_state.fragment_id = ""
        request_rerun(session, client_state)

    AppSession.request_rerun = request_page  # type: ignore[method-assign,assignment]
