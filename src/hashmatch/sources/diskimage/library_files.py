"""A volume as the libyal libraries read it."""

import io

from hashmatch.errors import Reason, UnreadableError
from hashmatch.sources.diskimage.base import Bytes


class LibraryFile:
    """A volume with the methods that these libraries call.

    Attributes:
        fault: why the volume could not be read last; None where it could.
    """

    def __init__(self, volume: Bytes) -> None:
        """Begin at its first byte."""
        self._volume, self._place = volume, 0
        self.fault: UnreadableError | None = None

    def read(self, size: int = -1) -> bytes:
        """Bytes from the present place on.

        Raises:
            OSError: they cannot be read; `fault` says why.
        """
        try:
            data = self._volume.pread(self._place, size)
        except UnreadableError as error:
            # An exception that is no OSError must not pass through the library.
            self.fault = error
            raise OSError(str(error)) from None
        except OSError as error:
            self.fault = UnreadableError(Reason.IO_ERROR, error.strerror or str(error))
            raise
        self._place += len(data)
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, which is returned."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._volume.size}[whence]
        self._place = base + offset
        return self._place

    def tell(self) -> int:
        """The present place."""
        return self._place

    def get_size(self) -> int:
        """Bytes of the volume."""
        return self._volume.size
