"""The report of circulation: what exhibits have in common, as one page for people."""
