"""How the search tables of an index are laid out."""

from hashmatch.errors import Choice


class Layout(Choice):
    """How the tables of an index are laid out."""

    INLINE = "inline"
    """With signatures: 20 bytes per code and chunk."""
    COMPACT = "compact"
    """Without: 4 bytes, and slower."""
