"""Meta ThreatExchange: the indicators of a privacy group, with everybody's opinion of them."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from hashmatch.errors import ExchangeError, HashFormatError
from hashmatch.exchanges.base import Checkpoint, Page, page_checkpoint, resume_token
from hashmatch.exchanges.http import SafeSession, checked_url, paginate
from hashmatch.exchanges.records import Fingerprints, fields, needed, read_as, said, text_of
from hashmatch.exchanges.settings import Settings
from hashmatch.hashlists.base import Quarantined, Row, Withdrawn
from hashmatch.hashlists.values import truth

SCHEME = "ThreatExchange"
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
_HARMLESS = "NON_MALICIOUS"
_TAKEN = ("id", "indicator", "should_delete")
_VALUES = {
    "HASH_MD5": "md5",
    "HASH_VIDEO_MD5": "md5",
    "HASH_SHA1": "sha1",
    "HASH_SHA256": "sha256",
    "HASH_PDQ": "pdq",
    "HASH_TMK": "tmk-pdqf",
    "HASH_PHOTODNA": "photodna",
}


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
        since, number = int(str(checkpoint["since"])), 0
        newest = max(since, int(str(checkpoint["newest"])))
        for records, following in paginate(self._since(since), resume_token(checkpoint)):
            rows: list[Row] = []
            for record in records:
                number += 1
                rows += rows_of(record, number)
                newest = max(newest, _updated(record))
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
            msg = f"{self.title} leads to another server ({parts.hostname}): not followed"
            raise ExchangeError(msg)
        pairs = parse_qsl(parts.query, keep_blank_values=True)
        return f"{parts.path}?{urlencode([pair for pair in pairs if pair[0] != _TOKEN])}"


def rows_of(record: Any, number: int) -> Iterator[Row]:  # noqa: ANN401 (whatever was sent)
    """What an update says of one indicator; it replaces all that was said of it before."""
    found = Fingerprints()
    try:
        entry = needed(record, "id")
        # An indicator without descriptors is gone, whatever should_delete says: issue 834 there.
        if truth(fields(record).get("should_delete")) or not _opinions(record):
            yield Withdrawn(entry, number)
            return
        kind = read_as(needed(record, "type").upper(), _VALUES, "of no type of hash that is known")
        found.add(kind, needed(record, "indicator"))
        statuses = {text_of(each, "status") for each in _opinions(record)}
    except HashFormatError as error:
        yield Quarantined(number, str(error))
        return
    yield from found.rows(
        number,
        entry=entry,
        scheme=SCHEME,
        # Verbatim, so only if all say the same; what each says is in the details.
        category=min(statuses) if len(statuses) == 1 else "",
        known_good=statuses == {_HARMLESS},
        details=said(record, _TAKEN),
    )


def _opinions(record: Any) -> list[Any]:  # noqa: ANN401 (whatever was sent)
    """The descriptors of an indicator."""
    descriptors = fields(record.get("descriptors") or {}).get("data") or []
    if not isinstance(descriptors, list):
        msg = "the descriptors of the record are no list"
        raise HashFormatError(msg)
    return descriptors


def _updated(record: Any) -> int:  # noqa: ANN401 (whatever was sent)
    """When an indicator changed; 0 where that cannot be read."""
    try:
        return int(needed(record, "last_updated"))
    except (HashFormatError, ValueError):
        return 0
