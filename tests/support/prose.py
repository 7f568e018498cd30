"""Whether the texts that visitors read keep to the glossary: ``python -m tests.support.prose`` lists what does not."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from tests.support.catalogue import extract_texts
from tests.support.site import ROOT

GLOSSARY = ROOT / "playground" / "text" / "glossary.md"
MOST_WORDS = 35
ENDS = re.compile(r"(?<=[.!?:])\s+(?=[A-Z“*`{])|\n+")
WORD = re.compile(r"[\w{}’'-]+")


def read_banned_words() -> dict[str, str]:
    """What the second table of the glossary does not want, with what it wants."""
    rows = GLOSSARY.read_text(encoding="utf-8").partition("| not | but |\n|---|---|\n")[2].splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return {word: better for word, better in cells if word}


def list_texts() -> Iterator[str]:
    """Each English text of the catalogue: singular and plural are two."""
    for message in extract_texts():
        if message.id:
            yield from message.id if isinstance(message.id, tuple | list) else (message.id,)


def find_faults() -> Iterator[str]:
    """Banned words and sentences that are too long."""
    banned = read_banned_words()
    for text in list_texts():
        for word, better in banned.items():
            if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
                yield f'"{word}", say "{better}": {text}'
        for sentence in ENDS.split(text):
            if len(words := WORD.findall(sentence)) > MOST_WORDS:
                yield f"{len(words)} words in a sentence: {sentence}"


def main() -> int:
    """Print what is wrong; 1 if there is anything."""
    faults = sorted(find_faults())
    print("\n".join(faults))
    print(f"{len([*list_texts()])} texts, {len(faults)} faults")
    return min(len(faults), 1)


if __name__ == "__main__":
    sys.exit(main())
