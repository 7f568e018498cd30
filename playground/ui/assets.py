"""The files that the browser fetches once and keeps: each under an address that changes with their content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import plotly

STYLE = Path(__file__).parent / "page.css"

FOLDER = "assets/"

# What is served, by the ending of its name.
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
_BOOT = """
const script = import(new URL("%s", document.baseURI).href);
export default function (component) {
  let remove = () => {};
  script.then(
    (module) => { remove = module.render(component); },
    () => component.setTriggerValue("failed", true),
  );
  return () => remove();
}
"""

_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_BESIDE = Path(__file__).parent  # scripts of other things than charts
_SCRIPTS, _PICTURES = _BESIDE / "live", _BESIDE / "pictures"


def early_script() -> str:
    """Markup that has the charts' script read as soon as the browser has nothing else to do."""
    return f'<script type="module" src="{url_of("early.js")}"></script>'


def url_of(name: str) -> str:
    """The address of a file, relative to the pages: it holds under any path, whatever a proxy does to that."""
    return next(url for url in addresses() if url.endswith(f"/{name}"))


@cache
def boot_script(name: str) -> str:
    """A component's script, which Streamlit sends with every change: a line that fetches the real one.

    Where that cannot be had, Python hears of it, by the trigger ``failed``.
    """
    return _BOOT % url_of(name)


@cache
def addresses() -> dict[str, Path]:
    """Where every file is, by its address: scripts as on the disk, since they name each other by relative paths."""
    paths = {path.relative_to(_SCRIPTS).as_posix(): path for path in sorted(_SCRIPTS.rglob("*.js"))}
    pictures = {path.name: path for path in sorted(_PICTURES.iterdir()) if path.suffix in TYPES}
    others = {path.name: path for path in [*sorted(_BESIDE.glob("*.js")), _BESIDE / "frame.css"]}
    paths = {_PLOTLY.name: _PLOTLY, **paths, **others, **pictures}
    digest = hashlib.blake2b(b"".join(path.read_bytes() for path in paths.values()), digest_size=6).hexdigest()
    return {f"{FOLDER}{digest}/{name}": path for name, path in paths.items()}
