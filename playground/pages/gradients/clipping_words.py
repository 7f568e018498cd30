"""An exploding run without clipping and with it, in words and step by step."""

from __future__ import annotations

from playground.pages.gradients.study import Explosion
from playground.pages.gradients.words import or_diverged
from playground.text.numbers import number, plain

STEPS = 8


def explosion_rows(found: Explosion) -> list[list[str]]:
    """Step by step: the gradient before and after clipping, and the loss without and with it."""
    return [
        [
            f"step {step + 1}",
            number(float(found.before[step])),
            number(float(found.after[step])),
            or_diverged(float(found.clipped.loss[step])),
            or_diverged(float(found.free.loss[step])),
        ]
        for step in range(min(STEPS, len(found.before)))
    ]


def explosion_words(found: Explosion) -> str:
    """Where it breaks without clipping, and what clipping made of it."""
    limit = plain(found.clipped.experiment.global_clipnorm)
    if found.free.infinite_at:
        text = f"Without clipping the loss is NaN or infinite from epoch {found.free.infinite_at:,} on."
    else:
        text = f"Without clipping the loss stays finite: it ends at {number(found.free.end)}."
    if found.clipped.infinite_at:
        return f"{text} Clipped to a norm of {limit} it is so from epoch {found.clipped.infinite_at:,} on."
    cut = int((found.before > found.after).sum())
    return (
        f"{text} Clipped to a norm of {limit} it goes from {number(float(found.clipped.loss[0]))} to"
        f" {number(found.clipped.end)}; {cut} of {len(found.before)} gradients were cut. Clipping by the global"
        " norm changes the length of a gradient, not its direction; clipping each variable by its own norm, or each"
        " entry by value, may change the direction, too."
    )
