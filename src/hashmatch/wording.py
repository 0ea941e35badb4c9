"""Numbers of things in words, and what installs an extra."""


def number_of(count: int, one: str, many: str = "") -> str:
    """A number of things, in words.

    >>> number_of(1, "file"), number_of(2_000, "entry", "entries")
    ('1 file', '2,000 entries')
    """
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def to_install(extra: str) -> str:
    """What installs an extra; hashmatch itself is in no package index.

    >>> to_install("docs")
    "pip install '.[docs]' in hashmatch's folder"
    """
    return f"pip install '.[{extra}]' in hashmatch's folder"
