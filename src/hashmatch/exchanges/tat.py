"""Tech Against Terrorism's hash list."""

from collections.abc import Callable, Iterator
from typing import Any

from hashmatch.errors import ExchangeError
from hashmatch.exchanges.base import Checkpoint, Page
from hashmatch.exchanges.http import SafeSession, checked_url
from hashmatch.exchanges.settings import Settings
from hashmatch.hashlists.jsonfields import parsed
from hashmatch.hashlists.tat import row_of

_UNAUTHORISED = 401


class Tat:
    """Tech Against Terrorism's hashes, in the order in which they changed."""

    title = "Tech Against Terrorism"
    needs = ("user", "password")
    stale_after = None

    def __init__(self, settings: Settings, *, stop: Callable[[], bool] = lambda: False) -> None:
        """Use an account.

        Raises:
            ExchangeError: something is missing from the settings, or the extra is not installed.
        """
        self.origin = checked_url(settings.get("url") or "https://app.terrorismanalytics.org")
        self._account = {
            "username": settings.needed("user"),
            "password": settings.needed("password"),
            "resend": False,
        }
        self._token = ""
        self._session = SafeSession(self.title, self.origin, self._authorize, stop=stop)

    def _authorize(self, request: Any) -> Any:  # noqa: ANN401 (requests has no types)
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def start(self, since: float) -> Checkpoint:
        """The checkpoint before all news since a time."""
        return {"after": f"{since:.6f},0" if since else ""}

    def pages(self, checkpoint: Checkpoint) -> Iterator[Page]:
        """All news since a checkpoint: each page is what follows the last record of the one before.

        The server also names a next page by its offset; that is not used, as a record that
        changes meanwhile moves to the end and every offset after it.
        """
        after, count = str(checkpoint["after"]), 1
        while True:
            answer = self._page(after)
            records = answer["results"]
            rows = [parsed(row_of, each, number) for number, each in enumerate(records, count)]
            count += len(rows)
            following = str(answer.get("checkpoint") or after)
            yield Page(rows, {"after": following})
            if not answer["next"]:
                return
            if following == after:
                msg = f"{self.title} names the same page again as the next one"
                raise ExchangeError(msg)
            after = following

    def _page(self, after: str) -> dict[str, Any]:
        if self._token:
            try:
                return self._asked(after)
            except ExchangeError as error:
                if error.status != _UNAUTHORISED:
                    raise
            self._token = ""  # it lives for minutes only
        answer = self._session.post_form(f"{self.origin}/token-auth/tcap/", self._account)
        token = answer.get("token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            msg = f"{self.title} gave no token for this account"
            raise ExchangeError(msg)
        self._token = token
        return self._asked(after)

    def _asked(self, after: str) -> dict[str, Any]:
        options = {"order": "asc", "after": after}
        answer: dict[str, Any] = self._session.get_json(
            f"{self.origin}/api/hash-list/v2/all", options
        )
        if (
            not isinstance(answer, dict)
            or not isinstance(answer.get("results"), list)
            or "next" not in answer
        ):
            msg = f"{self.title} gave an answer that is no page of hashes"
            raise ExchangeError(msg)
        return answer
