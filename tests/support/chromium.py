"""Makes sure that there is a Chromium for the browser tests: ``python -m tests.support.chromium``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")

# As root in a container there is no sandbox; the rest keeps Chromium from asking the network for anything of its own.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str | None:
    """The Chromium or Chrome of this machine; ``None`` if there is none, and Playwright's own is to be used."""
    return next((path for path in map(shutil.which, NAMES) if path), None)


def playwright_path() -> str | None:
    """Playwright's own Chromium, if it has been downloaded."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    """Debian's package where that can be had, else Playwright's download."""
    if os.geteuid() == 0 and Path("/etc/debian_version").exists():
        apt = ["apt-get", "-y", "-q", "-o", "DPkg::Lock::Timeout=300"]
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*apt, "update"], env=environment, check=False)
        subprocess.run([*apt, "install", "--no-install-recommends", "chromium"], env=environment, check=False)
    if not chromium_path():
        subprocess.run([sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"], check=True)


if __name__ == "__main__":
    if not (chromium_path() or playwright_path()):
        install()
    print("The browser tests use", chromium_path() or playwright_path())
