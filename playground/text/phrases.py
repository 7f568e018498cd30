"""Parts of sentences: counts, lists and shares."""

from __future__ import annotations

import re
from collections.abc import Sequence

from playground.text.numbers import number as number
from playground.text.numbers import plain as plain


def sentence(text: str) -> str:
    """A message of a check as a sentence in Markdown; what it quotes stays as it was written."""
    literal = re.sub(r"([\\`*_\[\]<>$~:#])", r"\\\1", text)
    return f"{literal[:1].upper()}{literal[1:].rstrip('.')}."


def count(amount: int, noun: str) -> str:
    return f"{amount:,} {noun}" if amount == 1 else f"{amount:,} {noun}s"


def listed(parts: Sequence[str]) -> str:
    """One, two and three."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def per_cent(share: float) -> str:
    """A share of points, as the sentences have it."""
    return f"{share:.1%}"
