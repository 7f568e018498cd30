"""Numbers as a person writes them."""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal, localcontext
from math import isfinite

MOST_DIGITS = 12


def number(value: float, digits: int = 3) -> str:
    """A number as a person writes it: three digits that count, thousands set apart, no 1e-05 where 0 is meant."""
    if not isfinite(value):
        return "beyond all bounds"
    if value == 0:
        return "0"
    size = abs(value)
    if size >= 1e6 or size < 1e-4:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa} × 10{_superscript(int(exponent))}".replace("-", "−")
    decimals = max(0, digits - 1 - _magnitude(size, digits))
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
    """An upper limit, never rounded up: what is printed is itself allowed.

    Where ``beside`` is a value that the limit allows, as many digits are printed as show that.
    """
    for digits in range(LIMIT_DIGITS, MOST_DIGITS):
        below = _rounded_down(limit, digits)
        if beside is None or beside > limit or below >= beside:
            break
    return _without_idle_zeros(number(below, digits))


def _rounded_down(value: float, digits: int) -> float:
    """The positive number cut after so many digits that count."""
    with localcontext(prec=digits, rounding=ROUND_FLOOR):
        return float(+Decimal(repr(float(value))))  # its shortest digits: 0.3 is to stay 0.3


def _without_idle_zeros(text: str) -> str:
    digits, times, power = text.partition(" ×")
    return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + times + power


def plain(value: float) -> str:
    """A setting as a person would type it: all its digits, and no more."""
    text = f"{value:,.10g}"
    return (f"{Decimal(text):,f}" if "e" in text else text).replace("-", "−")


def _magnitude(size: float, digits: int) -> int:
    return int(f"{size:.{digits - 1}e}".split("e")[1])


def _superscript(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
