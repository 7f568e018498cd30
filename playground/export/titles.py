"""Short titles for kept runs, each different from the others."""

from __future__ import annotations

from collections.abc import Sequence

from playground.experiment.setting_words import tell_apart
from playground.export.kept import Kept


def titles(kept: Sequence[Kept]) -> list[str]:
    """The kept experiments as charts and table call them: a number, and its name or what tells it from the others."""
    described = tell_apart([each.experiment for each in kept])
    return [
        f"{place} · {each.name or words}" for place, (each, words) in enumerate(zip(kept, described, strict=True), 1)
    ]
