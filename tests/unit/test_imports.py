"""Which folder may import which, and where heavy packages come along.

TensorFlow takes seconds to load and 600 MB, so pages must be able to show before it.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.site import ROOT

PACKAGE = ROOT / "playground"
ENGINE = {"tensorflow", "keras"}
PAGES = {"streamlit", "plotly"}

# The modules that bring TensorFlow as soon as they are imported. All others ask for it when they train.
BRING_THE_ENGINE = (
    *("models.keras_model", "models.keras_objects", "training", "compute.preload"),
    *("engine.programs", "engine.network", "engine.stacked_network", "engine.deep_network"),
    *("engine.compiled", "engine.stack", "engine.deep_stack"),
)
BRING_STREAMLIT = ("ui", "pages", "server")

MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
)
WITH_STREAMLIT = [module for module in MODULES if module.split(".")[0] in BRING_STREAMLIT]
WITHOUT = [module for module in MODULES if module not in {*BRING_THE_ENGINE, *WITH_STREAMLIT}]

# Says after each import which packages have newly come along.
PROBE = """
import importlib, sys
seen = set()
for module in sys.argv[2:]:
    importlib.import_module("playground." + module)
    new = set(sys.argv[1].split(",")) & set(sys.modules) - seen
    seen |= new
    print(module, *sorted(new))
"""


def packages_by_module(modules):
    """What each module newly brings, all imported one after the other in one process."""
    command = [sys.executable, "-c", PROBE, ",".join(ENGINE | PAGES), *modules]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return {module: set(packages) for module, *packages in map(str.split, lines)}


# The linter sets up logging anew, which switches off every logger there is: it runs in a process of its own.
LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def test_every_import_keeps_to_the_contracts():
    """Each broken import is named in what is printed."""
    linted = subprocess.run([sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True)
    assert linted.returncode == 0, linted.stdout


def test_heavy_packages_come_along_only_where_they_may():
    # Those without Streamlit come first: what they brought would not be noticed after it.
    brought = packages_by_module([*WITHOUT, *WITH_STREAMLIT])
    assert len(brought) > 100
    assert {module: brought[module] for module in WITHOUT if brought[module]} == {}
    assert {module: brought[module] & ENGINE for module in WITH_STREAMLIT if brought[module] & ENGINE} == {}


def roots_of_imports(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative imports hide where they point"
            yield node.module.split(".")[0]


@pytest.mark.parametrize("page", [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))], ids=lambda path: path.name)
def test_pages_are_words_and_widgets_only(page):
    # No arrays, no figures, no training: those are asked of playground.
    assert set(roots_of_imports(page)) <= {"__future__", "streamlit", "playground"}


def test_imports_are_absolute():
    for path in PACKAGE.rglob("*.py"):
        list(roots_of_imports(path))
