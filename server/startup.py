"""From a startup packet to a session: who logs in, where, and with which run-time parameters.

Source: PostgreSQL manual, "Message Flow", start-up; PostgreSQL's ProcessStartupPacket and InitPostgres.
"""

import re
from collections.abc import Iterator

from protocol.backend import Backend
from protocol.backend_messages import AuthenticationOk, BackendKeyData
from protocol.startup_messages import StartupMessage
from server.errors import Condition, OdpsError
from server.executor import Engine, Executor
from server.parameters import parse_boolean
from server.session import Outbox, Session

# What the packet holds besides run-time parameters.
_NOT_PARAMETERS = ("user", "database", "options", "replication")
_OPTION = re.compile(r"(?:-c\s*|--)(?P<name>[^=\s]+)=(?P<value>.*)", re.DOTALL)
_OPTION_WORD = re.compile(r"(?:\\.|[^\\\s])+", re.DOTALL)


def start_session(
    engine: Engine, message: StartupMessage, backend: Backend, outbox: Outbox, key: BackendKeyData
) -> Session:
    """Admit the client and greet it. Authentication is `trust`: the role need only exist.

    Raises:
        OdpsError: the client is not admitted; fatal, whatever the condition's severity.
    """
    given = message.as_dict()
    user = given["user"]
    # As in PostgreSQL, the database is named after the user where the client names none.
    project = (given.get("database") or user).lower()
    if parse_boolean(given.get("replication", "off")) is not False:
        raise OdpsError(Condition.REPLICATION)
    catalog = engine.committer.catalog
    if user not in catalog.principals:
        raise OdpsError(Condition.ROLE_NOT_FOUND, name=user)
    if catalog.find_project(project) is None:
        raise OdpsError(Condition.DATABASE_NOT_FOUND, name=project)
    executor = Executor(engine, user, project)
    for name, value in (*_read_options(given.get("options", "")), *given.items()):
        if name not in _NOT_PARAMETERS and not name.startswith("_pq_."):
            executor.parameters.set_at_start(name, value)
    negotiation = backend.negotiation()
    if negotiation is not None:
        outbox.write(backend.send(negotiation))
    outbox.write(backend.send(AuthenticationOk()))
    session = Session(executor, backend, outbox)
    session.greet(key)
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
