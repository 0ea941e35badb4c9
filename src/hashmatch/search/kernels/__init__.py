"""Loops of the multi-index in C: the tables, and the searches in them."""
