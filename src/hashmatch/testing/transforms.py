"""The contract of groups of alterations, checked."""

from hashmatch.bench.transforms.base import Group, Transform
from hashmatch.demo import draw
from hashmatch.errors import UnreadableImageError
from hashmatch.hashing.items import hash_image
from hashmatch.testing.rules import expect

_DRAWN = 3


def check_transforms(group: Group) -> None:
    """Check a group of alterations, as its factory returns it.

    Each has a name and makes a picture that can be hashed, the same for the same generator; it
    changes neither the picture that it is given nor those that lie around.

    Args:
        group: what is checked.

    Raises:
        AssertionError: the first rule that does not hold, in words.
    """
    expect(bool(group), type(group).__name__, "has an alteration")
    given = [draw(seed) for seed in range(_DRAWN)]
    before = [each.tobytes() for each in given]
    for name, apply in group.items():
        expect(isinstance(name, str) and bool(name), repr(name), "is called by text")
        expect(callable(apply), name, "is a function")
        transform = Transform(name, "checked", apply)
        files = [transform.file(given[0], "one", given[1:]) for _ in range(2)]
        expect(files[0] == files[1], name, "makes the same copy of the same generator")
        same = before == [each.tobytes() for each in given]
        expect(same, name, "changes no picture that it is given")
        expect(_is_readable(files[0]), name, "makes a picture that can be hashed")


def _is_readable(file: bytes) -> bool:
    try:
        hash_image(file)
    except UnreadableImageError:
        return False
    return True
