"""Servers to measure: ours, and a bare Streamlit page under the same settings."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support.chromium import FLAGS, chromium_path

ROOT = Path(__file__).parents[2]


@contextmanager
def serving(script: Path, folder: Path = ROOT) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Streamlit server of a script, from the moment it is started; ``ready`` waits for it."""
    port = _free_port()
    command = [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port)]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield f"http://127.0.0.1:{port}", process
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextmanager
def serving_bare() -> Iterator[str]:
    """The bare page, alone in a folder with our server's settings."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
        shutil.copy(Path(__file__).parent / "bare_page.py", folder / "bare_page.py")
        with serving(folder / "bare_page.py", folder) as (url, _):
            ready(url)
            yield url


def ready(url: str, patience: float = 60.0) -> None:
    """Wait until the server answers."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{url}/_stcore/health", timeout=1):
                return
        except OSError:
            time.sleep(0.02)
    raise TimeoutError(f"{url} did not answer within {patience} s")


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
