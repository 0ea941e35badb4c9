"""What each feature of `features` adds to the logarithm of the odds, as fitted.

    python -m benchmarks.circulation_origin --fit

prints these tables: the likeliest weights on worlds of seeds that nothing is measured on, pulled
towards 0. A weight below 0 speaks against a copy as the one nearest to the source, or as a parent.
"""

from typing import Final

OF_COPY: Final = {
    "smaller": -0.51,
    "less-detail": -1.95,
    "enlarged": -1.26,
    "resaved": -0.32,
    "coarser": -1.40,
    "thinner": -2.98,
    "no-camera": -2.13,
    "common-tables": -3.15,
    "jfif": -2.93,
    "recoded": 0.00,
    "messenger-name": -0.03,
    "part": -10.00,
    "changed": -0.43,
    "other-size": -0.94,
    "turned": 0.00,
    "later": -1.23,
}

OF_PAIR: Final = {
    "nearer-source": -0.03,
    "distance": -1.18,
    "child-larger": -0.21,
    "child-smaller": 0.23,
    "same-size": 0.57,
    "more-detail": -0.74,
    "finer": -0.23,
    "camera-lost": -0.08,
    "camera-gained": -0.51,
    "other-camera": 0.11,
    "turned": -1.41,
    "other-shape": -0.07,
    "before": -0.66,
    "after": 0.48,
    "same-tables": -0.03,
    "whole-of-part": -10.00,
    "in-between": -0.54,
    "detail-gap": -0.53,
    "same-camera": 1.35,
}

ALONE: Final = {
    "alone": 0.45,
    "alone-nearest": 0.96,
    "alone-distance": 0.63,
}

LAPSES: Final = 0.090
"""The share of copies that were made from one ranked behind them, against the rule."""
