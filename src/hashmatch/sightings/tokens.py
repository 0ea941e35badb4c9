"""Keys in a token: a smart card or security module that signs and never gives its key away.

The token is named by a URI as RFC 7512 has it, with the module that speaks to it:
`pkcs11:token=lab;object=records?module-path=/usr/lib/softhsm/libsofthsm2.so`. `python-pkcs11` is
needed: `pip install '.[token]'`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from hashmatch.errors import SigningError
from hashmatch.wording import to_install

SCHEME: Final = "pkcs11:"
_LENGTH: Final = 32
_MODULE: Final = "module-path"


@dataclass(frozen=True, slots=True)
class Token:
    """A private key in a token.

    Attributes:
        attributes: of the URI, as `token` and `object`.
        pin: of the user.
        public: the public key, 32 bytes.
    """

    attributes: dict[str, str]
    pin: str = field(repr=False)
    public: bytes = b""

    def sign(self, message: bytes, /) -> bytes:
        """The signature of a message, 64 bytes.

        Raises:
            SigningError: the token refuses, or is no longer there.
        """
        import pkcs11

        with _session(self.attributes, self.pin) as session:
            key = _key(session, pkcs11.ObjectClass.PRIVATE_KEY, self.attributes)
            return bytes(key.sign(message, mechanism=pkcs11.Mechanism.EDDSA))


def signer(uri: str, pin: str) -> Token:
    """The key that a URI names; the token is asked once, so that a wrong name is found early.

    Raises:
        SigningError: the library is missing, or there is no such module, token or key.
    """
    attributes = parsed(uri)
    try:
        import pkcs11
    except ImportError:
        msg = f"python-pkcs11 is not installed: {to_install('token')}"
        raise SigningError(msg) from None
    with _session(attributes, pin) as session:
        _key(session, pkcs11.ObjectClass.PRIVATE_KEY, attributes)
        key = _key(session, pkcs11.ObjectClass.PUBLIC_KEY, attributes)
        point = bytes(key[pkcs11.Attribute.EC_POINT])
    # The point is 32 bytes, mostly within an octet string of DER.
    return Token(attributes, pin, point[-_LENGTH:])


def parsed(uri: str) -> dict[str, str]:
    """The attributes of a URI.

    >>> parsed("pkcs11:token=my%20lab;object=k?module-path=/usr/lib/a.so")
    {'token': 'my lab', 'object': 'k', 'module-path': '/usr/lib/a.so'}

    Raises:
        SigningError: it names no token, no key or no module.
    """
    path, _, query = uri.removeprefix(SCHEME).partition("?")
    pairs = (each.partition("=") for each in (*path.split(";"), *query.split("&")) if each)
    found = {name: unquote(value) for name, _, value in pairs}
    if missing := {"token", "object", _MODULE} - found.keys():
        msg = (
            f"the URI of the key lacks {', '.join(sorted(missing))}: "
            "pkcs11:token=NAME;object=NAME?module-path=FILE"
        )
        raise SigningError(msg)
    return found


@contextmanager
def _session(attributes: dict[str, str], pin: str) -> Iterator[Any]:
    import pkcs11

    try:
        token = pkcs11.lib(attributes[_MODULE]).get_token(token_label=attributes["token"])
        with token.open(user_pin=pin or None) as session:
            yield session
    except pkcs11.PKCS11Error as error:
        said = str(error) or type(error).__name__
        msg = f"the token {attributes['token']} cannot be used: {said}"
        raise SigningError(msg) from None
    except (OSError, RuntimeError) as error:
        msg = f"the module {attributes[_MODULE]} cannot be used: {error}"
        raise SigningError(msg) from None


def _key(session: Any, kind: Any, attributes: dict[str, str]) -> Any:  # noqa: ANN401 (of a library without types)
    return session.get_key(object_class=kind, label=attributes["object"])
