"""What an account needs: from the environment or a file of the user's own, never from arguments."""

import os
import stat
import tomllib
from collections.abc import Mapping
from pathlib import Path

from hashmatch.errors import ExchangeError
from hashmatch.files.regular import buffered, open_regular

DEFAULT = Path("~/.config/hashmatch/credentials.toml")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Settings:
    """The settings of one exchange. They print as their names only."""

    def __init__(self, exchange: str, values: Mapping[str, str], *, path: Path = DEFAULT) -> None:
        """Keep these values; `read_settings` finds them."""
        self._exchange, self._values, self._path = exchange, dict(values), path

    def __repr__(self) -> str:
        return f"<Settings {self._exchange}: {', '.join(sorted(self._values))}>"

    def get(self, name: str) -> str:
        """A setting; empty if it is missing."""
        return self._values.get(name, "")

    def needed(self, name: str, what: str = "") -> str:
        """A setting that must be there.

        Args:
            name: of it.
            what: what it is, where the name does not say.

        Raises:
            ExchangeError: it is missing; the message says where it may stand.
        """
        if value := self.get(name):
            return value
        msg = (
            f"{self._exchange} needs {name}{f' ({what})' if what else ''}: set "
            f'{_variable(self._exchange, name)}, or write {name} = "…" under '
            f"[{self._exchange}] in {self._path}"
        )
        raise ExchangeError(msg)


def read_settings(
    exchange: str,
    *,
    path: Path | None = None,
    given: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """The settings of an exchange: given ones first, then a named file, the environment, the rest.

    Args:
        exchange: its name, which is the section of the file.
        path: of a TOML file; `DEFAULT` is looked at if None, and may be missing.
        given: what is no secret and was said elsewhere, as the address.
        environment: variables as `HASHMATCH_NCMEC_USER`; the process's own by default.

    Raises:
        ExchangeError: the file cannot be read, others may read it, or it is no such file.
    """
    prefix = _variable(exchange, "")
    variables = os.environ if environment is None else environment
    from_environment = {
        name.removeprefix(prefix).lower(): value
        for name, value in variables.items()
        if name.startswith(prefix) and value
    }
    file = path or DEFAULT.expanduser()
    from_file = _section(file, exchange) if path or file.exists() else {}
    found = {**from_environment, **from_file} if path else {**from_file, **from_environment}
    found |= {name: value for name, value in (given or {}).items() if value}
    return Settings(exchange, {k: _sendable(k, v) for k, v in found.items()}, path=path or DEFAULT)


def _variable(exchange: str, name: str) -> str:
    return f"HASHMATCH_{exchange}_{name}".upper()


def _section(path: Path, exchange: str) -> dict[str, str]:
    try:
        # Looked at after it was opened: no other file can take its place in between.
        with buffered(open_regular(path)) as file:
            mode = os.fstat(file.fileno()).st_mode
            data = file.read() if os.name == "nt" or not mode & _OTHERS else None
    except OSError as error:
        problem = str(error.strerror)
    else:
        if data is not None:
            return _parsed(path, data, exchange)
        problem = f"other users may read it: chmod 600 {path}"
    msg = f"the credentials in {path} cannot be used: {problem}"
    raise ExchangeError(msg)


def _parsed(path: Path, data: bytes, exchange: str) -> dict[str, str]:
    try:
        section = tomllib.loads(data.decode()).get(exchange, {})
    except ValueError:
        section = None
    # Out here, so that the exception has no context that holds a line of the file.
    if not isinstance(section, dict):
        msg = f"{path} is not TOML with a section [{exchange}]"
        raise ExchangeError(msg)
    if wrong := [name for name, value in section.items() if not isinstance(value, str | int)]:
        msg = f"{path}: {wrong[0]} of [{exchange}] is not a text"
        raise ExchangeError(msg)
    return {name: str(value) for name, value in section.items()}


def _sendable(name: str, value: str) -> str:
    """The value without spaces around it; what cannot stand in a header is refused here.

    The HTTP library would refuse it with a message that quotes it.
    """
    value = value.strip()
    if not value.isprintable():
        msg = f"{name} holds a character that cannot be sent"
        raise ExchangeError(msg)
    return value
