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


def contents() -> dict[str, bytes]:
    """Every script by its address."""
    return {url: path.read_bytes() for url, path in addresses().items()}


@cache
def addresses() -> dict[str, Path]:
    """Where every script is, by its address: in one folder, since they name each other as neighbours."""
    paths = [_PLOTLY, *sorted(_SCRIPTS.glob("*.js"))]
    digest = hashlib.blake2b(b"".join(path.read_bytes() for path in paths), digest_size=6).hexdigest()
    return {f"{FOLDER}{digest}/{path.name}": path for path in paths}
