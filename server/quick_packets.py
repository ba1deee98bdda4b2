"""What the short ways from a packet to its answer have in common: which packets are theirs, and how answers end.

Such a way takes a simple query that is one statement of its kind, in ASCII, or an extended batch that runs one, to an
idle session outside a transaction whose parameters are the usual ones. Everything else, every error too, goes the
ordinary way, which gives byte for byte the same.
"""

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import Final, NamedTuple

from protocol.backend_messages import CommandComplete, ReadyForQuery, TransactionStatus
from protocol.encodings import UTF_8
from server.parameters import Parameters
from server.prepared import PreparedStatement
from server.results import Basis

LONGEST_TEXT: Final = 4096
"""Of a packet, in bytes: a longer one, which others would have to wait for, goes the ordinary way."""
LONGEST_ANSWER: Final = 64 * 1024

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


@lru_cache(maxsize=256)
def end_of_rows(count: int) -> bytes:
    """CommandComplete and ReadyForQuery behind so many rows."""
    return CommandComplete(f"SELECT {count}").encode(UTF_8) + ReadyForQuery(TransactionStatus("I")).encode(UTF_8)


def is_usual(parameters: Parameters) -> bool:
    """Whether texts are read and answers written as they usually are."""
    usual = parameters.get_boolean("standard_conforming_strings")
    return usual and parameters.get("client_encoding") == "UTF8"
