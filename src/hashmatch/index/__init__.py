"""The index of known hashes: its files, what they hold, and how they change."""
