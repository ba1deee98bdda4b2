"""What the short ways from a packet to its answer have in common: which packets are theirs, and how answers end.

Such a way takes a simple query that is one statement of its kind, in ASCII, or an extended batch that runs one, to an
idle session outside a transaction whose parameters are the usual ones. Everything else, every error too, goes the
ordinary way, which gives byte for byte the same.
"""

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from protocol.backend_messages import CommandComplete, ReadyForQuery, TransactionStatus
from protocol.encodings import UTF_8
from protocol.values import RowsEncoder, ValueSettings
from server.output import encoder_of_rows
from server.parameters import Parameters
from server.prepared import PreparedStatement
from server.replies import row_description
from server.results import Basis, Columns, Row

LONGEST_TEXT: Final = 4096
"""Of a packet, in bytes: a longer one, which others would have to wait for, goes the ordinary way."""
LONGEST_ANSWER: Final = 64 * 1024
_MOST_FORMS: Final = 256

_QUERY: Final = b"Q"[0]
_LENGTH_AT: Final = slice(1, 5)
_WORD_AT: Final = slice(5, 9)
_TEXT_AT: Final = slice(5, -1)


class QuickAnswer(NamedTuple):
    """All that is sent for a packet, for the text of its statement.

    Attributes:
        find_basis: what it rests on, as `Result.basis`.
        kind: the name of the statement's class.
        prepared: the statement that was run, if it had been prepared.
    """

    text: str
    data: bytes
    find_basis: Callable[[], Basis | None]
    kind: str
    prepared: PreparedStatement | None = None


def find_text(packet: bytes, words: Collection[bytes], parameters: Parameters) -> str | None:
    """The text of a packet that is one whole Query and nothing else, and begins with one of the words.

    Args:
        words: four letters of each, in the cases that clients write.
    """
    if packet[_WORD_AT] not in words or len(packet) > LONGEST_TEXT or packet[0] != _QUERY:
        return None
    if int.from_bytes(packet[_LENGTH_AT], "big") + 1 != len(packet) or not parameters.find(is_usual):
        return None
    if not packet[_TEXT_AT].isascii() or packet.find(0, _TEXT_AT.start) != len(packet) - 1:
        return None
    return packet[_TEXT_AT].decode()


class RowForm(NamedTuple):
    """How rows are sent that have these columns.

    Attributes:
        columns: kept, so that no others can have their identity.
        description: RowDescription.
        encode: gives the DataRows of rows.
    """

    columns: Columns
    description: bytes
    encode: RowsEncoder

    def answer(self, rows: Sequence[Row], *, before: bytes = b"", described: bool = True) -> bytes | None:
        """What is sent for the rows, behind what comes before them; None, and soon, when that is too long."""
        pieces = [before, self.description if described else b""]
        left = LONGEST_ANSWER - len(self.description)
        for row in rows:
            (data,) = self.encode((row,))
            left -= len(data)
            if left < 0:
                return None
            pieces.append(data)
        pieces.append(end_of_rows(len(rows)))
        return b"".join(pieces)


_forms: Final[dict[tuple[int, tuple[int, ...], ValueSettings], RowForm]] = {}


def find_form(columns: Columns, formats: tuple[int, ...], settings: ValueSettings) -> RowForm:
    """The form of the rows of a plan, whose columns are one object: to hash those takes longer than to encode a row.

    Args:
        formats: one format code for each column.
    """
    key = id(columns), formats, settings
    found = _forms.get(key)
    if found is None:
        if len(_forms) >= _MOST_FORMS:
            _forms.clear()
        encode, _ = encoder_of_rows(tuple([column.type for column in columns]), formats, settings)
        found = _forms[key] = RowForm(columns, row_description(columns, formats).encode(UTF_8), encode)
    return found


@lru_cache(maxsize=256)
def end_of_rows(count: int) -> bytes:
    """CommandComplete and ReadyForQuery behind so many rows."""
    return CommandComplete(f"SELECT {count}").encode(UTF_8) + ReadyForQuery(TransactionStatus("I")).encode(UTF_8)


def is_usual(parameters: Parameters) -> bool:
    """Whether texts are read and answers written as they usually are."""
    usual = parameters.get_boolean("standard_conforming_strings")
    return usual and parameters.get("client_encoding") == "UTF8"
