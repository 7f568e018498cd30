"""The scripts that the browser fetches once and keeps: each under an address that changes with its content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import plotly

STYLE = Path(__file__).parent / "page.css"

_PATHS = {
    "live.js": Path(__file__).parent / "live" / "live.js",
    "plotly.min.js": Path(plotly.__file__).parent / "package_data" / "plotly.min.js",
}


@cache
def url_of(name: str) -> str:
    """The address of a script, relative to the app's root."""
    digest = hashlib.blake2b(_PATHS[name].read_bytes(), digest_size=6).hexdigest()
    return f"assets/{digest}/{name}"


def contents() -> dict[str, bytes]:
    """Every script by its address."""
    return {url_of(name): path.read_bytes() for name, path in _PATHS.items()}
