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


# How red and green are confused, in linear light. Source: Machado, Oliveira and Fernandes 2009, "A
# Physiologically-based Model for Simulation of Color Vision Deficiency", table 1, severity 1,
# https://doi.org/10.1109/TVCG.2009.113
PROTANOPIA = np.array(
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
)
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)
EYES = {"usual": np.eye(3), "protanopia": PROTANOPIA, "deuteranopia": DEUTERANOPIA}

# Linear sRGB to CIE XYZ, and the white of D65: IEC 61966-2-1.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])


def lab(colour: str, eye: np.ndarray) -> np.ndarray:
    """CIELAB of a colour as an eye sees it."""
    seen = (eye @ linear(colour)).clip(0, 1)
    share = TO_XYZ @ seen / (TO_XYZ @ np.ones(3))
    f = np.where(share > (6 / 29) ** 3, np.cbrt(share), share / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def distance(one: str, other: str, eye: str) -> float:
    """How far apart two colours are for an eye of ``EYES`` (ΔE of 1976): from about 2 on, they are told apart."""
    return float(np.linalg.norm(lab(one, EYES[eye]) - lab(other, EYES[eye])))
