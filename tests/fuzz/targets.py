"""What is fuzzed: each target takes any bytes and raises when the server breaks a promise.

- `decoder`: the protocol's `Backend` alone. Only RemoteProtocolError comes out, however the bytes are split.
- `dialect`: texts read, written back and read again. Only OdpsError comes out; the canonical text is the same
  statement; a log can hold it.
- `select`: texts read and bound, the plan made. Only what a client is told comes out.
- `conversation`: a whole session on a catalog in memory. No incident, an end, and the next client is served.

`scripts/fuzz TARGET` lets coverage guide the search; `test_targets` replays and mutates for some seconds.
"""

import random
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from protocol.backend import CLOSED, NEED_DATA, Backend
from protocol.errors import InvalidValue, RemoteProtocolError
from protocol.types import Oid
from server.dialect import format_statement, read
from server.errors import InvalidConstant, OdpsError
from server.executor import Executor
from server.journal import log_text
from server.statements import SelectStatement, find_select
from tests.fuzz.engine import Server
from tests.fuzz.mutations import mutate_bytes, mutate_text
from tests.fuzz.seeds import STARTUP, packets, queries, statements, streams

# As the server sets it; the reader limits the levels.
_FRAMES = 20_000


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to fuzz."""

    run: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    mutate: Callable[[bytes, Sequence[bytes], random.Random], bytes]


@cache
def _server() -> Server:
    sys.setrecursionlimit(_FRAMES)
    return Server(Path(tempfile.mkdtemp(prefix="modeld-fuzz-")))


def _decode(data: bytes, size: int) -> list[object]:
    """The messages in the data, given in pieces of `size`; refusals among them."""
    backend, found = Backend(), list[object]()
    for start in range(0, len(data), size):
        backend.receive_data(data[start : start + size])
        while True:
            try:
                message = backend.next_message()
            except RemoteProtocolError as error:
                found.append((error.sqlstate, error.message, error.fatal))
                if error.fatal:
                    return found
                continue
            if message is NEED_DATA:
                break
            if message is CLOSED:
                return found
            found.append(message)
    return found


def decoder(data: bytes) -> None:
    whole = _decode(data, max(len(data), 1))
    if len(data) <= 512 and whole != _decode(data, 1):
        raise AssertionError("other messages when the bytes come one by one")


def dialect(data: bytes) -> None:
    text = data.decode("utf-8", "replace")
    try:
        placed = read(text)
    except OdpsError:
        return
    log_text(text, [(each.statement, each.start) for each in placed])
    for each in placed:
        if find_select(each.statement) is None and not _holds_select(each.statement):
            written = format_statement(each.statement)
            again = read(written)
            if len(again) != 1 or again[0].statement != each.statement:
                raise AssertionError(f"{written!r} is another statement")


def _holds_select(statement: object) -> bool:
    return isinstance(getattr(statement, "statement", None), SelectStatement)


def select(data: bytes) -> None:
    with suppress(OdpsError, InvalidValue, InvalidConstant):
        _server().do(lambda: _prepare(data.decode("utf-8", "replace")))


def _prepare(text: str) -> None:
    executor = Executor(_server().engine, "modeld", "modeld")
    for placed in read(text):
        query = find_select(placed.statement)
        if query is not None:
            executor.selects.prepare(query, (Oid(0),) * len(placed.parameters))


def conversation(data: bytes) -> None:
    server = _server()
    messages = server.converse(STARTUP + data)
    if [message for message in messages if " XX000 " in message]:
        raise AssertionError("an incident")
    if not server.serves_others():
        raise AssertionError("the next client is not served")


TARGETS = {
    "decoder": Target(decoder, streams, mutate_bytes),
    "dialect": Target(dialect, statements, mutate_text),
    "select": Target(select, queries, mutate_text),
    "conversation": Target(conversation, packets, mutate_bytes),
}
