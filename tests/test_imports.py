"""Imports point one way, and heavy packages come along only where the design lets them.

TensorFlow takes seconds to load and 600 MB, so pages must be able to show before it.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "playground"

NOTHING = frozenset()
ENGINE = frozenset({"tensorflow", "keras"})
DRAWING = frozenset({"plotly"})
PAGES = frozenset({"plotly", "streamlit"})
HEAVY = ENGINE | DRAWING | PAGES

# From the bottom up: what each layer is made of, and the heavy packages that importing it may bring.
# A module imports from its own layer and from those above it in this list. A name stands for the
# file and for a folder of that name.
LAYERS = [
    (
        {"settings", "numerals", "activations", "formulas", "losses", "noise", "optimizers", "sources", "groups"},
        NOTHING,
    ),
    ({"dropout", "features", "starts"}, NOTHING),
    ({"films", "metrics"}, NOTHING),
    ({"catalogue", "location", "queries"}, NOTHING),
    ({"experiment"}, NOTHING),
    ({"labelled", "data", "weights", "link"}, NOTHING),
    ({"models"}, ENGINE),
    ({"four_ways"}, NOTHING),  # loads Keras only when it is asked for Keras's number
    ({"run"}, NOTHING),  # asks for the models only when it is asked for an answer
    ({"programs", "deep_programs", "stacks", "batches", "deep_training"}, ENGINE),
    ({"training"}, ENGINE),
    ({"efficiency"}, NOTHING),  # loads the engine only when it is asked to train
    ({"optima"}, NOTHING),
    ({"landscape", "slow_motion"}, NOTHING),
    ({"regimes"}, NOTHING),  # loads the engine only when it is asked to train
    ({"diagnosis", "judges"}, NOTHING),
    ({"gradients"}, NOTHING),  # loads the engine only when it is asked to train
    ({"remedies", "treatments"}, NOTHING),  # loads the engine only when it is asked to train
    ({"gradient_settings", "overfit_settings"}, NOTHING),
    ({"classification", "demonstrations"}, NOTHING),  # what they train is asked of the diagnosis
    ({"bands", "sweeps"}, NOTHING),  # loads the engine only when it is asked to train
    ({"words", "table", "lessons", "scores", "looked"}, NOTHING),
    ({"gradient_words", "overfit_words"}, NOTHING),
    ({"kept", "sweeping"}, NOTHING),
    ({"sweep_words"}, NOTHING),
    ({"source_code", "script"}, NOTHING),
    ({"export"}, NOTHING),  # loads the engine only when it is asked for a trained model
    ({"properties"}, NOTHING),
    ({"figures"}, DRAWING),
    (
        {
            "curves",
            "constants",
            "decision",
            "demonstration_figures",
            "terrain",
            "stability",
            "pulling",
            "gradient_figures",
            "overfit_figures",
        },
        DRAWING,
    ),
    ({"sweep_figures", "comparison"}, DRAWING),
    ({"shown"}, DRAWING),
    ({"sights"}, NOTHING),
    ({"compute"}, NOTHING),  # its nursery and workers load the engine, in processes of their own
    ({"warmup"}, DRAWING),
    ({"ui"}, PAGES),
    ({"server"}, PAGES),
]

# Who may name a package at all, be it inside a function. ``ui/assets`` serves the script of Plotly.
NAMED_ONLY_IN = {"streamlit": ("ui", "server"), "plotly": ("figures", "ui.assets")}

MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if path != PACKAGE / "__init__.py"
)


def layer_of(module):
    name = module.split(".")[0]
    found = [place for place, (names, _) in enumerate(LAYERS) if name in names]
    assert found, f"playground.{module} has no rule: put {name!r} into a layer of LAYERS in {Path(__file__).name}"
    return found[0]


def source_of(module):
    path = PACKAGE.joinpath(*module.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text()


def imports_in(source):
    """Every module that the text imports, at its head or inside a function, by its dotted name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide where they point"
            deeper = [f"{node.module}.{alias.name}" for alias in node.names]
            inner = [name for name in deeper if name.removeprefix("playground.") in MODULES]
            yield from inner or [node.module]


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_down(module):
    own = layer_of(module)
    inside = [name for name in imports_in(source_of(module)) if name.startswith("playground.")]
    upward = [name for name in inside if layer_of(name.removeprefix("playground.")) > own]
    assert not upward


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("package", NAMED_ONLY_IN)
def test_who_may_name_a_package(module, package):
    allowed = any(f"{module}.".startswith(f"{name}.") for name in NAMED_ONLY_IN[package])
    roots = {name.split(".")[0] for name in imports_in(source_of(module))}
    assert allowed or package not in roots


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
    "allowed", sorted({allowed for _, allowed in LAYERS}, key=sorted), ids=lambda s: "-".join(sorted(s)) or "nothing"
)
def test_heavy_packages_come_along_only_where_they_may(allowed):
    members = [module for module in MODULES if LAYERS[layer_of(module)][1] == allowed]
    forbidden = ",".join(HEAVY - allowed)
    command = [sys.executable, "-c", PROBE, forbidden, *sorted(members, key=layer_of)]
    told = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    assert [line.split()[0] for line in told] == sorted(members, key=layer_of)
    assert [line for line in told if len(line.split()) > 1] == []


@pytest.mark.parametrize("page", [ROOT / "app.py", *sorted((ROOT / "pages").glob("*.py"))], ids=lambda path: path.name)
def test_pages_are_words_and_widgets_only(page):
    # No arrays, no figures, no training: those are asked of playground.
    assert {name.split(".")[0] for name in imports_in(page.read_text())} <= {"__future__", "streamlit", "playground"}
