"""What the developers' guide adds, added to a copy of the package: it is everywhere, without any other edit."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tests.support import fresh

ROOT = Path(__file__).parents[2]
# A file's name, or the fence of a block with what is to be written into the last named file.
EDITS = re.compile(r"`(?P<file>playground/\S+?\.py)`|^```(?P<kind>python|diff)\n(?P<block>.*?)^```$", re.M | re.S)


def read_edits(guide: str) -> list[tuple[str, str, str]]:
    """The blocks between the first "Add a" and "Add a page": each with its file and its kind, in their order."""
    part = guide[guide.index("## Add a loss") : guide.index("## Add a page")]
    edits, file = [], ""
    for match in EDITS.finditer(part):
        file = match["file"] or file
        if match["kind"]:
            edits.append((file, match["kind"], match["block"]))
    return edits


def apply_edit(path: Path, kind: str, block: str) -> None:
    """Append a block of Python, or put the lines of a diff with "+" where those with "-" and " " stand."""
    text = path.read_text()
    if kind == "python":
        path.write_text(f"{text}\n\n{block}")
        return
    lines = [line or " " for line in block.splitlines()]
    before, after = ("\n".join(line[1:] for line in lines if line[0] != sign) + "\n" for sign in "+-")
    assert text.count(before) == 1, f"the guide has {path.name} hold these lines once:\n{before}"
    path.write_text(text.replace(before, after))


def test_what_the_guide_adds_is_everywhere(tmp_path: Path) -> None:
    for folder in ("playground", "pages"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    edits = read_edits((ROOT / "playground" / "README.md").read_text())
    assert len(edits) >= 10
    for file, kind, block in edits:
        apply_edit(tmp_path / file, kind, block)
    fresh.run((Path(__file__).parents[1] / "support" / "additions.py").read_text(), tmp_path, with_ours=True)
