"""Evidence bytes to pixels: the only place that sees Pillow, PyAV and the other decoders."""
