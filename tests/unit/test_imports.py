"""Heavy packages come along only where the design lets them; ``lint-imports`` checks which folder imports which.

TensorFlow takes seconds to load and 600 MB, so pages must be able to show before it.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "playground"
ENGINE = ("tensorflow", "keras")
PAGES = ("streamlit", "plotly")

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


@pytest.mark.parametrize(
    ("modules", "forbidden"), [(WITHOUT, ENGINE + PAGES), (WITH_STREAMLIT, ENGINE)], ids=["most", "pages"]
)
def test_heavy_packages_come_along_only_where_they_may(modules, forbidden):
    command = [sys.executable, "-c", PROBE, ",".join(forbidden), *modules]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    assert [line.split()[0] for line in lines] == modules
    assert [line for line in lines if len(line.split()) > 1] == []


def roots_of_imports(source):
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide where they point"
            yield node.module.split(".")[0]


@pytest.mark.parametrize("page", [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))], ids=lambda path: path.name)
def test_pages_are_words_and_widgets_only(page):
    # No arrays, no figures, no training: those are asked of playground.
    assert set(roots_of_imports(page.read_text())) <= {"__future__", "streamlit", "playground"}


def test_imports_are_absolute():
    for path in PACKAGE.rglob("*.py"):
        list(roots_of_imports(path.read_text()))
