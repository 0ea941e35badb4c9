"""Matching of items with entries: pictures by near hashes, videos by frames in order of time."""
