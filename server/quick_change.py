"""Reads a packet that is one change of a model, as a registry's writers send them, past the ordinary way.

An ADD VERSION waits for the store, and in the ordinary way that is a coroutine in a task, with a future to wait for,
behind the backend, the recorder and the runner; all that is more than a third of what it costs the loop. What is read
here goes to the committer at once, and its answer is written when the committer has it
(`Session.begin_change`, `end_change`). Everything else, every error in the text too, goes the ordinary way.
"""

from typing import Final

from server.dialect import PlacedStatement, read
from server.errors import OdpsError
from server.executor import Executor
from server.quick_describe import find_query_text, is_usual
from server.statements import ModelChange

# A longer text goes the ordinary way.
_LONGEST_TEXT: Final = 4096
_WORD_AT: Final = slice(5, 9)
_WORDS: Final = (b"ALTE", b"alte", b"CREA", b"crea", b"DROP", b"drop")


def find_change(packet: bytes, executor: Executor) -> str | None:
    """The text of a packet that may be one change of a model; None for what is not."""
    if packet[_WORD_AT] not in _WORDS or len(packet) > _LONGEST_TEXT or not executor.parameters.find(is_usual):
        return None
    return find_query_text(packet)


def read_change(text: str) -> tuple[PlacedStatement, ModelChange] | None:
    """The one statement of a text, if it changes a model."""
    try:
        placed = read(text)
    except OdpsError:
        return None
    statement = placed[0].statement if len(placed) == 1 else None
    return (placed[0], statement) if isinstance(statement, ModelChange) and not placed[0].parameters else None
