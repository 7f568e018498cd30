"""How colours are seen: the contrast of two, by formulas that the app does not share."""

from __future__ import annotations

import numpy as np

GROUNDS = {"light": "#ffffff", "dark": "#0e1117"}  # as in .streamlit/config.toml


def channels(colour: str) -> np.ndarray:
    """Red, green and blue of ``#rrggbb``, from 0 to 1."""
    return np.array([int(colour[start : start + 2], 16) for start in (1, 3, 5)]) / 255


def linear(colour: str) -> np.ndarray:
    """The same without the gamma curve of sRGB."""
    own = channels(colour)
    return np.where(own <= 0.04045, own / 12.92, ((own + 0.055) / 1.055) ** 2.4)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    return float(linear(colour) @ (0.2126, 0.7152, 0.0722))


def contrast(one: str, other: str) -> float:
    """From 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)
