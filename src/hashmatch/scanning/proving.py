"""Index files are proven while a scan goes on: a large index does not hold it up."""

from threading import Thread

from hashmatch.matching.matcher import Matcher


class IndexProof:
    """The proof that the files of all indexes are as they were written.

    Small files were proven when they were opened; for large ones a thread reads them, and compares
    their SHA-256, their entries and all that searches them. It ends with the process.
    """

    def __init__(self, matcher: Matcher, *, anew: bool) -> None:
        """Start it.

        Args:
            matcher: what is searched.
            anew: also where the matcher proves what was not proven before: what goes on record was
                proven by the same scan.
        """
        self._matcher = matcher
        self._error: BaseException | None = None
        self._thread: Thread | None = None
        proven = all(part.segment.is_proven for known in matcher.lists for part in known.parts)
        if not proven and (anew or not matcher.proves):
            self._thread = Thread(target=self._prove, name="index proof", daemon=True)
            self._thread.start()

    @property
    def is_pending(self) -> bool:
        """Whether `finish` would have to wait for files that are still read."""
        return self._thread is not None and self._thread.is_alive()

    def check(self) -> None:
        """Nothing, if nothing wrong was found so far.

        Raises:
            DamagedIndexError: a file is not as it was written.
        """
        if self._error is not None:
            raise self._error

    def finish(self) -> None:
        """Wait until everything is proven, and no file was changed meanwhile.

        Raises:
            DamagedIndexError: a file is not as it was written, or was changed.
        """
        if self._thread is not None:
            self._thread.join()
        self.check()
        self._matcher.prove_once()
        self._matcher.confirm()

    def _prove(self) -> None:
        try:
            self._matcher.prove()
        except BaseException as error:  # noqa: BLE001 (raised by whoever asks)
            self._error = error
