"""Exact Hamming range search over packed hashes: the only place that sees FAISS."""
