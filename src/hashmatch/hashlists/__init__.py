"""What publishers hand out, read into entries: one file per format."""
