"""What stands at the foot of every page: version, licence, source, and what becomes of a visitor's data."""

from __future__ import annotations

from html import escape

import playground
from playground.ui.frame import APP

LICENCE = ""  # such as "MIT licence"; left out while it is empty
SOURCE = ""  # the address of the source code; left out while it is empty

PRIVACY = (
    "Your settings are in this page's address. The server trains with them, writes nothing to its disk and keeps no"
    " record of who visits."
)
_VERSION = "{app} {version}"
_LINK = '<a href="{address}">{text}</a>'
_FOOTER = '<footer class="foot"><p>{parts}</p></footer>'


def footer() -> str:
    """The markup of the footer."""
    parts = [_VERSION.format(app=APP, version=playground.__version__)]
    if LICENCE:
        parts.append(escape(LICENCE))
    if SOURCE:
        parts.append(_LINK.format(address=escape(SOURCE), text="Source code"))
    return _FOOTER.format(parts=" · ".join([*parts, PRIVACY]))
