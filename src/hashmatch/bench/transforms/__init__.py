"""Alterations of pictures, as people make them: what a copy of a known picture may look like."""
