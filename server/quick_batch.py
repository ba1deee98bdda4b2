"""Answers an extended batch that runs a prepared SELECT with the next values, from the packet to the bytes, in one go.

That is how drivers look something up: Bind and Execute of what was prepared before, or the Parse of the same text with
them each time. As `quick_select` does for simple queries, and for the same reason: the ordinary way through backend,
session and output takes twice as long as finding the rows. What is not such a batch, or gives no rows at once, goes the
ordinary way, every error too, and that gives byte for byte the same.
"""

import struct
from typing import Final, NamedTuple

from protocol.backend_messages import BindComplete, ParseComplete
from protocol.errors import InvalidValue, RemoteProtocolError
from protocol.frontend_messages import PORTAL, Bind, Describe, Execute, Parse, Sync
from protocol.types import Oid
from server.errors import OdpsError
from server.executor import Executor
from server.prepared import PreparedStatement, Workspace, bind_message, spread_result_formats
from server.quick_packets import LONGEST_TEXT, QuickAnswer, find_form, is_usual
from server.results import are_alike
from server.statements.select import Select

_KIND: Final = Select.__name__
_HEADER: Final = struct.Struct(">cI")
# How such a batch ends: all rows of the unnamed portal, described or not.
_RUN: Final = Execute("").encode() + Sync().encode()
_DESCRIBE: Final = Describe(PORTAL, "").encode()
_PARSED: Final = ParseComplete().encode()
_BOUND: Final = BindComplete().encode()


class Batch(NamedTuple):
    """What a packet says: [Parse] Bind [Describe] Execute Sync, all of them of the unnamed portal."""

    parse: Parse | None
    bind: Bind
    describes: bool


def read_batch(packet: bytes) -> Batch | None:
    """The batch that a packet is, whole and nothing else; None for what is none.

    Raises:
        RemoteProtocolError: a message in it is not what it should be.
    """
    if len(packet) > LONGEST_TEXT or not packet.endswith(_RUN):
        return None
    end = len(packet) - len(_RUN)
    describes = packet.endswith(_DESCRIBE, 0, end)
    if describes:
        end -= len(_DESCRIBE)
    parse, start = None, 0
    if packet.startswith(Parse.type_byte):
        body = _read_body(packet, 0, end)
        if body is None:
            return None
        parse = Parse.decode(body)
        start = _HEADER.size + len(body)
    if not packet.startswith(Bind.type_byte, start):
        return None
    body = _read_body(packet, start, end)
    if body is None or start + _HEADER.size + len(body) != end:
        return None
    bind = Bind.decode(body)
    if bind.portal or (parse is not None and (parse.name or bind.statement)):
        return None
    return Batch(parse, bind, describes)


def _read_body(packet: bytes, start: int, end: int) -> bytes | None:
    """The body of the message that begins at `start`; None when it goes beyond `end`."""
    if start + _HEADER.size > end:
        return None
    stop = start + 1 + _HEADER.unpack_from(packet, start)[1]
    return packet[start + _HEADER.size : stop] if start + _HEADER.size <= stop <= end else None


class QuickBatches:
    """For one session."""

    def __init__(self, executor: Executor, workspace: Workspace) -> None:
        self._executor = executor
        self._workspace = workspace

    def answer(self, packet: bytes) -> QuickAnswer | None:
        """The answer to a packet that came to an idle session outside a transaction; None for what is not ours."""
        if not self._executor.parameters.find(is_usual):
            return None
        try:
            batch = read_batch(packet)
            return None if batch is None else self._run(batch)
        except (OdpsError, InvalidValue, RemoteProtocolError):
            return None

    def _find(self, batch: Batch) -> PreparedStatement | None:
        """What is to be run. The unnamed statement may be parsed again: then that leaves what is there already."""
        prepared = self._workspace.statements.get(batch.bind.statement)
        parse = batch.parse
        if prepared is None or parse is None:
            return prepared
        again = (prepared.text, prepared.given_types) == (parse.text, parse.parameter_types)
        return prepared if again and prepared.conforming else None

    def _run(self, batch: Batch) -> QuickAnswer | None:
        prepared, settings = self._find(batch), self._executor.value_settings
        # Constants are taken out of texts that come without parameters, and there is nothing new about those.
        if prepared is None or not isinstance(prepared.statement, Select) or prepared.statement.constants:
            return None
        statement, arguments = prepared.statement, bind_message(batch.bind, prepared, settings)[1]
        given = arguments.types if batch.parse is None else tuple(map(Oid, batch.parse.parameter_types))
        found = self._executor.selects.run_short(statement, arguments, given)
        if found is None:
            return None
        columns, rows, basis = found
        if not are_alike(columns, prepared.columns):
            return None
        form = find_form(columns, spread_result_formats(batch.bind.result_formats, columns), settings)
        data = form.answer(rows, before=_BOUND if batch.parse is None else _PARSED + _BOUND, described=batch.describes)
        if data is None:
            return None
        return QuickAnswer(prepared.source.text, data, lambda: basis, _KIND, prepared)
