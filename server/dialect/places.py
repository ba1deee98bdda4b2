"""Where the places of a statement are in the text of a client.

A place (`at`) counts characters from 0 in the text of one statement. Only errors and notices ask for the real one.
"""

from typing import Final, NamedTuple


class Places(NamedTuple):
    """How to find the real places.

    Attributes:
        start: where the statement begins in the client's text.
        cuts: where a form was read (`server.dialect.forms`): of each piece that was put in, where it began in the text
            that the form was learned from, how long it was there, and how long it is here.
    """

    start: int = 0
    cuts: tuple[tuple[int, int, int], ...] = ()

    def find(self, at: int) -> int:
        """The place in the client's text of what stands at `at` in the statement's."""
        return self.start + at + sum(here - there for begin, there, here in self.cuts if begin < at)


class Source(NamedTuple):
    """The client's text that a statement stands in, and its places there."""

    text: str = ""
    places: Places = Places()


NO_SOURCE: Final = Source()
