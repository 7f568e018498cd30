"""What a reader should know of each loss beside its function: formulas, likelihood and source.

``gradient`` is the derivative by ``y_pred`` as one writes it on paper, a second way to the number
that automatic differentiation gives. At a corner it is the slope that training takes there, one
between those of both sides. It keeps its digits at every residual and logit: 1 − p is the
probability of −z, not a difference. What Keras adds to a number before it divides is in it, too.
Formulas are LaTeX in the residual r = ŷ − y, or in a label y, its logit z and p = 1 / (1 + e^−z).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from playground.losses.formulas import HOLE, TINY

Gradient = Callable[..., np.ndarray]


@dataclass(frozen=True)
class Entry:
    """A loss's page in the catalogue; ``likelihood`` says of what noise it is the negative log-likelihood."""

    formula: str
    slope: str
    gradient: Gradient
    likelihood: str
    source: str
    url: str


def probability(z: np.ndarray) -> np.ndarray:
    return np.exp(-np.logaddexp(0.0, -z))


def _general(y: np.ndarray, prediction: np.ndarray, alpha: float, scale: float) -> np.ndarray:
    residual = prediction - y
    if abs(alpha - 2) < HOLE:
        return residual
    return residual * ((residual / scale) ** 2 / abs(alpha - 2) + 1) ** (alpha / 2 - 1)


def _tukey(y: np.ndarray, prediction: np.ndarray, scale: float) -> np.ndarray:
    residual = prediction - y
    inside = np.clip(residual / scale, -1, 1)
    return residual * ((1 - inside) * (1 + inside)) ** 2


def _squared_log_error(y: np.ndarray, prediction: np.ndarray) -> np.ndarray:
    truth, raised = np.maximum(y, TINY), np.maximum(prediction, TINY)
    size = np.log1p(np.abs(raised - truth) / (1 + np.minimum(raised, truth)))
    return np.where(prediction >= TINY, 2 * np.sign(raised - truth) * size / (1 + raised), 0.0)


def _binary(y: np.ndarray, z: np.ndarray) -> np.ndarray:
    """p − y, for labels between 0 and 1, too."""
    return (1 - y) * probability(z) - y * probability(-z)


def _weighted(y: np.ndarray, z: np.ndarray, label_smoothing: float, class_weight: float) -> np.ndarray:
    return (1 + (class_weight - 1) * y) * _binary(y * (1 - label_smoothing) + label_smoothing / 2, z)


def _focal(y: np.ndarray, z: np.ndarray, gamma: float) -> np.ndarray:
    sign = 2 * y - 1
    log_right, log_wrong = -np.logaddexp(0.0, -sign * z), -np.logaddexp(0.0, sign * z)
    # p log p is 0 at its limit p = 0, and stays so by the logarithm, which is finite.
    return sign * np.exp(gamma * log_wrong) * (gamma * np.exp(log_right) * log_right - np.exp(log_wrong))


def _brier(y: np.ndarray, z: np.ndarray) -> np.ndarray:
    return 2 * _binary(y, z) * probability(z) * probability(-z)


CATALOGUE: dict[str, Entry] = {
    "mse": Entry(
        r"r^2",
        r"2r",
        lambda y, prediction: 2 * (prediction - y),
        "Gaussian noise of constant width",
        "Gauss, Theoria motus, 1809",
        "https://en.wikipedia.org/wiki/Least_squares",
    ),
    "mae": Entry(
        r"|r|",
        r"\operatorname{sign}(r)",
        lambda y, prediction: np.sign(prediction - y),
        "Laplace noise",
        "Laplace, 1774; Keras: MeanAbsoluteError",
        "https://en.wikipedia.org/wiki/Least_absolute_deviations",
    ),
    "huber": Entry(
        r"\tfrac12 r^2 \text{ if } |r|\le\delta,\quad \delta|r|-\tfrac12\delta^2 \text{ beyond}",
        r"\max(-\delta,\min(\delta, r))",
        lambda y, prediction, delta: np.clip(prediction - y, -delta, delta),
        "Gaussian noise with Laplace tails from δ on",
        "Huber, Robust estimation of a location parameter, 1964",
        "https://doi.org/10.1214/aoms/1177703732",
    ),
    "log_cosh": Entry(
        r"\log\cosh r",
        r"\tanh r",
        lambda y, prediction: np.tanh(prediction - y),
        "noise with density proportional to 1 / cosh r (hyperbolic secant)",
        "Keras: LogCosh",
        "https://keras.io/api/losses/regression_losses/#logcosh-class",
    ),
    "quantile": Entry(
        r"\max(-\tau r,\ (1-\tau) r)",
        r"1-\tau \text{ if } r>0,\quad -\tau \text{ if } r<0",
        lambda y, prediction, quantile: np.where(prediction > y, 1 - quantile, -quantile),
        "asymmetric Laplace noise",
        "Koenker and Bassett, Regression quantiles, 1978",
        "https://doi.org/10.2307/1913643",
    ),
    "epsilon_insensitive": Entry(
        r"\max(|r|-\varepsilon,\ 0)",
        r"\operatorname{sign}(r) \text{ if } |r|>\varepsilon,\quad 0 \text{ within}",
        lambda y, prediction, epsilon: np.where(np.abs(prediction - y) >= epsilon, np.sign(prediction - y), 0.0),
        "noise that is uniform up to ε and Laplace beyond",
        "Vapnik, The nature of statistical learning theory, 1995",
        "https://doi.org/10.1007/978-1-4757-3264-1",
    ),
    "cauchy": Entry(
        r"\tfrac{c^2}{2}\log\left(1+(r/c)^2\right)",
        r"\dfrac{r}{1+(r/c)^2}",
        lambda y, prediction, scale: (prediction - y) / (1 + ((prediction - y) / scale) ** 2),
        "Cauchy noise of width c, but for a factor",
        "Barron, A general and adaptive robust loss function, 2019 (α = 0)",
        "https://arxiv.org/abs/1701.03077",
    ),
    "tukey": Entry(
        r"\tfrac{c^2}{6}\left(1-\left(1-(r/c)^2\right)^3\right)\text{ if }|r|\le c,\quad\tfrac{c^2}{6}\text{ beyond}",
        r"r\left(1-(r/c)^2\right)^2 \text{ if } |r|\le c,\quad 0 \text{ beyond}",
        _tukey,
        "none: beyond c its cost is constant, so no density integrates to 1",
        "Beaton and Tukey, 1974",
        "https://doi.org/10.1080/00401706.1974.10489171",
    ),
    "general": Entry(
        r"c^2\,\tfrac{|\alpha-2|}{\alpha}\left(\left(\tfrac{(r/c)^2}{|\alpha-2|}+1\right)^{\alpha/2}-1\right)",
        r"r\left(\tfrac{(r/c)^2}{|\alpha-2|}+1\right)^{\alpha/2-1}",
        _general,
        "a family from Gaussian (α = 2) to Cauchy (α = 0); none below 0",
        "Barron, A general and adaptive robust loss function, 2019; here times c²",
        "https://arxiv.org/abs/1701.03077",
    ),
    "msle": Entry(
        r"\left(\log(1+\hat y)-\log(1+y)\right)^2",
        r"\dfrac{2\left(\log(1+\hat y)-\log(1+y)\right)}{1+\hat y}",
        _squared_log_error,
        "Gaussian noise on log(1 + y)",
        "Keras: MeanSquaredLogarithmicError",
        "https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class",
    ),
    "mape": Entry(
        r"100\,\left|\dfrac{\hat y-y}{y}\right|",
        r"\dfrac{100\,\operatorname{sign}(\hat y-y)}{|y|}",
        lambda y, prediction: 100 * np.sign(prediction - y) / np.maximum(np.abs(y), TINY),
        "Laplace noise whose width grows with y",
        "Keras: MeanAbsolutePercentageError",
        "https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class",
    ),
    "poisson": Entry(
        r"\hat y-y\log\hat y",
        r"1-\dfrac{y}{\hat y}",
        lambda y, prediction: 1 - y / (prediction + TINY),
        "Poisson counts with mean ŷ",
        "Keras: Poisson",
        "https://keras.io/api/losses/probabilistic_losses/#poisson-class",
    ),
    "cross_entropy": Entry(
        r"-y\log p-(1-y)\log(1-p)=\max(z,0)-zy+\log\left(1+e^{-|z|}\right)",
        r"p-y",
        _binary,
        "labels that are 1 with probability p (Bernoulli)",
        "Good, Rational decisions, 1952; Keras: BinaryCrossentropy",
        "https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class",
    ),
    "weighted": Entry(
        r"w_y\left(-\tilde y\log p-(1-\tilde y)\log(1-p)\right),\quad \tilde y=y(1-s)+\tfrac s2,\ w_1=w,\ w_0=1",
        r"w_y\,(p-\tilde y)",
        _weighted,
        "labels of which a share s/2 is wrong, with label 1 drawn w times as often",
        "Szegedy et al., Rethinking the Inception architecture, 2016; Keras: BinaryCrossentropy and class_weight",
        "https://arxiv.org/abs/1512.00567",
    ),
    "focal": Entry(
        r"-(1-p_t)^\gamma\log p_t,\quad p_t=p\text{ if }y=1\text{ else }1-p",
        r"\pm(1-p_t)^\gamma\left(\gamma p_t\log p_t+p_t-1\right)",
        _focal,
        "none",
        "Lin et al., Focal loss for dense object detection, 2017",
        "https://arxiv.org/abs/1708.02002",
    ),
    "hinge": Entry(
        r"\max(0,\ 1-(2y-1)z)",
        r"-(2y-1)\text{ if }(2y-1)z<1,\quad 0\text{ beyond}",
        lambda y, z: np.where((2 * y - 1) * z <= 1, 1 - 2 * y, 0.0),
        "none: it asks for a margin, not for a probability",
        "Cortes and Vapnik, Support-vector networks, 1995",
        "https://doi.org/10.1007/BF00994018",
    ),
    "squared_hinge": Entry(
        r"\max(0,\ 1-(2y-1)z)^2",
        r"-2(2y-1)\max(0,\ 1-(2y-1)z)",
        lambda y, z: 2 * (1 - 2 * y) * np.maximum(0, 1 - (2 * y - 1) * z),
        "none: it asks for a margin, not for a probability",
        "Keras: SquaredHinge",
        "https://keras.io/api/losses/hinge_losses/#squaredhinge-class",
    ),
    "brier": Entry(
        r"(p-y)^2",
        r"2(p-y)\,p(1-p)",
        _brier,
        "none for labels: it is the Brier score",
        "Brier, Verification of forecasts expressed in terms of probability, 1950",
        "https://doi.org/10.1175/1520-0493(1950)078%3C0001:VOFEIT%3E2.0.CO;2",
    ),
}
