"""What is missing is said in one sentence, before anything is imported that would fail."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from playground.server import installation
from tests.support.site import ROOT


def test_this_installation_is_right() -> None:
    assert installation.describe_problem() == ""


def test_every_requirement_is_read() -> None:
    lines = installation.REQUIREMENTS.read_text().splitlines()
    asked = [Requirement(line.split("#")[0].strip()) for line in lines if line.strip()]
    assert installation.read_requirements() == [(each.name, str(each.specifier).removeprefix("~=")) for each in asked]


@pytest.mark.parametrize(
    ("found", "needed"),
    [
        *(("2.21.0", "2.21.0"), ("2.21.7", "2.21.0"), ("2.22.0", "2.21.0"), ("2.20.9", "2.21.0")),
        *(("1.67.0", "1.67"), ("1.70.2", "1.67"), ("2.0.0", "1.67"), ("1.66.9", "1.67"), ("3.1", "3.1")),
    ],
)
def test_a_versionis_compatible_as_pip_says(found: str, needed: str) -> None:
    allowed = Requirement(f"package~={needed}").specifier.contains(found)
    assert installation.is_compatible(found, needed) == allowed


def version_where(**known: str | None):  # type: ignore[no-untyped-def]
    def version(name: str) -> str:
        found = known.get(name, installed(name))
        if found is None:
            raise PackageNotFoundError(name)
        return found

    installed = installation.version
    return version


def test_what_is_missing_or_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "version", version_where(tensorflow=None, numpy="1.26.4"))
    assert installation.describe_problem() == (
        "Not installed: tensorflow 2.21.0. Too old or too new: numpy 1.26.4 (needed: 2.4)."
        " Install all that Loss Playground needs: pip install -r requirements.txt"
    )


@pytest.mark.parametrize("python", [(3, 10, 4), (3, 14, 0)])
def test_a_python_without_tensorflow_is_named(monkeypatch: pytest.MonkeyPatch, python: tuple[int, ...]) -> None:
    monkeypatch.setattr(sys, "version_info", python)
    said = installation.describe_problem()
    assert f"Python 3.11 to 3.13, since TensorFlow has packages for these; this is Python 3.{python[1]}." in said


def test_readme_and_pinned_python_agree() -> None:
    pinned = tuple(map(int, (ROOT / ".python-version").read_text().split(".")))
    assert installation.OLDEST <= pinned <= installation.NEWEST
    assert "Python 3.11, 3.12 or 3.13" in (ROOT / "README.md").read_text()


def test_the_server_ends_with_that_sentence(tmp_path: Path) -> None:
    """Without site packages there is nothing but Python: the sentence comes before any import that fails."""
    told = subprocess.run([sys.executable, "-S", "app.py"], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 1
    assert told.stderr.startswith("Not installed: streamlit 1.67, ")
    assert told.stderr.count("\n") == 1
