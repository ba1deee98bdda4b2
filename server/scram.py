r"""SCRAM-SHA-256: passwords to stored keys, and the server's side of a login.

A verifier is what is kept of a password: salt, iterations, StoredKey, ServerKey. With it a login can be
checked and none can be made. Its text is PostgreSQL's,

    SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>

so that clients may compute it themselves and send it in place of the password (psql's \password does).

A login of a user who does not exist, or has no password, goes the same way with a verifier that nothing
can satisfy, and fails at the same step with the same words.

Source: RFC 5802, RFC 7677; PostgreSQL manual, "SASL Authentication"; PostgreSQL's auth-scram.c.
"""

import base64
import binascii
import hashlib
import hmac
import os
import re
from dataclasses import dataclass, field
from typing import Final, Self

from scramp import ScramException, ScramMechanism
from scramp.core import ScramServer
from scramp.utils import ServerError, saslprep

from protocol.errors import InvalidMessage
from protocol.frontend_messages import SASLInitialResponse
from protocol.sqlstate import SqlState

MECHANISM: Final = "SCRAM-SHA-256"
MECHANISM_PLUS: Final = "SCRAM-SHA-256-PLUS"
# PostgreSQL's SCRAM_SHA_256_DEFAULT_ITERATIONS, which RFC 7677 asks for at least.
ITERATIONS: Final = 4096
# The most that we do for a verifier that somebody else computed; a client has to do as much at each login.
_MOST_ITERATIONS: Final = 10_000_000
_SALT_BYTES: Final = 16
_LEAST_SALT_BYTES: Final = 12
_KEY_BYTES: Final = 32
_BINDING: Final = "tls-server-end-point"
_VERIFIER: Final = re.compile(r"SCRAM-SHA-256\$([1-9]\d{0,9}):([\w+/=]+)\$([\w+/=]+):([\w+/=]+)", re.ASCII)
# The first two fields of a client's first message, and the name, which is ignored as in PostgreSQL: the
# startup packet has said it.
_CLIENT_FIRST: Final = re.compile(r"(?P<gs2>[^,]*,[^,]*,)n=(?P<name>[^,]*)(?P<rest>,.*)", re.DOTALL)


class LoginFailed(Exception):
    """The proof was wrong, or there is nothing that it could prove."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """What is kept of a password. Only the salt and the number of iterations may be shown."""

    salt: bytes
    iterations: int
    stored_key: bytes = field(repr=False)
    server_key: bytes = field(repr=False)

    @classmethod
    def derive(cls, password: str, *, salt: bytes | None = None, iterations: int = ITERATIONS) -> Self:
        """That of a password; takes about a millisecond for every 4,096 iterations."""
        salt = os.urandom(_SALT_BYTES) if salt is None else salt
        salted = hashlib.pbkdf2_hmac("sha256", _prepare(password).encode(), salt, iterations)
        client_key = hmac.digest(salted, b"Client Key", "sha256")
        server_key = hmac.digest(salted, b"Server Key", "sha256")
        return cls(salt, iterations, hashlib.sha256(client_key).digest(), server_key)

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The verifier that `text` is, or None: then it is a password."""
        match = _VERIFIER.fullmatch(text)
        if match is None:
            return None
        try:
            salt, stored_key, server_key = (base64.b64decode(part, validate=True) for part in match.groups()[1:])
        except (binascii.Error, ValueError):
            return None
        iterations = int(match[1])
        if len(stored_key) != _KEY_BYTES or len(server_key) != _KEY_BYTES:
            return None
        if len(salt) < _LEAST_SALT_BYTES or not ITERATIONS <= iterations <= _MOST_ITERATIONS:
            return None
        return cls(salt, iterations, stored_key, server_key)

    @classmethod
    def mock(cls, secret: bytes, user: str) -> Self:
        """One that nobody can satisfy. The same for the same name, as a real user's would be.

        Args:
            secret: bytes that only the server knows, the same after every restart.
        """
        salt = hmac.digest(secret, user.encode(), "sha256")[:_SALT_BYTES]
        return cls(salt, ITERATIONS, os.urandom(_KEY_BYTES), os.urandom(_KEY_BYTES))

    def format(self) -> str:
        salt, stored_key, server_key = (
            base64.b64encode(part).decode() for part in (self.salt, self.stored_key, self.server_key)
        )
        return f"{MECHANISM}${self.iterations}:{salt}${stored_key}:{server_key}"


class ScramLogin:
    """One login: `mechanisms` go out, `begin` answers the client's first message, `finish` its proof.

    Args:
        verifier: the user's, or a mock.
        end_point: our certificate's hash where the conversation is encrypted; offers channel binding.
    """

    def __init__(self, verifier: Verifier, *, end_point: bytes | None) -> None:
        self.mechanisms = (MECHANISM,) if end_point is None else (MECHANISM_PLUS, MECHANISM)
        self._verifier = verifier
        self._binding = None if end_point is None else (_BINDING, end_point)
        self._server: ScramServer | None = None

    def begin(self, body: bytes) -> bytes:
        """The answer to a SASLInitialResponse; empty when the client has yet to send its first data.

        Raises:
            InvalidMessage: it breaks SASL or SCRAM, or names a mechanism that was not offered.
            LoginFailed: it cannot lead to a login.
        """
        if self._server is None:
            message = SASLInitialResponse.decode(body)
            if message.mechanism not in self.mechanisms:
                raise InvalidMessage("client selected an invalid SASL authentication mechanism")
            self._server = ScramMechanism(message.mechanism).make_server(self._find_keys, self._binding)
            if message.data is None:
                return b""
            body = message.data
        return self._begin(self._server, body)

    def finish(self, body: bytes) -> bytes:
        """The answer to the client's proof, which was right.

        Raises:
            InvalidMessage, LoginFailed
        """
        assert self._server is not None, "begin comes first"  # noqa: S101  a fault of ours
        text = _decode(body)
        try:
            self._server.set_client_final(text)
            final: str = self._server.get_server_final()
        except ScramException as error:
            raise _final_error(error) from error
        return final.encode()

    @property
    def begun(self) -> bool:
        """Whether the next message is the proof."""
        return self._server is not None and self._server.nonce is not None

    def _begin(self, server: ScramServer, body: bytes) -> bytes:
        text = _decode(body)
        match = _CLIENT_FIRST.fullmatch(text)
        if match is None:
            raise InvalidMessage("malformed SCRAM message")
        if match["gs2"].startswith("p=") and not server.m.use_binding:
            raise InvalidMessage("malformed SCRAM message")
        if match["gs2"].startswith("y") and self._binding is not None:
            # The client could bind but was not offered to: somebody between us took the offer away.
            raise InvalidMessage(
                "SCRAM channel binding negotiation error", sqlstate=SqlState.INVALID_AUTHORIZATION_SPECIFICATION
            )
        bare = text[len(match["gs2"]) :]
        try:
            # libpq leaves the name empty, as PostgreSQL ignores it, but scramp refuses that. So it gets
            # another one to read, and the message as it was to compute the proof over.
            server.set_client_first(f"{match['gs2']}n=*{match['rest']}")
            server.client_first_bare = bare
            first: str = server.get_server_first()
        except ScramException as error:
            raise InvalidMessage("malformed SCRAM message") from error
        return first.encode()

    def _find_keys(self, _: str) -> tuple[bytes, bytes, bytes, int]:
        each = self._verifier
        return each.salt, each.stored_key, each.server_key, each.iterations


def _final_error(error: ScramException) -> Exception:
    match error.server_error:
        case ServerError.INVALID_PROOF:
            return LoginFailed()
        case ServerError.CHANNEL_BINDINGS_DONT_MATCH:
            return InvalidMessage(
                "SCRAM channel binding check failed", sqlstate=SqlState.INVALID_AUTHORIZATION_SPECIFICATION
            )
        case _:
            return InvalidMessage("malformed SCRAM message")


def _prepare(password: str) -> str:
    """SASLprep, or as PostgreSQL does, the password as it is when that forbids a character of it."""
    try:
        prepared: str = saslprep(password)
    except ScramException:
        return password
    return prepared


def _decode(body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError as error:
        raise InvalidMessage("malformed SCRAM message") from error
