"""Compiled loops of the multi-index: the only place that sees Numba; loaded by the first search."""
