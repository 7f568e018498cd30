"""Takes the README's picture: ``python -m tests.support.screenshot``."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.benchmarks.serving import browsing
from tests.support.live import open_page
from tests.support.site import Site

PICTURE = Path(__file__).parents[2] / ".github" / "screenshot.png"
QUERY = "?noise=2&outliers=0.1&outlier_size=40&seed=4"


def main() -> None:
    with Site() as site, browsing() as browser:
        page = browser.new_page(viewport={"width": 1440, "height": 1010})
        open_page(page, f"{site.url}/{QUERY}")
        picture = Image.open(BytesIO(page.screenshot()))
    picture.quantize(256).save(PICTURE, optimize=True)  # a third of the bytes


if __name__ == "__main__":
    main()
