"""The app as a server of its own, as ``streamlit run app.py`` starts it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playground.compute.loading import LOG_LEVEL

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0  # seconds; a busy machine is no failure


class Site:
    """A server on a port of its own. It can be stopped and started again at the same address.

    ``below`` is the path under which it serves the app; without one, at the root. ``environment`` adds variables.
    """

    def __init__(self, below: str = "", **environment: str) -> None:
        with socket.socket() as found:
            found.bind(("127.0.0.1", 0))
            self.port = found.getsockname()[1]
        self.below = below
        self.environment = environment
        self.url = f"http://localhost:{self.port}{f'/{below}' if below else ''}"
        self._log = tempfile.TemporaryFile()  # noqa: SIM115

    def __enter__(self) -> Site:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._log.close()

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(self.port)]
        command += ["--server.address", "localhost"]
        command += ["--server.baseUrlPath", self.below] if self.below else []
        inherited = {name: value for name, value in os.environ.items() if name != LOG_LEVEL}  # JAX sets it in tests
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**inherited, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        end = time.monotonic() + PATIENCE
        while not self._healthy():
            if self._process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"The server did not start. It said:\n{self.log()}")
            time.sleep(0.1)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                return bool(answer.read() == b"ok")
        except OSError:
            return False

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def processes(self) -> list[int]:
        """The server's process and those that it started, as long as they live."""
        listed = subprocess.run(["ps", "-o", "pid=", "-s", str(self._process.pid)], capture_output=True, text=True)
        return [int(line) for line in listed.stdout.split()]

    def log(self) -> str:
        """What the server has printed so far."""
        return os.pread(self._log.fileno(), 1_000_000, 0).decode(errors="replace")
