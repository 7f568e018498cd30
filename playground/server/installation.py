"""Whether what the app needs is installed, said in a sentence before anything else is imported.

It is read by every Python that might be tried, also by one that is too old for the app.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

REQUIREMENTS = Path(__file__).parents[2] / "requirements.txt"
OLDEST, NEWEST = (3, 11), (3, 13)  # of Python, for which TensorFlow has packages

_LINE = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?~=([0-9.]+)")  # name~=version, as all our requirements are
_PYTHON = (
    "Loss Playground runs on Python {oldest} to {newest}, since TensorFlow has packages for these;"
    " this is Python {here}. With uv, which brings its own Python:"
    " uv run --with-requirements requirements.txt streamlit run app.py"
)
_REMEDY = "Install all that Loss Playground needs: pip install -r requirements.txt"
_MISSING = "Not installed: {packages}."
_OTHER = "Too old or too new: {packages}."
_WANTED, _FOUND = "{name} {needed}", "{name} {found} (needed: {needed})"


def check_installation() -> None:
    """End with a sentence on what to do, if the Python or a package is not one that the app runs with."""
    problem = describe_problem()
    if problem:
        print(problem, file=sys.stderr)  # an old Streamlit would swallow a message of SystemExit
        raise SystemExit(1)


def describe_problem() -> str:
    """What is wrong with the Python or the packages, and what to do; nothing if nothing is."""
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        oldest, newest, here = (".".join(map(str, each[:2])) for each in (OLDEST, NEWEST, sys.version_info))
        return _PYTHON.format(oldest=oldest, newest=newest, here=here)
    missing, other = [], []
    for name, needed in read_requirements():
        try:
            found = version(name)
        except PackageNotFoundError:
            missing.append(_WANTED.format(name=name, needed=needed))
        else:
            if not is_compatible(found, needed):
                other.append(_FOUND.format(name=name, needed=needed, found=found))
    told = [words.format(packages=", ".join(each)) for words, each in ((_MISSING, missing), (_OTHER, other)) if each]
    return " ".join([*told, _REMEDY]) if told else ""


def read_requirements() -> list[tuple[str, str]]:
    """The packages that the app needs, each with its ``~=`` version."""
    lines = REQUIREMENTS.read_text(encoding="utf-8").splitlines()
    return [(found[1], found[2]) for found in map(_LINE.match, lines) if found]


def is_compatible(found: str, needed: str) -> bool:
    """Whether a version is a ``~=`` one: not older, and the same in all parts but the last that is given.

    Source: https://packaging.python.org/en/latest/specifications/version-specifiers/#compatible-release
    """
    have, want = (tuple(map(int, re.findall(r"\d+", text.split("+")[0])[:3])) for text in (found, needed))
    return have >= want and have[: len(want) - 1] == want[:-1]
