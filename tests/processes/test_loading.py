"""Loading TensorFlow: what is left out, which compiler is chosen, what memory is given back, what a worker inherits."""

import json
import os
import subprocess
import sys
from importlib import import_module
from multiprocessing import spawn
from types import ModuleType

import pytest

from playground.compute import loading
from playground.compute.loading import (
    NOT_NEEDED,
    QUICK_COMPILER,
    _find_unchanged_mappings,
    choose_compiler,
    hide_packages,
)
from playground.compute.processes import hide_main_module
from tests.support.site import ROOT

# A process of its own loads the engine as a worker does, and then computes with pages that it has to read again.
LOADING = """
import json, re, sys
from pathlib import Path
from playground.compute.loading import NOT_NEEDED, load_engine, release_pages

def resident():
    return int(re.search(r"Rss: +([0-9]+)", Path("/proc/self/smaps_rollup").read_text())[1])

load_engine()
loaded = [name for name in NOT_NEEDED if name in sys.modules]
before = resident()
release_pages()
after = resident()
import keras
total = float(keras.ops.sum(keras.ops.ones(3)))
print(json.dumps([loaded, before, after, total]))
"""

# Which of the packages Keras and TensorFlow try to import.
ATTEMPTS = """
import json, sys
from playground.compute.loading import NOT_NEEDED
attempted = set()

class Recorder:
    def find_spec(self, name, path=None, target=None):
        if name in NOT_NEEDED:
            attempted.add(name)
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Recorder())
import playground.training
print(json.dumps(sorted(attempted)))
"""


def run_fresh(program):
    """What a program prints as JSON, run in a new process."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="pages are released on Linux only")
def test_a_worker_loads_no_more_than_it_needs_and_gives_back_what_loading_took():
    loaded, before, after, total = run_fresh(LOADING)
    assert loaded == []
    assert after < 0.6 * before
    assert total == 3.0


@pytest.mark.exhaustive
def test_every_package_that_is_hidden_would_be_imported():
    # If a version of Keras or TensorFlow no longer imports one, hiding it is a trick without a use.
    assert run_fresh(ATTEMPTS) == sorted(NOT_NEEDED)


def test_a_hidden_package_cannot_be_imported_until_it_is_shown_again(monkeypatch):
    monkeypatch.delitem(sys.modules, "wave", raising=False)  # whoever has imported it before
    with hide_packages(["wave", "json"]):
        assert sys.modules["json"] is json  # what is loaded already stays
        with pytest.raises(ModuleNotFoundError):
            import_module("wave")
    assert import_module("wave").__name__ == "wave"


def test_a_new_process_is_not_told_of_the_main_module(monkeypatch):
    # Nothing documents this; if a version of Python takes the main module from elsewhere, this is what notices.
    page = ModuleType("__main__")
    page.__file__ = str(ROOT / "app.py")
    monkeypatch.setitem(sys.modules, "__main__", page)
    main = {"init_main_from_name", "init_main_from_path"}
    assert main & spawn.get_preparation_data("worker").keys()
    with hide_main_module():
        assert not main & spawn.get_preparation_data("worker").keys()


def write_as_tensorflow_does():
    os.write(loading.STDERR, b"oneDNN custom operations are on\n")
    print("level", os.environ[loading.LOG_LEVEL], flush=True)


def test_tensorflow_is_heard_only_if_it_is_asked_for_or_cannot_be_loaded(monkeypatch, capfd):
    monkeypatch.delitem(sys.modules, "wave", raising=False)  # whoever has imported it before
    monkeypatch.delenv(loading.LOG_LEVEL, raising=False)
    with loading.quieten_tensorflow():
        write_as_tensorflow_does()
    assert capfd.readouterr() == ("level 3\n", "")
    monkeypatch.delenv(loading.LOG_LEVEL)
    with pytest.raises(ModuleNotFoundError), loading.quieten_tensorflow(), hide_packages(["wave"]):
        write_as_tensorflow_does() or import_module("wave")
    assert "oneDNN" in capfd.readouterr().err
    monkeypatch.setenv(loading.LOG_LEVEL, "0")
    with loading.quieten_tensorflow():
        write_as_tensorflow_does()
    told = capfd.readouterr()
    assert told.out == "level 0\n"
    assert "oneDNN" in told.err


# Two libraries as Linux lists them: the first as it is on the disk, the second with addresses filled in.
MAPPINGS = """\
7f0000000000-7f0000002000 r-xp 00000000 fd:01 42                         /lib/one.so
Rss:                   8 kB
Anonymous:             0 kB
7f0000002000-7f0000003000 r--p 00002000 fd:01 43                         /lib/two.so
Anonymous:             4 kB
7f0000003000-7f0000004000 rw-p 00000000 00:00 0
Anonymous:             0 kB
"""


def test_only_unchanged_pages_of_files_are_released():
    assert _find_unchanged_mappings(MAPPINGS) == [(0x7F0000000000, 0x2000)]


@pytest.mark.parametrize(
    ("tensorflow", "given", "then"),
    [
        ("2.21.3", "", QUICK_COMPILER),
        ("2.21.0", "--xla_dump_to=here", f"--xla_dump_to=here {QUICK_COMPILER}"),
        ("2.21.0", QUICK_COMPILER, QUICK_COMPILER),
        ("2.22.0", "", ""),  # may not know the flag, which would end the process
    ],
)
def test_the_compiler_is_chosen_only_where_its_flag_is_known(
    tensorflow: str, given: str, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "version", lambda package: tensorflow)
    monkeypatch.setenv("XLA_FLAGS", given)
    choose_compiler()
    assert os.environ["XLA_FLAGS"] == then
