"""Whether a text in Chinese has English left in it."""

from __future__ import annotations

import re

from playground.losses import LOSSES
from playground.text.language import ENGLISH, spoken_language

MARKUP = re.compile(r"<[^>]*>|%\{[^}]*\}|\$[^$]*\$|`[^`]*`|\[[^\]]*\]\([^)]*\)")
RUN = re.compile(r"[A-Za-z]{2,}(?:'s)?(?:[,:;]? [A-Za-z]{2,}(?:'s)?){2,}")


def find_english(text: str) -> list[str]:
    """Runs of three Latin words or more that are left in a text, without markup and the names of losses."""
    with spoken_language(ENGLISH):
        names = [loss.label for loss in LOSSES.values()]
    bare = MARKUP.sub(" ", text)
    for name in sorted(names, key=len, reverse=True):
        bare = bare.replace(name, "·")
    return RUN.findall(bare)
