"""What was seen where, on record: one SQLite file."""
