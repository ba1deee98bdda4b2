"""Answers a SELECT that looks something up by the next name, from the packet to the bytes, in one go.

As `quick_describe` does for DESC MODEL, and for the same reason: the ordinary way through backend, session and output
takes twice as long as finding the rows. A simple query that is one SELECT of which only the constants are new
(`server/dialect/templates.py`), whose plan is kept and gives a few rows at once, is answered here, if it is answered
with rows at all. Everything else, every error too, goes the ordinary way, which gives byte for byte the same.
"""

from typing import Final

from protocol.errors import InvalidValue
from server.dialect import read
from server.errors import OdpsError
from server.executor import Executor
from server.quick_packets import QuickAnswer, find_form, find_text
from server.statements.select import Select

_WORDS: Final = (b"SELE", b"sele", b"Sele")
_KIND: Final = Select.__name__


class QuickSelects:
    """For one session."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def answer(self, packet: bytes) -> QuickAnswer | None:
        """The answer to a packet that came to an idle session outside a transaction; None for what is not ours."""
        text = find_text(packet, _WORDS, self._executor.parameters)
        if text is None:
            return None
        try:
            placed = read(text)
            statement = placed[0].statement if len(placed) == 1 else None
            if not isinstance(statement, Select) or not statement.constants:
                return None
            found = self._executor.selects.run_short(statement)
            if found is None:
                return None
            columns, rows, basis = found
            form = find_form(columns, (0,) * len(columns), self._executor.value_settings)
            data = form.answer(rows)
        except (OdpsError, InvalidValue):
            return None
        return None if data is None else QuickAnswer(text, data, lambda: basis, _KIND)
