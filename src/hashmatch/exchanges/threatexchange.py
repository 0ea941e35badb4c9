"""Meta ThreatExchange: the indicators of a privacy group, with everybody's opinion of them."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from hashmatch.errors import ExchangeError
from hashmatch.exchanges.base import Checkpoint, Page, page_checkpoint, resume_token
from hashmatch.exchanges.http import SafeSession, checked_url, paginate
from hashmatch.exchanges.settings import Settings
from hashmatch.hashlists.jsonfields import parsed
from hashmatch.hashlists.threatexchange_json import row_of

PAGE_SIZE = 500
TOMBSTONES = 85 * 24 * 3600
"""Seconds for which the server tells of withdrawals: 90 days, less a margin."""

_DESCRIPTOR = (
    "id",
    "reactions",
    "my_reactions",
    "owner{id}",
    "tags",
    "status",
    "added_on",
    "last_updated",
    "confidence",
    "severity",
    "review_status",
    "share_level",
)
_FIELDS = (
    "id",
    "indicator",
    "type",
    "last_updated",
    "should_delete",
    f"descriptors{{{','.join(_DESCRIPTOR)}}}",
)
_TOKEN = "access_token"  # noqa: S105 (the name of a parameter)


class ThreatExchange:
    """The indicators of one privacy group.

    The description of a descriptor is free text, may name people, and is not asked for.
    """

    title = "ThreatExchange"
    needs = ("token", "group")
    stale_after = TOMBSTONES

    def __init__(self, settings: Settings, *, stop: Callable[[], bool] = lambda: False) -> None:
        """Use an account.

        Raises:
            ExchangeError: something is missing from the settings, or the extra is not installed.
        """
        url = checked_url(settings.get("url") or "https://graph.facebook.com/v26.0")
        self._token = settings.needed("token")
        self._group = settings.needed("group", "the number of a privacy group")
        if not self._group.isdecimal():
            msg = "the group of ThreatExchange is a number"
            raise ExchangeError(msg)
        # Not the whole address: it holds the version of the interface.
        self.origin = f"{urlsplit(url).netloc}/{self._group}"
        self._url = url
        self._session = SafeSession(self.title, url, self._authorize, stop=stop)

    def _authorize(self, request: Any) -> Any:  # noqa: ANN401 (requests has no types)
        request.prepare_url(request.url, {_TOKEN: self._token})
        return request

    def start(self, since: float) -> Checkpoint:
        """The checkpoint before all news since a time."""
        return {"since": int(since), "newest": int(since)}

    def pages(self, checkpoint: Checkpoint) -> Iterator[Page]:
        """All news since a checkpoint, up to the newest time that any record on them has."""
        since, count = int(str(checkpoint["since"])), 1
        newest = max(since, int(str(checkpoint["newest"])))
        for records, following in paginate(self._since(since), resume_token(checkpoint)):
            rows = [parsed(row_of, each, number) for number, each in enumerate(records, count)]
            count += len(rows)
            newest = max([newest, *map(_updated, records)])
            end = {"since": newest, "newest": newest}
            yield Page(rows, page_checkpoint(following, end, since=since, newest=newest))

    def _since(self, since: int) -> Callable[[str], tuple[list[Any], str]]:
        def get(page: str) -> tuple[list[Any], str]:
            base = urlsplit(self._url)
            if page:
                answer = self._session.get_json(f"{base.scheme}://{base.netloc}{page}")
            else:
                options = {"start_time": since, "limit": PAGE_SIZE, "fields": ",".join(_FIELDS)}
                url = f"{self._url}/{int(self._group)}/threat_updates/"
                answer = self._session.get_json(url, options)
            try:
                records = answer["data"]
                following = answer.get("paging", {}).get("next") or ""
            except (KeyError, TypeError, AttributeError):
                records = following = None
            if not isinstance(records, list) or not isinstance(following, str):
                msg = f"{self.title} gave an answer that is no page of indicators"
                raise ExchangeError(msg)
            return records, self._without_token(following)

        return get

    def _without_token(self, url: str) -> str:
        """What of the next page's address is kept: not the server, and not the token in it."""
        if not url:
            return ""
        parts = urlsplit(url)
        base = urlsplit(self._url)
        if (parts.scheme, parts.netloc) != (base.scheme, base.netloc):
            msg = f"{self.title} redirects to another server ({parts.hostname}): not followed"
            raise ExchangeError(msg)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        return f"{parts.path}?{urlencode([pair for pair in pairs if pair[0] != _TOKEN])}"


def _updated(record: Any) -> int:  # noqa: ANN401 (whatever was sent)
    """The time at which an indicator changed; 0 where that cannot be read."""
    try:
        return int(record["last_updated"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return 0
