"""Triage: the files in which matches are likeliest are read first, and the rest later."""
