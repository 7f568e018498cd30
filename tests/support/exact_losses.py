"""Every loss and its slope in 60 decimal digits, as they stand in the books: nothing here is rounded that shows."""

from collections.abc import Callable
from decimal import Decimal, localcontext
from functools import partial

DIGITS = 60
KERAS_EPSILON = Decimal("1e-7")

Number = Decimal
Formula = Callable[..., Decimal]


def exactly(formula: Formula, y: float, prediction: float, **parameters: float) -> float:
    """A formula of floats, computed with ``DIGITS`` digits and rounded once."""
    with localcontext() as context:
        context.prec = DIGITS
        context.Emin, context.Emax = -(10**9), 10**9
        exact = {name: Decimal(value) for name, value in parameters.items()}
        return float(formula(Decimal(y), Decimal(prediction), **exact))


def log_one_plus(value: Number) -> Number:
    return (1 + value).ln()


def sigmoid(z: Number) -> Number:
    return 1 / (1 + (-z).exp())


def softplus(z: Number) -> Number:
    return max(z, Decimal(0)) + log_one_plus((-abs(z)).exp())


def sign(value: Number) -> int:
    return (value > 0) - (value < 0)


def log_cosh(r: Number) -> Number:
    # A fraction of r², some digits of which 1 + r² keeps even for r = 1e-12.
    return abs(r) + log_one_plus((-2 * abs(r)).exp()) - Decimal(2).ln()


def tanh(r: Number) -> Number:
    small = (-2 * abs(r)).exp()
    return sign(r) * (1 - small) / (1 + small)


def huber(r: Number, delta: Number) -> Number:
    return r * r / 2 if abs(r) <= delta else delta * abs(r) - delta * delta / 2


def tukey(r: Number, scale: Number) -> Number:
    return scale**2 / 6 * (1 - (1 - min((r / scale) ** 2, Decimal(1))) ** 3)


def tukey_slope(r: Number, scale: Number) -> Number:
    return r * (1 - (r / scale) ** 2) ** 2 if abs(r) <= scale else Decimal(0)


def barron(r: Number, alpha: Number, scale: Number) -> Number:
    square = (r / scale) ** 2
    if alpha == 2:
        return r * r / 2
    if alpha == 0:
        return scale**2 * log_one_plus(square / 2)
    width = abs(alpha - 2)
    return scale**2 * width / alpha * ((square / width + 1) ** (alpha / 2) - 1)


def barron_slope(r: Number, alpha: Number, scale: Number) -> Number:
    if alpha == 2:
        return r
    return r * ((r / scale) ** 2 / abs(alpha - 2) + 1) ** (alpha / 2 - 1)


def cross_entropy(y: Number, z: Number) -> Number:
    return y * softplus(-z) + (1 - y) * softplus(z)


def cross_entropy_slope(y: Number, z: Number) -> Number:
    return sigmoid(z) - y


def weighted(formula: Formula, y: Number, z: Number, label_smoothing: Number, class_weight: Number) -> Number:
    return (class_weight if y == 1 else 1) * formula(y * (1 - label_smoothing) + label_smoothing / 2, z)


def focal(y: Number, z: Number, gamma: Number) -> Number:
    margin = (2 * y - 1) * z
    return power(sigmoid(-margin), gamma) * softplus(-margin)


def focal_slope(y: Number, z: Number, gamma: Number) -> Number:
    margin = (2 * y - 1) * z
    right, wrong = sigmoid(margin), sigmoid(-margin)
    return (2 * y - 1) * power(wrong, gamma) * (-gamma * right * softplus(-margin) - wrong)


def power(base: Number, exponent: Number) -> Number:
    return Decimal(1) if exponent == 0 else base**exponent


def short_of_margin(y: Number, z: Number) -> Number:
    return max(1 - (2 * y - 1) * z, Decimal(0))


def of_residual(formula: Formula) -> Formula:
    return lambda y, prediction, **parameters: formula(prediction - y, **parameters)


VALUES: dict[str, Formula] = {
    "mse": of_residual(lambda r: r * r),
    "mae": of_residual(abs),
    "huber": of_residual(huber),
    "log_cosh": of_residual(log_cosh),
    "quantile": of_residual(lambda r, quantile: max(-quantile * r, (1 - quantile) * r)),
    "epsilon_insensitive": of_residual(lambda r, epsilon: max(abs(r) - epsilon, Decimal(0))),
    "cauchy": of_residual(lambda r, scale: scale**2 / 2 * log_one_plus((r / scale) ** 2)),
    "tukey": of_residual(tukey),
    "general": of_residual(barron),
    "msle": lambda y, prediction: (log_one_plus(prediction) - log_one_plus(y)) ** 2,
    "mape": lambda y, prediction: 100 * abs(prediction - y) / abs(y),
    "poisson": lambda y, prediction: prediction - y * (prediction + KERAS_EPSILON).ln(),
    "cross_entropy": cross_entropy,
    "weighted": partial(weighted, cross_entropy),
    "focal": focal,
    "hinge": short_of_margin,
    "squared_hinge": lambda y, z: short_of_margin(y, z) ** 2,
    "brier": lambda y, z: sigmoid(z if y == 0 else -z) ** 2,
}

SLOPES: dict[str, Formula] = {
    "mse": of_residual(lambda r: 2 * r),
    "mae": of_residual(lambda r: Decimal(sign(r))),
    "huber": of_residual(lambda r, delta: max(-delta, min(delta, r))),
    "log_cosh": of_residual(tanh),
    "quantile": of_residual(lambda r, quantile: 1 - quantile if r > 0 else -quantile),
    "epsilon_insensitive": of_residual(lambda r, epsilon: Decimal(sign(r) if abs(r) > epsilon else 0)),
    "cauchy": of_residual(lambda r, scale: r / (1 + (r / scale) ** 2)),
    "tukey": of_residual(tukey_slope),
    "general": of_residual(barron_slope),
    "msle": lambda y, prediction: 2 * (log_one_plus(prediction) - log_one_plus(y)) / (1 + prediction),
    "mape": lambda y, prediction: 100 * sign(prediction - y) / abs(y),
    "poisson": lambda y, prediction: 1 - y / (prediction + KERAS_EPSILON),
    "cross_entropy": cross_entropy_slope,
    "weighted": partial(weighted, cross_entropy_slope),
    "focal": focal_slope,
    "hinge": lambda y, z: (1 - 2 * y) * (short_of_margin(y, z) > 0),
    "squared_hinge": lambda y, z: 2 * (1 - 2 * y) * short_of_margin(y, z),
    "brier": lambda y, z: 2 * (1 - 2 * y) * sigmoid(z if y == 0 else -z) ** 2 * sigmoid(z if y == 1 else -z),
}
