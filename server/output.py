"""What a session sends: results, notices, parameters and notifications as messages, in pieces a reader can take."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Protocol, TypeVar

from protocol.backend import Backend
from protocol.backend_messages import (
    BackendMessage,
    CommandComplete,
    CopyData,
    CopyDone,
    CopyOutResponse,
    NotificationResponse,
    ParameterStatus,
)
from protocol.encodings import UTF_8, find_encoding
from protocol.types import RECORD, TYPES, Oid
from protocol.values import RowsEncoder, ValueSettings, encoder, rows_encoder
from server.copying import CopyWriter
from server.dialect import Source
from server.errors import Condition, Diagnostic, OdpsError
from server.executor import Executor
from server.notifications import Notification
from server.parameters import Parameters
from server.query.evaluator.memory import value_size
from server.replies import notice_response, row_description
from server.results import Columns, Result, Row
from server.statements import CopyFormat, CopyOptions

# Rows go out in pieces of about this many bytes, each waiting until the reader keeps up.
_PIECE = 64 * 1024
# Encoded at once: more gain nothing, and one much longer than the first of them keeps the loop for so many.
_MOST_ROWS = 64
_CONSTANT_PARAMETER = "integer_datetimes"
_T = TypeVar("_T")
_LEVELS = {"NOTICE": ("warning", "error"), "WARNING": ("error",)}


@lru_cache(maxsize=64)
def _encode_parameters(values: tuple[tuple[str, str], ...], encoding: str) -> bytes:
    """A ParameterStatus for each (name, value). Every login sends the same dozen: a third of its work without this."""
    return b"".join([ParameterStatus(name, value).encode(encoding) for name, value in values])


@lru_cache(maxsize=256)
def _encode_complete(tag: str) -> bytes:
    """CommandComplete; it moves no phase of the conversation, and a tag has nothing but ASCII."""
    return CommandComplete(tag).encode()


@lru_cache(maxsize=256)
def encoder_of_rows(
    types: tuple[Oid, ...], formats: tuple[int, ...], settings: ValueSettings
) -> tuple[RowsEncoder, list[int]]:
    """What encodes rows, kept since making it costs more than a row; and which columns are `_nested`."""
    return rows_encoder(types, formats, settings), _nested(types)


def _nested(types: Sequence[Oid]) -> list[int]:
    """The columns whose values are made of others, and so can take long to write."""
    return [index for index, type_ in enumerate(types) if type_ == RECORD or TYPES[type_].is_array]


def _portion(row: Row) -> int:
    """How many rows are encoded at once, if all are about as long as this one: no more than a piece of them."""
    return max(1, min(_MOST_ROWS, _PIECE // (1 + sum(map(value_size, row)))))


class Outbox(Protocol):
    """Where the session's bytes go."""

    def write(self, data: bytes) -> None:
        """Keep the bytes to be sent, at the latest when the session waits or has no more to say."""

    def flush(self) -> None:
        """Send what is kept now."""

    async def drain(self) -> None:
        """Send what is kept and return when the reader is ready for more."""

    @property
    def is_full(self) -> bool:
        """Whether the reader has left so much unread that what can wait should."""

    def end(self, condition: Condition) -> None:
        """End the session, in the middle of a statement too."""

    def restart_statement(self) -> None:
        """Another statement of the same message begins, with a time limit of its own."""


class Output:
    """The sending side of one session."""

    def __init__(self, executor: Executor, backend: Backend, outbox: Outbox) -> None:
        self._parameters = executor.parameters
        self._executor = executor
        self._backend = backend
        self._outbox = outbox
        # While an answer is recorded: all that is sent, besides being sent.
        self.recorded: list[bytes] | None = None
        self._described: tuple[Columns, tuple[int, ...], str, bytes] | None = None
        self._told: tuple[tuple[str, str], ...] = ()
        self._told_state: object = None

    def send(self, message: BackendMessage) -> None:
        self._write(self._backend.send(message))

    def _write(self, data: bytes) -> None:
        if self.recorded is not None:
            self.recorded.append(data)
        self._outbox.write(data)

    def flush(self) -> None:
        self._outbox.flush()

    async def drain(self) -> None:
        await self._outbox.drain()

    @property
    def is_full(self) -> bool:
        return self._outbox.is_full

    def end(self, condition: Condition) -> None:
        self._outbox.end(condition)

    def restart_statement(self) -> None:
        self._outbox.restart_statement()

    @property
    def value_settings(self) -> ValueSettings:
        """How values are read and written under the session's parameters."""
        return self._executor.value_settings

    async def send_result(self, result: Result, source: Source) -> None:
        """The whole answer to a statement of a simple query."""
        self.send_notices(result.notices, source)
        if result.copy is not None:
            await self._send_copy(result, result.copy)
        elif result.columns is not None:
            formats = result.formats or (0,) * len(result.columns)
            self.send_columns(result.columns, formats)
            await self.send_rows(result, formats, 0, len(result.rows))
        self.complete(result, len(result.rows))

    def send_columns(self, columns: Columns, formats: tuple[int, ...]) -> None:
        """RowDescription; the last one is kept, since a plan that runs again has the very same columns."""
        known, encoding = self._described, self._backend.encoding
        if known is None or known[0] is not columns or known[1:3] != (formats, encoding):
            data = self._backend.send(row_description(columns, formats))
            known = self._described = columns, formats, encoding, data
        self._write(known[3])

    async def send_rows(self, result: Result, formats: tuple[int, ...], start: int, end: int) -> None:
        """Send the rows from `start` to before `end`, as DataRow messages or, for COPY, as its data."""
        if result.copy is not None:
            await self._send_copy(result, result.copy)
            return
        if start >= end or result.columns is None:
            return
        types = tuple([column.type for column in result.columns])
        encode, nested = encoder_of_rows(types, tuple(formats), self.value_settings)
        size = 0
        pieces: list[bytes] = []
        while start < end:
            rows = result.rows[start : min(start + _portion(result.rows[start]), end)]
            start += len(rows)
            for data in encode(rows) if not nested else await self._encode_nested(partial(encode, rows), rows, nested):
                pieces.append(data)
                size += len(data)
                if size > _PIECE:
                    self._write(b"".join(pieces))
                    pieces.clear()
                    size = 0
                    self.recorded = None  # too long to be kept
                    await self._outbox.drain()
        self._write(b"".join(pieces))

    async def _encode_nested(self, encode: Callable[[], _T], rows: Sequence[Row], nested: Sequence[int]) -> _T:
        """Encode rows, beside the loop if the arrays and rows in them are long."""
        return await self._executor.do_aside(encode, sum([value_size(row[index]) for row in rows for index in nested]))

    def complete(self, result: Result, count: int) -> None:
        self._write(_encode_complete(f"{result.tag} {count}" if result.counts_rows else result.tag))

    def send_notices(self, notices: tuple[Diagnostic, ...], source: Source) -> None:
        if not notices:
            return
        level = self._parameters.get("client_min_messages")
        for notice in notices:
            if level not in _LEVELS[notice.condition.severity.value]:
                self.send(notice_response(notice, source))

    def send_notifications(self, notifications: list[Notification]) -> None:
        for each in notifications:
            self.recorded = None
            self.send(NotificationResponse(each.process_id, each.channel, each.payload))

    def tell_parameters(self) -> None:
        """Send a ParameterStatus for each reported parameter that is not what was last told."""
        parameters = self._parameters
        if self._told_state is parameters.state:
            return
        reported, codec = parameters.find(_read_reported)
        told = self._told
        news = tuple([each for each in reported if each not in told]) if told else reported
        if news:
            self._write(_encode_parameters(news, self._backend.encoding))
        self._told, self._told_state = reported, parameters.state
        self._backend.encoding = codec

    def repeat_parameter(self) -> None:
        """Tell a parameter again that never changes: a message that may come at any time and means nothing new."""
        message = ParameterStatus(_CONSTANT_PARAMETER, self._parameters.get(_CONSTANT_PARAMETER))
        # Past what is recorded: it is no part of the answer.
        self._outbox.write(self._backend.send(message))
        self.flush()

    async def _send_copy(self, result: Result, options: CopyOptions) -> None:
        columns = result.columns or ()
        binary = options.format is CopyFormat.BINARY
        formats = (int(binary),) * len(columns)
        codec = _codec_of(options.encoding or self._parameters.get("client_encoding"))
        settings = replace(self.value_settings, encoding=codec)
        encoders = [encoder(column.type, int(binary), settings) for column in columns]
        names = [column.name for column in columns]
        if options.force_quote is not None:
            for forced in options.force_quote:
                if forced.name not in names:
                    raise OdpsError(Condition.COLUMN_NOT_FOUND, at=forced.at, name=forced.name)
        writer = CopyWriter(options, names, codec)
        self.send(CopyOutResponse(int(binary), formats))
        # Like PostgreSQL, one CopyData for each line or record; the binary header goes with the first of them.
        begun = writer.header()
        if not binary:
            self._send_copy_data(begun)
            begun = b""
        size = 0
        nested = _nested([column.type for column in columns])

        def encode(row: Row) -> bytes:
            values = [None if value is None else write(value) for write, value in zip(encoders, row, strict=True)]
            return writer.row(values)

        for row in result.rows:
            line = encode(row) if not nested else await self._encode_nested(partial(encode, row), (row,), nested)
            data = begun + line
            begun = b""
            self._send_copy_data(data)
            size += len(data)
            if size > _PIECE:
                size = 0
                await self._outbox.drain()
        self._send_copy_data(begun + writer.trailer())
        self.send(CopyDone())

    def _send_copy_data(self, data: bytes) -> None:
        if data:
            self.send(CopyData(data))


def _read_reported(parameters: Parameters) -> tuple[tuple[tuple[str, str], ...], str]:
    """(name, value) of what the client is told of, and the codec of its encoding."""
    return parameters.reported(), _codec_of(parameters.get("client_encoding"))


def _codec_of(encoding: str) -> str:
    found = find_encoding(encoding)
    return UTF_8 if found is None else found.codec
