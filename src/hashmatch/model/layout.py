"""How the search tables of an index are laid out."""

from hashmatch.errors import Choice


class Layout(Choice):
    """How the tables of an index are laid out."""

    INLINE = "inline"
    """Tables with signatures: 20 bytes per code and chunk."""
    COMPACT = "compact"
    """Tables without signatures: 4 bytes, and slower."""
