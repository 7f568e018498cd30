"""Takes the README's picture: ``python -m tests.support.screenshot``."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.serving import browsing
from tests.support.live import open_page
from tests.support.site import Site

QUERY = "?noise=2&outliers=0.1&outlier_size=40&seed=4"


def main() -> None:
    with Site() as site, browsing() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 1010})
        open_page(page, f"{site.url}/{QUERY}")
        page.wait_for_timeout(1000)
        page.screenshot(path=Path(__file__).parents[1] / "screenshot.png")


if __name__ == "__main__":
    main()
