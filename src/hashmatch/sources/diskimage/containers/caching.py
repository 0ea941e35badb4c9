"""What was made last, and may be wanted again."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

V = TypeVar("V")


class Cache(Generic[V]):
    """Values by number, of which those that were used last are kept."""

    def __init__(self, most: int) -> None:
        """Keep nothing yet.

        Args:
            most: values that are kept.
        """
        self._most = max(most, 1)
        self._values: OrderedDict[int, V] = OrderedDict()

    def get(self, number: int, make: Callable[[], V]) -> V:
        """The value; made where it is not kept."""
        value = self._values.get(number)
        if value is None:
            value = make()
            self._values[number] = value
            if len(self._values) > self._most:
                self._values.popitem(last=False)
        else:
            self._values.move_to_end(number)
        return value
