"""From a startup packet to a session: who logs in, where, and with which run-time parameters.

Laws:
- Nothing that depends on the catalog is told before the client has shown who it is: with SCRAM, a user
  who does not exist fails as one with a wrong password does.
- What is wrong ends the conversation; there is no second try on it.

Source: PostgreSQL manual, "Message Flow", start-up, and "Client Authentication"; PostgreSQL's
ProcessStartupPacket, ClientAuthentication and InitPostgres.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

import structlog

from protocol.backend import Backend
from protocol.backend_messages import (
    AuthenticationOk,
    AuthenticationSASL,
    AuthenticationSASLContinue,
    AuthenticationSASLFinal,
    BackendKeyData,
)
from protocol.frontend_messages import PasswordMessage
from protocol.startup_messages import StartupMessage
from server.access import Access
from server.admission import Method
from server.catalog.privileges import find_authority
from server.engine import Engine, Peer
from server.errors import Condition, OdpsError
from server.executor import Executor
from server.output import Outbox
from server.parameters import parse_boolean
from server.scram import LoginFailed, ScramLogin
from server.session import Session
from server.tls import TlsChannel
from server.users import find_verifier

_log = structlog.get_logger("modeld")

# What the packet holds besides run-time parameters.
_NOT_PARAMETERS = ("user", "database", "options", "replication")
_OPTION = re.compile(r"(?:-c\s*|--)(?P<name>[^=\s]+)=(?P<value>.*)", re.DOTALL)
_OPTION_WORD = re.compile(r"(?:\\.|[^\\\s])+", re.DOTALL)


class Login:
    """One client's way in: `queue`, then `begin`, then `answer` to each message until there is a session.

    Each of them raises OdpsError (or RemoteProtocolError, for a message that is not what was asked for)
    when the client is not admitted; that is fatal, whatever the condition's severity.

    Args:
        peer: where the client is.
        tls: the conversation's TLS, None when it is in clear.
    """

    def __init__(
        self,
        engine: Engine,
        access: Access,
        message: StartupMessage,
        backend: Backend,
        outbox: Outbox,
        key: BackendKeyData,
        *,
        peer: Peer,
        tls: TlsChannel | None,
    ) -> None:
        self._given = message.as_dict()
        self.user = self._given["user"]
        self.admitted = False
        self._engine = engine
        self._access = access
        self._backend = backend
        self._outbox = outbox
        self._key = key
        self._peer = peer if tls is None else replace(peer, encryption=tls.describe())
        self._address = peer.address[0] or ""
        self._tls = tls
        self._scram: ScramLogin | None = None

    def queue(self) -> float:
        """Seconds to wait before `begin`, for failures of the same address and user before."""
        self._access.admission.check_login()
        self._check_channel()
        if self._access.method is Method.TRUST:
            return 0.0
        return self._access.admission.pause(self._address, self.user)

    def begin(self) -> Session | None:
        """Admit the client, or ask it who it is."""
        negotiation = self._backend.negotiation()
        if negotiation is not None:
            self._outbox.write(self._backend.send(negotiation))
        if self._access.method is Method.TRUST:
            return self._admit()
        verifier = find_verifier(self._engine.keyring, self._engine.committer.catalog, self.user)
        end_point = None if self._tls is None else self._tls.certificates.end_point
        self._scram = ScramLogin(verifier, end_point=end_point)
        self._outbox.write(self._backend.send(AuthenticationSASL(self._scram.mechanisms)))
        return None

    def answer(self, message: PasswordMessage) -> Session | None:
        """Take the client's next step."""
        scram = self._scram
        assert scram is not None, "nothing was asked"  # noqa: S101  a fault of ours
        if not scram.begun:
            first = scram.begin(message.body)
            self._outbox.write(self._backend.send(AuthenticationSASLContinue(first)))
            return None
        admission = self._access.admission
        try:
            final = scram.finish(message.body)
        except LoginFailed as error:
            admission.fail(self._address, self.user)
            _log.warning("login failed", user=self.user, address=self._address)
            raise OdpsError(Condition.PASSWORD_FAILED, name=self.user) from error
        admission.succeed(self._address, self.user)
        self._outbox.write(self._backend.send(AuthenticationSASLFinal(final)))
        return self._admit()

    def _check_channel(self) -> None:
        if self._tls is None and self._access.tls_required:
            raise OdpsError(
                Condition.ENCRYPTION_REQUIRED, name=self.user, hint="Connect with TLS, for example sslmode=require."
            )
        certificates = self._access.certificates if self._tls is None else self._tls.certificates
        if certificates is None or not certificates.asks_client:
            return
        if self._tls is None or self._tls.client_names() is None:
            raise OdpsError(Condition.CERTIFICATE_REQUIRED)

    def _check_client_name(self) -> None:
        """SILENT: a client certificate is asked for besides the method, as PostgreSQL's clientcert=verify-full."""
        if self._tls is None or not self._tls.certificates.asks_client:
            return
        if self._tls.client_names() != (self.user,):
            _log.warning("certificate of another user", user=self.user, address=self._address)
            raise OdpsError(Condition.CERTIFICATE_FAILED, name=self.user)

    def _admit(self) -> Session:
        """Check the rest now that the client is who it says, and greet it."""
        self._check_client_name()
        given, user = self._given, self.user
        # As in PostgreSQL, the database is named after the user where the client names none.
        project = (given.get("database") or user).lower()
        if parse_boolean(given.get("replication", "off")) is not False:
            raise OdpsError(Condition.REPLICATION)
        catalog = self._engine.committer.catalog
        if user not in catalog.principals:
            raise OdpsError(Condition.ROLE_NOT_FOUND, name=user)
        if catalog.find_project(project) is None:
            raise OdpsError(Condition.DATABASE_NOT_FOUND, name=project)
        find_authority(catalog, project, user).require_member(None)
        executor = Executor(self._engine, user, project, self._peer)
        asked = (*_read_options(given.get("options", "")), *given.items())
        parameters = tuple(
            [each for each in asked if each[0] not in _NOT_PARAMETERS and not each[0].startswith("_pq_.")]
        )
        executor.parameters.begin(parameters, self._engine.beginnings)
        # Last, since from here on the connection counts as a session and only its end gives the place back.
        self._access.admission.log_in(user)
        self.admitted = True
        self._outbox.write(self._backend.send(AuthenticationOk()))
        session = Session(executor, self._backend, self._outbox, self._key)
        session.greet()
        return session


def _read_options(text: str) -> Iterator[tuple[str, str]]:
    """(name, value) of each `-c name=value` or `--name=value`; a backslash keeps a blank in a word.

    Raises:
        OdpsError: OPTIONS_INVALID.
    """
    words = [re.sub(r"\\(.)", r"\1", word, flags=re.DOTALL) for word in _OPTION_WORD.findall(text)]
    while words:
        word = words.pop(0)
        if word == "-c" and words:
            word += words.pop(0)
        match = _OPTION.fullmatch(word)
        if match is None:
            raise OdpsError(Condition.OPTIONS_INVALID, word=word)
        yield match["name"].replace("-", "_"), match["value"]
