"""Answers DESC MODEL of a model that nobody asked for lately, from the packet to the bytes, in one go.

A registry's readers ask for one model after the other, and an answer that nobody asks for again is not worth keeping.
The ordinary way through backend, session and output takes twice as long as finding and describing the model; so a
simple query that is one plain DESC MODEL is answered here, if it is answered at all and as rows. Everything else,
every error too, goes the ordinary way, which gives byte for byte the same. What may be seen, and what is shown, is
decided in `server/queries.py` for both.
"""

import re
import struct
from collections.abc import Sequence
from functools import partial
from typing import Final

from protocol.encodings import UTF_8
from server.describe import Line
from server.dialect import read
from server.errors import OdpsError
from server.executor import Executor
from server.queries import DESCRIBED_ROWS, describe_plainly
from server.quick_packets import LONGEST_ANSWER, QuickAnswer, end_of_rows, find_text
from server.replies import row_description
from server.statements import DescribeModel, Identifier, ObjectName

# More, which others would have to wait for, go the ordinary way.
_MOST_LINES: Final = 200

# As scripts and tools write it. No keyword has a digit, so the word is a name; other names, and all else that DESC
# MODEL may say, are read as everything is.
_PLAIN: Final = re.compile(r"((?:DESC|desc) (?:MODEL|model) )([A-Za-z_]+[0-9][A-Za-z0-9_]*);?")
_WORDS: Final = (b"DESC", b"desc")
_KIND: Final = DescribeModel.__name__

_COLUMNS: Final = len(DESCRIBED_ROWS)
_length: Final = struct.Struct(">I").pack
_row: Final = struct.Struct(">cIH").pack
_ROW_BYTES: Final = 6  # in a row's length besides its values: itself and the number of columns
# Owners, types, names of services and most other values are those of many models: short rows are kept.
_SHORT: Final = 160
_MOST_ROWS: Final = 4096
_rows: Final[dict[Line, bytes]] = {}
_DESCRIPTION: Final = row_description(DESCRIBED_ROWS, (0,) * _COLUMNS).encode(UTF_8)


class QuickDescriber:
    """For one session."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def answer(self, packet: bytes) -> QuickAnswer | None:
        """The answer to a packet that came to an idle session outside a transaction; None for what is not ours."""
        text = find_text(packet, _WORDS, self._executor.parameters)
        if text is None:
            return None
        try:
            statement = read_describe(text)
            if statement is None:
                return None
            reader = self._executor.reader()
            lines = describe_plainly(self._executor.control.catalog, statement, reader)
        except OdpsError:
            return None
        if lines is None or len(lines) > _MOST_LINES:
            return None
        data = encode_lines(lines)
        if len(data) > LONGEST_ANSWER:
            return None
        return QuickAnswer(text, data, partial(self._executor.basis, statement, reader), _KIND)


def read_describe(text: str) -> DescribeModel | None:
    """The one statement of a text, if it is DESC MODEL.

    Raises:
        OdpsError: it cannot be read.
    """
    plain = _PLAIN.fullmatch(text)
    if plain is not None:
        return DescribeModel(ObjectName((Identifier(plain[2].lower(), plain.start(2)),)))
    placed = read(text)
    statement = placed[0].statement if len(placed) == 1 else None
    return statement if isinstance(statement, DescribeModel) and not placed[0].parameters else None


def encode_lines(lines: Sequence[Line]) -> bytes:
    """RowDescription, a DataRow for each line, CommandComplete and ReadyForQuery."""
    rows = list(map(_rows.get, lines))
    pieces = [
        _DESCRIPTION,
        *(_encode_line(line) if row is None else row for line, row in zip(lines, rows, strict=True)),
    ]
    return b"".join([*pieces, end_of_rows(len(lines))])


def _encode_line(line: Line) -> bytes:
    values = [text.encode() for text in line]
    body = b"".join([part for value in values for part in (_length(len(value)), value)])
    row = _row(b"D", _ROW_BYTES + len(body), _COLUMNS) + body
    if len(row) <= _SHORT:
        if len(_rows) >= _MOST_ROWS:
            _rows.clear()
        _rows[line] = row
    return row
