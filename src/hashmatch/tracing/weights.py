"""What each feature of `features` adds to the logarithm of the odds, as fitted.

    python -m benchmarks.circulation_origin --fit

prints these tables: the likeliest weights on worlds of seeds that nothing is measured on, pulled
towards 0. A weight below 0 speaks against a copy as the one nearest to the source, or as a parent.
"""

from typing import Final

OF_COPY: Final = {
    "smaller": -0.71,
    "less-detail": -1.64,
    "enlarged": -1.33,
    "resaved": -0.12,
    "coarser": -1.22,
    "thinner": -2.84,
    "no-camera": -2.13,
    "common-tables": -3.72,
    "jfif": -2.39,
    "recoded": 0.00,
    "messenger-name": -0.90,
    "part": -4.00,
    "changed": 0.00,
    "other-size": -1.13,
    "turned": -0.19,
    "later": -1.54,
}

OF_PAIR: Final = {
    "nearer-source": 0.09,
    "distance": -0.87,
    "child-larger": -0.11,
    "child-smaller": 0.29,
    "same-size": 0.55,
    "more-detail": -0.38,
    "finer": 0.07,
    "camera-lost": -0.37,
    "camera-gained": -0.48,
    "other-camera": -0.53,
    "turned": -1.57,
    "other-shape": -0.13,
    "before": -0.58,
    "after": 0.44,
    "same-tables": -0.13,
    "whole-of-part": -4.00,
    "in-between": -0.75,
    "detail-gap": -0.09,
    "same-camera": 0.84,
}

ALONE: Final = {
    "alone": 0.67,
    "alone-nearest": 0.88,
    "alone-distance": 0.78,
}

LAPSES: Final = 0.072
"""The share of copies that were made from one ranked behind them, against the rule."""
