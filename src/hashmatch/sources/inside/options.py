"""How what lies in files of the evidence is read."""

from dataclasses import dataclass, field

from hashmatch.errors import check_type
from hashmatch.sources.inside.budget import InsideLimits


@dataclass(frozen=True, slots=True)
class Inside:
    """How what lies in files of the evidence is read.

    Attributes:
        limits: of what is read in one file.
        passwords: that are tried on what is encrypted.

    >>> Inside(InsideLimits(max_depth=2)).limits.max_depth
    2
    """

    limits: InsideLimits = field(default_factory=InsideLimits)
    passwords: tuple[str, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no password.

        Raises:
            TypeError: a value is of another type.
        """
        check_type(self.limits, InsideLimits, "limits are InsideLimits")
        check_type(self.passwords, tuple, "passwords are a tuple of texts")
        for each in self.passwords:
            check_type(each, str, "a password is text")
