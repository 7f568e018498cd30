"""Parts of sentences: counts, lists and shares."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.text.numbers import number as number
from playground.text.numbers import plain as plain


def sentence(text: str) -> str:
    """An error message as a sentence in Markdown, with a capital, a full stop and all special characters escaped."""
    return finish_sentence(re.sub(r"([\\`*_\[\]<>$~:#])", r"\\\1", text))


def finish_sentence(text: str) -> str:
    """A text with a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def count(amount: int, noun: str) -> str:
    """An amount with its noun, such as "1 point" or "1,000 points"."""
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def listed(parts: Sequence[str]) -> str:
    """Parts joined as in "one, two and three"; at least one is needed."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def shorten_text(text: str, most: int) -> str:
    """The text, of which at most ``most`` characters are left: a longer one ends with "…"."""
    return text if len(text) <= most else text[: most - 1] + "…"


def per_cent(share: float) -> str:
    """A share from 0 to 1 as a percentage, such as "4.8%"."""
    return f"{share:.1%}"
