"""Registering of what extends hashmatch in this process, each kind typed."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol, overload

from hashmatch import registry
from hashmatch.exchanges.base import Exchange
from hashmatch.exchanges.settings import Settings
from hashmatch.hashers.base import Hasher
from hashmatch.hashlists.base import ListFormat
from hashmatch.reports.base import Report
from hashmatch.sources.base import SourceKind

if TYPE_CHECKING:
    from hashmatch.bench.transforms.base import Group
    from hashmatch.exports.base import Export


class ExchangeKind(Protocol):
    """What opens an exchange, as a class does."""

    def __call__(self, settings: Settings, /, *, stop: Callable[[], bool]) -> Exchange:
        """Open it.

        Args:
            settings: the account, and which collection.
            stop: asked while a server has us wait; whether to give up.
        """
        ...


@overload
def register(kind: Literal["hashers"], name: str, *, factory: Callable[[], Hasher]) -> None: ...
@overload
def register(kind: Literal["lists"], name: str, *, factory: Callable[[], ListFormat]) -> None: ...
@overload
def register(kind: Literal["reports"], name: str, *, factory: Callable[[], Report]) -> None: ...
@overload
def register(kind: Literal["sources"], name: str, *, factory: SourceKind) -> None: ...
@overload
def register(kind: Literal["exchanges"], name: str, *, factory: ExchangeKind) -> None: ...
@overload
def register(kind: Literal["exports"], name: str, *, factory: "Callable[[], Export]") -> None: ...
@overload
def register(kind: Literal["transforms"], name: str, *, factory: "Callable[[], Group]") -> None: ...
def register(kind: str, name: str, *, factory: Any) -> None:
    """Make a hasher, source, list format, exchange, report, export or alterations available.

    In this process it comes before one of the same name that is installed, or ours. Packages are
    found by their entry points in the group `hashmatch.<kind>` and need not call this.

    Args:
        kind: `hashers`, `sources`, `lists`, `exchanges`, `reports`, `exports` or `transforms`.
        name: what it is called; for hashers, the algorithm.
        factory: makes it, without arguments; a source is made with the path of the evidence, an
            exchange with its settings. It is checked when it is first used.

    Raises:
        UnknownNameError: there is no such kind.
    """
    registry.register(kind, name, factory)
