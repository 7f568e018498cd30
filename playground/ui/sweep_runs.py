"""How a page trains a sweep: in parts, so that it shows progress and a Stop loses little."""

from __future__ import annotations

from playground import compute
from playground.sweeps import TRAININGS_AT_ONCE, Sweep, Swept, cut_sweep, join_parts, train_part
from playground.sweeps.settings import estimate_work
from playground.ui.jobs import compute_in_parts

WORK_A_PART = 6e9  # about a second: what Stop may lose
MOST_PARTS = 40


def run_sweep(wanted: Sweep) -> Swept | None:
    """The sweep as far as the visitor lets it go; ``None`` if nothing was done."""
    pieces = max(-(-wanted.size // TRAININGS_AT_ONCE), min(MOST_PARTS, round(estimate_work(wanted) / WORK_A_PART)))
    cuts = cut_sweep(wanted, min(pieces, wanted.size))
    jobs = [compute.Call(train_part, (wanted, *cut), ()) for cut in cuts]
    found = compute_in_parts(jobs, [last - first for first, last in cuts])
    return join_parts(wanted, cuts, found) if found else None
