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
# file, or for all of a folder of that name.
LAYERS = [
    ({"settings", "numerals", "typed_numbers", "formulas", "losses", "tables"}, NOTHING),
    ({"engine.dropout", "engine.features"}, NOTHING),
    ({"classify.films", "classify.metrics"}, NOTHING),
    ({"anatomy.catalogue", "anatomy.location", "queries"}, NOTHING),
    ({"experiment"}, NOTHING),
    ({"relevance"}, NOTHING),
    ({"labelled", "data", "suitability", "engine.weights", "link"}, NOTHING),
    ({"engine.shapes"}, NOTHING),
    ({"engine.stacks", "engine.batches"}, NOTHING),
    ({"engine.lanes"}, NOTHING),
    ({"keras_objects"}, ENGINE),
    ({"models"}, ENGINE),
    ({"anatomy.four_ways"}, NOTHING),  # loads Keras only when it is asked for Keras's number
    ({"run"}, NOTHING),  # asks for the models only when it is asked for an answer
    ({"coverage"}, NOTHING),
    ({"engine.programs", "engine.deep_programs", "engine.cache", "engine.deep_training"}, ENGINE),
    ({"training"}, ENGINE),
    ({"anatomy.efficiency"}, NOTHING),  # loads the engine only when it is asked to train
    ({"anatomy.contest"}, NOTHING),
    ({"landscape.batch_curvature"}, NOTHING),
    ({"landscape.line_loss", "landscape.optima", "landscape.stable_rate", "landscape.limit_words", "course"}, NOTHING),
    ({"verdicts", "resting", "learned"}, NOTHING),
    ({"landscape.surfaces", "landscape.slow_motion"}, NOTHING),
    ({"landscape.regimes"}, NOTHING),  # loads the engine only when it is asked to train
    ({"diagnosis"}, NOTHING),
    ({"gradients.death"}, NOTHING),
    ({"gradients.study"}, NOTHING),  # loads the engine only when it is asked to train
    ({"gradients.remedies"}, NOTHING),
    ({"remedy_makers"}, NOTHING),
    ({"treatments"}, NOTHING),
    ({"overfit.stability"}, NOTHING),
    ({"overfit.remedies", "overfit.strengths"}, NOTHING),  # loads the engine only when it is asked to train
    ({"gradients.settings", "overfit.settings"}, NOTHING),
    ({"classify.classification", "classify.demonstrations"}, NOTHING),  # what they train is asked of the diagnosis
    ({"rounding"}, NOTHING),  # loads the engine only when it is asked to train
    ({"compare.bands", "sweeps"}, NOTHING),  # loads the engine only when it is asked to train
    ({"compare.claims"}, NOTHING),
    ({"words", "table", "lessons", "classify.scores", "classify.looked"}, NOTHING),
    ({"gradients.words", "overfit.words", "landscape.step_formulas"}, NOTHING),
    ({"gradients.clipping_words"}, NOTHING),
    ({"compare.kept", "compare.sweeping"}, NOTHING),
    ({"compare.setting_words"}, NOTHING),
    ({"compare.sweep_verdicts", "compare.sweep_words"}, NOTHING),
    ({"compare.source_code", "compare.script_points"}, NOTHING),
    ({"compare.script_model"}, NOTHING),
    ({"compare.script_helpers"}, NOTHING),
    ({"compare.script"}, NOTHING),
    ({"compare.export"}, NOTHING),  # loads the engine only when it is asked for a trained model
    ({"anatomy.properties"}, NOTHING),
    ({"anatomy.meanings"}, NOTHING),
    ({"figures", "edges"}, DRAWING),
    (
        {
            "training_figures",
            "treatment_figures",
            "anatomy.curves",
            "anatomy.constants",
            "classify.decision",
            "classify.demonstration_figures",
            "landscape.ways",
            "landscape.hills",
            "landscape.racing",
            "landscape.terrain",
            "landscape.stability",
            "landscape.pulling",
            "gradients.curves",
            "gradients.figures",
            "overfit.figures",
            "overfit.strength_figures",
        },
        DRAWING,
    ),
    ({"compare.sweep_figures", "compare.comparison"}, DRAWING),
    ({"anatomy.shown"}, DRAWING),
    ({"landscape.sights"}, NOTHING),
    ({"compute.loading"}, NOTHING),  # loads the engine only when it is asked to
    ({"compute.preload"}, ENGINE),  # imported by the fork server alone
    ({"compute"}, NOTHING),  # its workers load the engine, in processes of their own
    ({"warmup"}, DRAWING),
    ({"ui"}, PAGES),
    ({"server"}, PAGES),
]

# Who may name a package at all, be it inside a function. ``ui/assets`` serves the script of Plotly.
NAMED_ONLY_IN = {"streamlit": ("ui", "server"), "plotly": ("figures", "ui.assets")}

MODULES = sorted(
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__")
    for path in PACKAGE.rglob("*.py")
    if len(ast.parse(path.read_text()).body) > 1  # a folder's bare docstring imports nothing
)


def layer_of(module):
    found = [place for place, (names, _) in enumerate(LAYERS) for name in names if f"{module}.".startswith(f"{name}.")]
    assert found, f"playground.{module} has no rule: put it into a layer of LAYERS in {Path(__file__).name}"
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
