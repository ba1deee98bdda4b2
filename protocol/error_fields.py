"""What ErrorResponse and NoticeResponse say: lettered fields, each a string.

Source: PostgreSQL manual, "Error and Notice Message Fields".
"""

import re
from dataclasses import dataclass
from typing import Final, Self

from protocol.body import BodyReader
from protocol.encodings import UTF_8
from protocol.errors import InvalidMessage, LocalProtocolError

FATAL_SEVERITIES: Final = frozenset({"FATAL", "PANIC"})
_NAMED: Final = frozenset("SVCMDHP")
_POSITION: Final = re.compile("[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class ErrorFields:
    """The fields in use here by name, any others by letter.

    Attributes:
        severity: ERROR, FATAL, PANIC, WARNING, NOTICE, DEBUG, INFO or LOG; sent both as S, which
            PostgreSQL translates and we do not, and as V.
        position: in characters of the statement text, from 1.
        others: (letter, text) of further fields, such as ("W", where) or ("s", schema).
    """

    severity: str
    sqlstate: str
    message: str
    detail: str | None = None
    hint: str | None = None
    position: int | None = None
    others: tuple[tuple[str, str], ...] = ()

    @classmethod
    def decode(cls, body: bytes, encoding: str = UTF_8) -> Self:
        """Read the fields.

        Raises:
            InvalidMessage
        """
        reader = BodyReader(body, encoding)
        named: dict[str, str] = {}
        others: list[tuple[str, str]] = []
        while (letter := reader.character()) != "\0":
            text = reader.string()
            if letter in _NAMED:
                named[letter] = text
            else:
                others.append((letter, text))
        reader.finish()
        position = named.get("P")
        if not {"S", "C", "M"} <= named.keys() or not (position is None or _POSITION.fullmatch(position)):
            raise InvalidMessage("invalid message format")
        return cls(
            severity=named.get("V", named["S"]),
            sqlstate=named["C"],
            message=named["M"],
            detail=named.get("D"),
            hint=named.get("H"),
            position=None if position is None else int(position),
            others=tuple(others),
        )

    def encode(self, encoding: str = UTF_8) -> bytes:
        """Write the fields and the NUL that ends them.

        A character that the encoding lacks becomes `?`: a report must always arrive.
        """
        return b"".join([_pack(letter, text, encoding) for letter, text in self.lettered()]) + b"\0"

    def lettered(self) -> list[tuple[str, str]]:
        """Every field with its letter, in the order sent."""
        optional = (("D", self.detail), ("H", self.hint), ("P", None if self.position is None else str(self.position)))
        return [
            ("S", self.severity),
            ("V", self.severity),
            ("C", self.sqlstate),
            ("M", self.message),
            *[(letter, text) for letter, text in optional if text is not None],
            *self.others,
        ]


def _pack(letter: str, text: str, encoding: str) -> bytes:
    if "\0" in letter + text or len(letter) != 1:
        raise LocalProtocolError("a field of a report is one letter and a string without NUL")
    return letter.encode("latin-1") + text.encode(encoding, "replace") + b"\0"
