"""What a shell offers as the value of an option."""

from collections.abc import Callable, Iterable

from hashmatch import registry


def one_of(*words: str) -> Callable[[str], list[str]]:
    """Offers these words.

    >>> one_of("strict", "default")("s")
    ['strict']
    """
    return _offered(lambda: words)


def registered(kind: str, ending: str = "") -> Callable[[str], list[str]]:
    """Offers the names of a kind of extension, those of other packages too.

    Args:
        kind: as the registry calls it.
        ending: what is written behind each.
    """
    return _offered(lambda: (name + ending for name in registry.names(kind)))


def _offered(words: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return [each for each in words() if each.startswith(incomplete)]

    return complete
