"""What a scan would read, listed before it: nothing is decoded, and nothing goes on record."""
