"""Answers kept encoded: a packet that comes again is answered with the same bytes, if what they rest on is the same.

Nearly all of what reading a small thing costs is asking for it anew: decoding, parsing, rows, encoding. What is kept
is the whole way from a received packet (a Query, or an extended batch up to its Sync) to everything sent for it, so
that the second time costs one look into a dictionary. A kept answer is used only where all of this is as it was:

- the packet, byte for byte, and the prepared statement that it names, if it names one;
- who asks, in which project, and under which run-time parameters (`Answers.number`);
- the catalog, or at least what the answer rests on in it (`Basis`).

Only answers that say what they rest on are kept (`Result.basis`), so that a new statement is never kept by
accident. Nothing that may hold a secret is kept. Measured: DESC MODEL costs a fifteenth of what it costs without.
"""

import re
from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final

from server.catalog import Catalog
from server.numbering import Numbers
from server.prepared import PreparedStatement
from server.results import Basis

# What all answers may take together.
_MOST_BYTES: Final = 32 * 1024 * 1024
# Besides its bytes, roughly: an entry's objects, and those of a prepared statement that it keeps.
_ENTRY_BYTES: Final = 700
_PREPARED_BYTES: Final = 700
# Hashes of what was asked for once.
_MOST_MARKS: Final = 4096
# A literal may be a key or a password.
_SECRET: Final = re.compile(b"apikey|password", re.IGNORECASE)


@dataclass(slots=True)
class Answer:
    """What was sent for a packet.

    Attributes:
        data: all of it, up to ReadyForQuery.
        text: the statement's, for pg_stat_activity.
        kinds: the names of the classes of the packet's statements.
        bases: what each statement of the packet rests on.
        revision: of the newest catalog that it is known to be right for.
        unnamed: the unnamed prepared statement that the packet leaves behind; None for none.
        prepared: the one that the packet names; kept, so that no other can have its identity.
        wanted: asked for since it was looked at last by who makes room.
    """

    data: bytes
    text: str
    kinds: tuple[str, ...]
    bases: tuple[Basis, ...]
    revision: int
    unnamed: PreparedStatement | None
    prepared: PreparedStatement | None = None
    wanted: bool = False

    def holds(self, catalog: Catalog) -> bool:
        """Whether it would be the same now."""
        if all(basis(catalog) for basis in self.bases):
            self.revision = catalog.revision
            return True
        return False


class Answers:
    """All that are kept, for all sessions; those that were not asked for lately give way. On the loop only.

    Which were asked for is one mark on each, which gives it a second round. A list in the order of the last use would
    touch its neighbours at each answer, and where all else is so short that can be measured.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._size = 0
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()
        self._numbers = Numbers()
        self._asked_once: set[int] = set()

    @property
    def size(self) -> int:
        """Bytes of all of them, roughly."""
        return self._size

    @property
    def keeps_any(self) -> bool:
        return self._most_bytes > 0

    def keep_none(self) -> None:
        """From now on every statement is run."""
        self._most_bytes = 0

    def number(self, surroundings: Hashable) -> int:
        """A number for what an answer depends on besides packet and catalog."""
        return self._numbers.find(surroundings)

    def find(self, key: Hashable, catalog: Catalog) -> Answer | None:
        """The answer that was kept under the key, if it is still right."""
        answer = self._answers.get(key)
        if answer is None:
            return None
        if answer.revision != catalog.revision and not answer.holds(catalog):
            self._drop(key)
            return None
        answer.wanted = True
        return answer

    def is_first(self, key: Hashable) -> bool:
        """Whether this was not asked for before, among some thousands of the last: then it is not worth keeping yet."""
        mark = hash(key)
        if mark in self._asked_once:
            return False
        if len(self._asked_once) >= _MOST_MARKS:
            self._asked_once.clear()
        self._asked_once.add(mark)
        return True

    def keep(self, key: Hashable, packet: bytes, answer: Answer) -> None:
        """Keep it, unless it may hold a secret."""
        if _SECRET.search(packet) or _SECRET.search(answer.text.encode()):
            return
        if key in self._answers:
            self._drop(key)
        self._answers[key] = answer
        self._size += _size(key, answer)
        while self._size > self._most_bytes:
            oldest, found = next(iter(self._answers.items()))
            if found.wanted:
                found.wanted = False
                self._answers.move_to_end(oldest)
            else:
                self._drop(oldest)

    def __len__(self) -> int:
        return len(self._answers)

    def _drop(self, key: Hashable) -> None:
        self._size -= _size(key, self._answers.pop(key))


def _size(key: Hashable, answer: Answer) -> int:
    packet = next((part for part in key if isinstance(part, bytes)), b"") if isinstance(key, tuple) else b""
    objects = _ENTRY_BYTES if answer.prepared is None else _ENTRY_BYTES + _PREPARED_BYTES
    return len(answer.data) + len(packet) + len(answer.text) + objects
