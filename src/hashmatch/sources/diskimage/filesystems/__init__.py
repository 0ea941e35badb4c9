"""File systems on volumes: the files that they list, also deleted ones, and their bytes."""
