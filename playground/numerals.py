"""Numbers as a person writes them."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite


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


def plain(value: float) -> str:
    """A setting as a person would type it: all its digits, and no more."""
    text = f"{value:,.10g}"
    return (f"{Decimal(text):,f}" if "e" in text else text).replace("-", "−")


def _magnitude(size: float, digits: int) -> int:
    return int(f"{size:.{digits - 1}e}".split("e")[1])


def _superscript(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
