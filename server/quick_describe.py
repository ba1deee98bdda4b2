"""Answers DESC MODEL of a model that nobody asked for lately, from the packet to the bytes, in one go.

A registry's readers ask for one model after the other, and an answer that nobody asks for again is not worth keeping.
The ordinary way through backend, session and output takes twice as long as finding and describing the model; so a
simple query that is one plain DESC MODEL is answered here, if it is answered at all and as rows. Everything else,
every error too, goes the ordinary way, which gives byte for byte the same. What may be seen, and what is shown, is
decided in `server/queries.py` for both.
"""

import re
import struct
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Final, NamedTuple

from protocol.backend_messages import CommandComplete, ReadyForQuery, TransactionStatus
from protocol.encodings import UTF_8
from server.describe import Line
from server.dialect import read
from server.errors import OdpsError
from server.executor import Executor
from server.parameters import Parameters
from server.queries import DESCRIBED_ROWS, describe_plainly
from server.replies import row_description
from server.results import Basis
from server.statements import DescribeModel, Identifier, ObjectName

# A longer text or answer, which others would have to wait for, goes the ordinary way.
_LONGEST_TEXT: Final = 1024
_MOST_LINES: Final = 200
_LONGEST_ANSWER: Final = 64 * 1024

# The whole of a Query message, as scripts and tools write it. No keyword has a digit, so the word is a name; other
# names, and all else that DESC MODEL may say, are read as everything is.
_PLAIN: Final = re.compile(rb"Q(.{4})((?:DESC|desc) (?:MODEL|model) )([A-Za-z_]+[0-9][A-Za-z0-9_]*);?\0", re.DOTALL)
_WORDS: Final = (b"DESC", b"desc")
_QUERY: Final = b"Q"[0]
_KIND: Final = DescribeModel.__name__
_LENGTH_AT: Final = slice(1, 5)
_WORD_AT: Final = slice(5, 9)
_TEXT_AT: Final = slice(5, -1)

_COLUMNS: Final = len(DESCRIBED_ROWS)
_length: Final = struct.Struct(">I").pack
_row: Final = struct.Struct(">cIH").pack
_ROW_BYTES: Final = 6  # in a row's length besides its values: itself and the number of columns
# Owners, types, names of services and most other values are those of many models: short rows are kept.
_SHORT: Final = 160
_MOST_ROWS: Final = 4096
_rows: Final[dict[Line, bytes]] = {}
_DESCRIPTION: Final = row_description(DESCRIBED_ROWS, (0,) * _COLUMNS).encode(UTF_8)


class QuickAnswer(NamedTuple):
    """All that is sent for a packet, for the text of its statement.

    Attributes:
        find_basis: what it rests on, as `Result.basis`.
        kind: the name of the statement's class.
    """

    text: str
    data: bytes
    find_basis: Callable[[], Basis | None]
    kind: str


class QuickDescriber:
    """For one session."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def answer(self, packet: bytes) -> QuickAnswer | None:
        """The answer to a packet that came to an idle session outside a transaction; None for what is not ours."""
        if packet[_WORD_AT] not in _WORDS or len(packet) > _LONGEST_TEXT:
            return None
        if not self._executor.parameters.find(is_usual):
            return None
        try:
            statement = _read(packet)
            if statement is None:
                return None
            reader = self._executor.reader()
            lines = describe_plainly(self._executor.control.catalog, statement, reader)
        except OdpsError:
            return None
        if lines is None or len(lines) > _MOST_LINES:
            return None
        data = encode_lines(lines)
        if len(data) > _LONGEST_ANSWER:
            return None
        return QuickAnswer(packet[_TEXT_AT].decode(), data, partial(self._executor.basis, statement, reader), _KIND)


def is_usual(parameters: Parameters) -> bool:
    """Whether texts are read and answers written as they usually are."""
    usual = parameters.get_boolean("standard_conforming_strings")
    return usual and parameters.get("client_encoding") == "UTF8"


def _read(packet: bytes) -> DescribeModel | None:
    """The statement of a packet that is one whole Query with nothing else in it; None for what is not ours.

    Raises:
        OdpsError: it cannot be read.
    """
    text = find_query_text(packet)
    if text is None:
        return None
    plain = _PLAIN.fullmatch(packet)
    if plain is not None:
        at = plain.start(3) - plain.start(2)
        return DescribeModel(ObjectName((Identifier(plain[3].decode().lower(), at),)))
    placed = read(text)
    statement = placed[0].statement if len(placed) == 1 else None
    return statement if isinstance(statement, DescribeModel) and not placed[0].parameters else None


def find_query_text(packet: bytes) -> str | None:
    """The text of a packet that is one whole Query in ASCII, and nothing else."""
    if int.from_bytes(packet[_LENGTH_AT], "big") + 1 != len(packet) or packet[0] != _QUERY:
        return None
    if not packet[_TEXT_AT].isascii() or packet.find(0, _TEXT_AT.start) != len(packet) - 1:
        return None
    return packet[_TEXT_AT].decode()


def encode_lines(lines: Sequence[Line]) -> bytes:
    """RowDescription, a DataRow for each line, CommandComplete and ReadyForQuery."""
    rows = list(map(_rows.get, lines))
    pieces = [
        _DESCRIPTION,
        *(_encode_line(line) if row is None else row for line, row in zip(lines, rows, strict=True)),
    ]
    return b"".join([*pieces, end_of_rows(len(lines))])


@lru_cache(maxsize=256)
def end_of_rows(count: int) -> bytes:
    """CommandComplete and ReadyForQuery behind so many rows."""
    return CommandComplete(f"SELECT {count}").encode(UTF_8) + ReadyForQuery(TransactionStatus("I")).encode(UTF_8)


def _encode_line(line: Line) -> bytes:
    values = [text.encode() for text in line]
    body = b"".join([part for value in values for part in (_length(len(value)), value)])
    row = _row(b"D", _ROW_BYTES + len(body), _COLUMNS) + body
    if len(row) <= _SHORT:
        if len(_rows) >= _MOST_ROWS:
            _rows.clear()
        _rows[line] = row
    return row
