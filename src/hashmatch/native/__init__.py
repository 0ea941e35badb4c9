"""Compiled kernels: the one library in C, and what passes arrays to it."""
