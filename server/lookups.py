"""A SELECT that looks up a model by its name, with the name taken out of its text.

Names come by the thousand, texts around them do not: with the name as a parameter the next name finds the statement
read, bound and compiled. Reading, binding and compiling are nine tenths of what such a SELECT costs.
"""

import re
from dataclasses import dataclass
from typing import Final

_LONGEST: Final = 1024
# Nothing but words, signs and blanks before the name, so that no quote or comment can be in the way.
_LOOKUP: Final = re.compile(
    r"""(\s*+select\s[^'"`$;\\/-]*?\swhere\s++(?:\w++\.)?model_name\s*+=\s*+)'([^'\\]*+)'\s*+;?\s*+""", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Lookup:
    """`text` is the SELECT with `$1` in the place of the name; all that stands before that keeps its place."""

    text: str
    name: str


def find_lookup(text: str) -> Lookup | None:
    """The lookup that a client's text is, and nothing but."""
    if len(text) > _LONGEST:
        return None
    found = _LOOKUP.fullmatch(text)
    return None if found is None else Lookup(f"{found[1]}$1", found[2])
