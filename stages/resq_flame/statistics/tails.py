"""Tails of the normal and of Student's t distribution, without SciPy.

Authority: Abramowitz and Stegun, Handbook of Mathematical Functions: 26.5.8 (continued fraction of the incomplete
beta function), 26.7.1 (the t distribution by it).
"""

from __future__ import annotations

import math
from functools import lru_cache

_NORMAL = 1e6  # from so many degrees of freedom on, t is normal to nine digits
_TINY = 1e-300
_STEPS = 500
_PRECISION = 1e-14


def normal_tail(z: float) -> float:
    """P(Z > z)."""
    return 0.5 * math.erfc(z / math.sqrt(2))


def t_tail(t: float, degrees: float) -> float:
    """P(T > t) at so many ``degrees`` of freedom (any positive number, also infinite)."""
    if degrees >= _NORMAL:
        return normal_tail(t)
    upper = 0.5 * incomplete_beta(degrees / 2, 0.5, degrees / (degrees + t * t))
    return upper if t >= 0 else 1 - upper


def two_sided(t: float, degrees: float) -> float:
    """The probability of a value at least as far from 0 as ``t``, on either side."""
    return min(1.0, 2 * t_tail(abs(t), degrees))


@lru_cache(maxsize=64)
def t_quantile(tail: float, degrees: float) -> float:
    """The t with P(T > t) = ``tail``, for tails below a half."""
    low, high = 0.0, 1.0
    while t_tail(high, degrees) > tail:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if t_tail(middle, degrees) > tail else (low, middle)
    return high


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function I_x(a, b)."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on one side of the mean only
        return 1 - incomplete_beta(b, a, 1 - x)
    logarithm = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    return math.exp(logarithm) * _fraction(a, b, x) / a


def _fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    c, d = 1.0, 1 / _nonzero(1 - (a + b) * x / (a + 1))
    value = d
    for step in range(1, _STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1))
        for term in (even, odd):
            d = 1 / _nonzero(1 + term * d)
            c = _nonzero(1 + term / c)
            value *= c * d
        if abs(c * d - 1) < _PRECISION:
            break
    return value


def _nonzero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
