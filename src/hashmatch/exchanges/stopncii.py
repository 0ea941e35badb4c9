"""StopNCII.org: hashes that people submitted of pictures of themselves."""

from collections.abc import Callable, Iterator
from typing import Any

from hashmatch.errors import ExchangeError
from hashmatch.exchanges.base import Checkpoint, Page, page_checkpoint, resume_token
from hashmatch.exchanges.http import SafeSession, checked_url, paginate
from hashmatch.exchanges.settings import Settings
from hashmatch.hashlists.jsonfields import parsed
from hashmatch.hashlists.stopncii import row_of

PAGE_SIZE = 800
MONTH = 30 * 24 * 3600

_EARLIEST = 10
"""Seconds since 1970: the earliest start that is asked for, as Meta's client does."""


class StopNcii:
    """StopNCII's hashes."""

    title = "StopNCII"
    needs = ("subscription_key", "function_key")
    stale_after = MONTH

    def __init__(self, settings: Settings, *, stop: Callable[[], bool] = lambda: False) -> None:
        """Use an account.

        Raises:
            ExchangeError: something is missing from the settings, or the extra is not installed.
        """
        url = checked_url(settings.get("url") or "https://api.stopncii.org/v1")
        self.origin = url
        keys = {
            "Ocp-Apim-Subscription-Key": settings.needed("subscription_key"),
            "x-functions-key": settings.needed("function_key"),
        }

        def authorize(request: Any) -> Any:  # noqa: ANN401 (requests has no types)
            request.headers.update(keys)
            return request

        self._session = SafeSession(self.title, url, authorize, stop=stop)

    def start(self, since: float) -> Checkpoint:
        """The checkpoint before all news since a time."""
        return {"since": max(_EARLIEST, int(since))}

    def pages(self, checkpoint: Checkpoint) -> Iterator[Page]:
        """All news since a checkpoint.

        The server says from which time the next fetch should start; only the last page's word
        counts, as records and times come in no order.
        """
        since, count = int(str(checkpoint["since"])), 1
        for answer, following in paginate(self._from(since), resume_token(checkpoint)):
            records = answer["hashRecords"]
            rows = [parsed(row_of, each, number) for number, each in enumerate(records, count)]
            count += len(rows)
            end = {"since": max(since, int(answer["nextSetTimestamp"]))}
            yield Page(rows, page_checkpoint(following, end, since=since))

    def _from(self, since: int) -> Callable[[str], tuple[dict[str, Any], str]]:
        def get(page: str) -> tuple[dict[str, Any], str]:
            options = {"startTimestamp": since, "pageSize": PAGE_SIZE}
            following = {"nextPageToken": page} if page else {}
            answer = self._session.get_json(f"{self.origin}/FetchHashes", {**options, **following})
            return self._checked(answer)

        return get

    def _checked(self, answer: Any) -> tuple[dict[str, Any], str]:  # noqa: ANN401 (untyped)
        """The answer and the token of the next page; never guessed to be the last."""
        try:
            more, token = answer["hasMoreRecords"], answer.get("nextPageToken") or ""
            right = (
                isinstance(more, bool)
                and isinstance(token, str)
                and isinstance(answer["nextSetTimestamp"], int)
                and isinstance(answer["hashRecords"], list)
                and bool(token if more else True)
            )
        except (KeyError, TypeError, AttributeError):
            right = False
        if not right:
            msg = f"{self.title} gave an answer that is no page of hashes"
            raise ExchangeError(msg)
        return answer, token if more else ""
