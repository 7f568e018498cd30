"""What each property of a loss means, in half a sentence: of losses of numbers, and of labels."""

from __future__ import annotations

from playground.theory.properties import Property

MEANINGS = {
    Property.NON_NEGATIVE: "no answer costs less than nothing",
    Property.ZERO: "a right answer is free",
    Property.CONTINUOUS: "the cost never jumps",
    Property.DIFFERENTIABLE: "the slope never jumps: no corner",
    Property.CONVEX: "no straight line between two points of the curve lies below it, so there is one valley",
    Property.BOUNDED: "there is a limit to how hard a single error can pull",
    Property.SYMMETRIC: "too high costs as much as too low",
    Property.EQUIVARIANT: "twice the error costs the same multiple for all errors, so the unit of y does not matter",
}
MEANINGS_OF_LABELS = MEANINGS | {
    Property.SYMMETRIC: "swap the labels and the sign of z, and the cost is the same",
    Property.EQUIVARIANT: "twice the logit costs the same multiple for all logits",
}
