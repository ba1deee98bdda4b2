"""Reads the data files: one catalog each, in the text format of COPY with a line of column names.

Source: PostgreSQL manual, COPY, "Text Format".
"""

import re
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

_NULL: Final = r"\N"
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}

Texts = tuple[str | None, ...]


class File(NamedTuple):
    """A catalog's rows as texts; `columns` tells where in a row each column stands."""

    columns: dict[str, int]
    rows: tuple[Texts, ...]


@cache
def read_file(name: str) -> File | None:
    """The rows of a catalog; None where there is no file, which is where PostgreSQL has no rows."""
    path = files(__package__).joinpath("data", f"{name}.tsv")
    if not path.is_file():
        return None
    # Not splitlines, which also cuts at characters that COPY leaves as they are.
    head, *lines = path.read_text(encoding="utf-8").removesuffix("\n").split("\n")
    columns = {column: index for index, column in enumerate(head.split("\t"))}
    return File(columns, tuple(tuple(map(_unescape, line.split("\t"))) for line in lines))


def _unescape(field: str) -> str | None:
    if "\\" not in field:
        return field
    if field == _NULL:
        return None
    return _ESCAPED.sub(lambda found: _ESCAPES.get(found[1], found[1]), field)
