"""Fresh processes in milliseconds: forked from one that has imported TensorFlow, and nothing of ours.

It is no fork server of ``multiprocessing``: a process has one of those, the app's, which loads our engine.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from traceback import format_exc
from typing import Any

ROOT = Path(__file__).parents[2]

# Imports what programs need, then runs each that it is asked for in a child of its own, and says when it is done.
PARENT = """
import json, os, sys
import numpy, tensorflow, keras
sys.path.insert(0, sys.argv[1])
from fresh import execute
for line in sys.stdin:
    child = os.fork()
    if not child:
        execute(**json.loads(line))
        os._exit(0)
    os.waitpid(child, 0)
    print("done", flush=True)
"""


@cache
def _parent() -> subprocess.Popen[str]:
    """The process that everything is forked from, started once for each process of tests."""
    command = [sys.executable, "-W", "ignore", "-c", PARENT, str(Path(__file__).parent)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, cwd="/")


def run(code: str, folder: Path, *, eagerly: bool = False, with_ours: bool = False) -> str:
    """What a program prints, run by itself in a folder. Raises ``AssertionError`` if it fails or imports ours.

    Our package can be imported only ``with_ours``. ``eagerly`` has TensorFlow compute step by step: making a graph of
    every model would take longer than training it.
    """
    parent = _parent()
    assert parent.stdin
    assert parent.stdout
    with TemporaryDirectory() as place:
        answer = Path(place) / "answer.json"
        asked = {"code": code, "folder": str(folder), "eagerly": eagerly, "with_ours": with_ours, "answer": str(answer)}
        print(json.dumps(asked), file=parent.stdin, flush=True)
        assert parent.stdout.readline() == "done\n", "the process that others are forked from has ended"
        worked, said = json.loads(answer.read_text()) if answer.exists() else (False, "the process died")
    assert worked, f"{said}\n\n{code}"
    return str(said)


def execute(code: str, folder: str, eagerly: bool, with_ours: bool, answer: str) -> None:
    """Run a program in this process, and write into a file whether it worked, and what it printed."""
    import tensorflow as tf

    tf.config.run_functions_eagerly(eagerly)
    os.chdir(folder)
    away = {ROOT, Path(__file__).parent}
    ours = [str(ROOT)] if with_ours else []
    sys.path[:] = [folder, *ours, *(place for place in sys.path if place and Path(place).resolve() not in away)]
    printed = StringIO()
    try:
        with redirect_stdout(printed), redirect_stderr(StringIO()):
            names: dict[str, Any] = {"__name__": "__main__"}
            exec(compile(code, "exported.py", "exec"), names)
        assert with_ours or not [name for name in sys.modules if name.split(".")[0] == "playground"]
        found = (True, printed.getvalue())
    except BaseException:
        found = (False, format_exc())
    Path(answer).write_text(json.dumps(found))
