"""Files of the system: regular ones, digests of them, and our own, written whole."""
