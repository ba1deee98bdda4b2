"""Reads a packet that is one change of a model, as a registry's writers send them, past the ordinary way.

An ADD VERSION waits for the store, and in the ordinary way that is a coroutine in a task, with a future to wait for,
behind the backend, the recorder and the runner; all that is more than a third of what it costs the loop. What is read
here goes to the committer at once, and its answer is written when the committer has it
(`Session.begin_change`, `end_change`). Everything else, every error in the text too, goes the ordinary way.
"""

import re
from typing import Final

from server.dialect import PlacedStatement, read
from server.errors import OdpsError
from server.executor import Executor
from server.quick_packets import find_text
from server.statements import ModelChange

_WORDS: Final = (b"ALTE", b"alte", b"CREA", b"crea", b"DROP", b"drop")
# What is not ours is read again, so what can be told at a glance is not read here.
_HEAD: Final = re.compile(r"(?:alter|create(?:\s+or\s+replace)?|drop)\s+model\b", re.IGNORECASE)


def find_change(packet: bytes, executor: Executor) -> str | None:
    """The text of a packet that may be one change of a model; None for what is not."""
    text = find_text(packet, _WORDS, executor.parameters)
    if text is None or _HEAD.match(text) is None or ";" in text.rstrip()[:-1]:
        return None
    return text


def read_change(text: str) -> tuple[PlacedStatement, ModelChange] | None:
    """The one statement of a text, if it changes a model."""
    try:
        placed = read(text)
    except OdpsError:
        return None
    statement = placed[0].statement if len(placed) == 1 else None
    return (placed[0], statement) if isinstance(statement, ModelChange) and not placed[0].parameters else None
