"""How the Compare page sorts its kept runs."""

from __future__ import annotations

from typing import Annotated

from playground.experiment.query import PageSettings
from playground.experiment.setting import Choice, Switch
from playground.pages.compare.outcomes import OUTCOMES

ORDERS = {
    "kept": "as kept",
    "loss": "loss",
    **{key: outcome.label for key, outcome in OUTCOMES.items()},
    "verdict": "verdict",
}


class CompareSettings(PageSettings):
    """How the comparison is looked at."""

    order: Annotated[str, Choice("Sort by", "What the rows are sorted by.", ORDERS)] = "kept"
    reverse: Annotated[bool, Switch("Highest first", "The other way round.")] = False
