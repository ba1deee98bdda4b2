"""Access control lists as values.

Source: PostgreSQL manual, "aclitem Functions"; PostgreSQL 15, acl.c.
"""

import re
from collections.abc import Iterator
from typing import Final

from protocol import types
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.registry import function
from server.query.runtime import Runtime

# Access control lists: `grantee=privileges/grantor`, a star after a privilege that may be granted on.

_ITEM: Final = re.compile(r"(?P<grantee>.*)=(?P<privileges>[a-zA-Z*]*)/(?P<grantor>.*)", re.DOTALL)
_LETTERS: Final = {
    "a": "INSERT",
    "r": "SELECT",
    "w": "UPDATE",
    "d": "DELETE",
    "D": "TRUNCATE",
    "x": "REFERENCES",
    "t": "TRIGGER",
    "X": "EXECUTE",
    "U": "USAGE",
    "C": "CREATE",
    "T": "TEMPORARY",
    "c": "CONNECT",
    "s": "SET",
    "A": "ALTER SYSTEM",
}
# (what everybody has, what the owner has) by default.
_DEFAULTS: Final = {
    "c": ("", ""),
    "r": ("", "arwdDxt"),
    "s": ("", "rwU"),
    "d": ("Tc", "CTc"),
    "f": ("X", "X"),
    "l": ("U", "U"),
    "L": ("", "rw"),
    "n": ("", "UC"),
    "p": ("", "sA"),
    "t": ("", "C"),
    "F": ("", "U"),
    "S": ("", "U"),
    "T": ("U", "U"),
}


@function("acldefault", runtime=True)
def acldefault(runtime: Runtime, kind: str, owner: int) -> list[str]:
    if kind not in _DEFAULTS:
        message = f"unrecognized objtype abbreviation: {kind}"
        raise InvalidValue(message, sqlstate=SqlState.INTERNAL_ERROR)
    everybody, own = _DEFAULTS[kind]
    name = runtime.references.format(types.REGROLE, owner)
    return [*([f"={everybody}/{name}"] if everybody else []), *([f"{name}={own}/{name}"] if own else [])]


@function("aclexplode", runtime=True)
def aclexplode(runtime: Runtime, items: list[str]) -> Iterator[tuple[int, int, str, bool]]:
    """(grantor, grantee, privilege, whether it may be granted on) of each privilege in each item."""
    for item in items:
        match = _ITEM.fullmatch(item)
        if match is None:
            continue
        grantor, grantee = (_oid_of(runtime, match[part]) for part in ("grantor", "grantee"))
        letters = match["privileges"]
        for index, letter in enumerate(letters):
            if letter != "*":
                yield grantor, grantee, _LETTERS.get(letter, letter), letters[index + 1 : index + 2] == "*"


def _oid_of(runtime: Runtime, role: str) -> int:
    """0 for everybody, who has no name; PostgreSQL's own superuser is the first principal here."""
    if not role:
        return 0
    return runtime.references.find(types.REGROLE, role) or 10


@function("makeaclitem", runtime=True)
def makeaclitem(runtime: Runtime, grantee: int, grantor: int, privilege: str, grantable: bool) -> str:
    letter = next((letter for letter, word in _LETTERS.items() if word == privilege.strip().upper()), None)
    if letter is None:
        message = f'unrecognized privilege type: "{privilege}"'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    to, by = (runtime.references.format(types.REGROLE, oid) if oid else "" for oid in (grantee, grantor))
    return f"{to}={letter}{'*' if grantable else ''}/{by}"


def _parts(item: str) -> tuple[str, str, set[str]]:
    """(grantee, grantor, privileges), each of these with a star where it may be granted on."""
    match = _ITEM.fullmatch(item)
    if match is None:
        return item, "", set()
    return match["grantee"], match["grantor"], set(re.findall(r"[a-zA-Z]\*?", match["privileges"]))


@function("aclitemeq")
def aclitemeq(left: str, right: str) -> bool:
    return _parts(left) == _parts(right)


@function("aclcontains")
def aclcontains(items: list[str], item: str) -> bool:
    grantee, grantor, wanted = _parts(item)
    for each in items:
        other_grantee, other_grantor, held = _parts(each)
        # Who may grant a privilege on holds it too.
        if (grantee, grantor) == (other_grantee, other_grantor) and wanted <= held | {name[0] for name in held}:
            return True
    return False
