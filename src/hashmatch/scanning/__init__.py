"""Evidence × lists: walk, hash, match, count."""
