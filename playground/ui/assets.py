"""The scripts that the browser fetches once and keeps: each under an address that changes with its content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import plotly

STYLE = Path(__file__).parent / "page.css"

FOLDER = "assets/"

_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_SCRIPTS = Path(__file__).parent / "live"


def early_script() -> str:
    """Markup that has the charts' script read as soon as the browser has nothing else to do."""
    return f'<script type="module" src="{url_of("early.js")}"></script>'


def url_of(name: str) -> str:
    """The address of a script, relative to the pages: it holds under any path, whatever a proxy does to that."""
    return next(url for url in addresses() if url.endswith(f"/{name}"))


@cache
def addresses() -> dict[str, Path]:
    """Where every script is, by its address: laid out as on the disk, since they name each other by relative paths."""
    paths = {path.relative_to(_SCRIPTS).as_posix(): path for path in sorted(_SCRIPTS.rglob("*.js"))}
    paths = {_PLOTLY.name: _PLOTLY, **paths}
    digest = hashlib.blake2b(b"".join(path.read_bytes() for path in paths.values()), digest_size=6).hexdigest()
    return {f"{FOLDER}{digest}/{name}": path for name, path in paths.items()}
