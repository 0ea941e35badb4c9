"""What files are by their first bytes: one table of each kind of file, for all who ask."""
