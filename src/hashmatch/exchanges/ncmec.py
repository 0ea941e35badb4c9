"""NCMEC hash sharing, version 2: XML, ranges of time, pages in no order."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from hashmatch.errors import ExchangeError, ListFormatError
from hashmatch.exchanges.base import Checkpoint, Page, page_checkpoint, resume_token
from hashmatch.exchanges.http import SafeSession, basic, checked_url, paginate
from hashmatch.exchanges.settings import Settings
from hashmatch.hashlists.base import Row
from hashmatch.hashlists.ncmec import read_answer

DATABASES = (
    "https://report.cybertip.org/hashsharing",
    "https://report.cybertip.org/exploitative-hashsharing",
    "https://lesp.ncmec.org/csam-hashsharing",
    "https://hashsharing.ncmec.org/npo",
    "https://hashsharing.ncmec.org/exploitative",
    "https://hashsharing.ncmec.org/generative-ai-csam",
    "https://hashsharing.ncmec.org/generative-ai-exploitative",
    "https://exttest.cybertip.org/hashsharing",
    "https://exttest.cybertip.org/exploitative-hashsharing",
    "https://betalesp.ncmec.org/csam-hashsharing",
    "https://hashsharing-test.ncmec.org/npo",
    "https://hashsharing-test.ncmec.org/exploitative",
    "https://hashsharing-test.ncmec.org/generative-ai-csam",
    "https://hashsharing-test.ncmec.org/generative-ai-exploitative",
)
"""Which one an account may read depends on who has it; the second half is for trials."""
SETTLED = 60
"""Seconds before now at which a range ends: what is being written meanwhile comes next time."""

_VERSION = "v2"
_OVERLAP = 1
"""Seconds that ranges share: nothing says whether their ends belong to them."""


class Ncmec:
    """The hashes of one of NCMEC's databases.

    Large fingerprints (TMK+PDQF, Videntifier), which NCMEC links to, are not downloaded: hundreds
    of kB each, and nothing here compares them; the link is kept.
    """

    title = "NCMEC hash sharing"
    needs = ("user", "password", "url")
    stale_after = None

    def __init__(self, settings: Settings, *, stop: Callable[[], bool] = lambda: False) -> None:
        """Use an account.

        Raises:
            ExchangeError: something is missing from the settings, or the extra is not installed.
        """
        known = "\n  ".join(DATABASES)
        url = checked_url(settings.needed("url", f"one of NCMEC's databases:\n  {known}"))
        self.origin = url
        account = basic(settings.needed("user"), settings.needed("password"))
        self._session = SafeSession(self.title, url, account, stop=stop)
        self._count = 0

    def start(self, since: float) -> Checkpoint:
        """The checkpoint before all news since a time."""
        return {"since": int(since)}

    def pages(self, checkpoint: Checkpoint) -> Iterator[Page]:
        """All news since a checkpoint: ranges of time, each read to its end before it counts.

        While a range is read, its start and end stay the same, and its pages are in no order.
        """
        self._session.get(f"{self.origin}/{_VERSION}/status")  # tells the server's time
        target, self._count = int(self._session.server_time) - SETTLED, 0
        since = int(str(checkpoint["since"]))
        until, token = int(str(checkpoint.get("until") or target)), resume_token(checkpoint)
        while since < until:
            for rows, following in paginate(self._range(since, until), token):
                end = {"since": until}
                yield Page(rows, page_checkpoint(following, end, since=since, until=until))
            since, until, token = until, target, ""

    def _range(self, since: int, until: int) -> Callable[[str], tuple[list[Row], str]]:
        times = {"from": _date(max(0, since - _OVERLAP)), "to": _date(until)}

        def get(page: str) -> tuple[list[Row], str]:
            if page:
                content = self._session.get(self.origin + page)
            else:
                content = self._session.get(f"{self.origin}/{_VERSION}/entries", times)
            try:
                answer = read_answer(content, self._count)
            except ListFormatError as error:
                problem = str(error)
            else:
                if answer.following[:1] in ("", "/"):
                    self._count += answer.count
                    return answer.rows, answer.following
                problem = "its next page is no path"
            msg = f"{self.title} gave an answer that cannot be understood: {problem}"
            raise ExchangeError(msg)

        return get


def _date(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
