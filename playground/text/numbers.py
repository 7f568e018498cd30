"""Numbers as people write them: few digits, a real minus sign, no 1e-05."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal, localcontext
from math import isfinite

MOST_DIGITS = 12
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def number(value: float, digits: int = 3) -> str:
    """A measured number with ``digits`` significant digits, such as 1,230, −0.0456 or 1.23 × 10⁻⁵.

    NaN and infinity read as "beyond all bounds".
    """
    if not isfinite(value):
        return "beyond all bounds"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e6 or size < 1e-4:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPTS)}".replace("-", "−")
    magnitude = int(f"{size:.{digits - 1}e}".split("e")[1])  # of the rounded number: that of 9.996 is 1
    decimals = max(0, digits - 1 - magnitude)
    return f"{value:,.{decimals}f}".replace("-", "−")


def write_apart(one: float, other: float) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to see which is the larger."""
    for digits in range(3, MOST_DIGITS):
        texts = number(one, digits), number(other, digits)
        if texts[0] != texts[1]:
            break
    return texts


LIMIT_DIGITS = 4  # of a printed limit: with three, 0.0272 and 0.0273 would stand for the same limit of 0.02727


def limit_number(limit: float, beside: float | None = None) -> str:
    """A positive upper limit, rounded down, so that the printed number is itself allowed.

    ``beside`` is a value printed next to it: if the limit allows it, enough digits are printed to show that.
    """
    for digits in range(LIMIT_DIGITS, MOST_DIGITS):
        with localcontext(prec=digits, rounding=ROUND_FLOOR):
            below = float(+Decimal(repr(float(limit))))  # its shortest digits: 0.3 is to stay 0.3
        if beside is None or beside > limit or below >= beside:
            break
    mantissa, times, power = number(below, digits).partition(" ×")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + times + power


def plain(value: float) -> str:
    """The value of a setting as a person would type it: all its digits, without trailing zeros."""
    text = f"{value:,.10g}"
    return (f"{Decimal(text):,f}" if "e" in text else text).replace("-", "−")
