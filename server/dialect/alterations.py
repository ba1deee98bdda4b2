"""Reads what may follow `ALTER MODEL name` besides the documented forms.

SILENT: none of this is MaxCompute's; the words are those that its tables have (CHANGEOWNER, RENAME TO, LIFECYCLE).
"""

from typing import Final

from server.dialect.cursor import Cursor
from server.statements import Identifier, ObjectName, Option, Value
from server.statements.alterations import (
    Alteration,
    ChangeOwner,
    DropAlias,
    Label,
    RenameModel,
    SetAlias,
    SetComment,
    SetLabels,
    SetLifecycle,
    SetOptions,
    UnsetLabels,
)

# What may follow the name, and SET, besides what is documented; they are named where nothing fits.
ALTERATIONS: Final = ("MODIFY", "UNSET", "RENAME", "CHANGEOWNER")
_OF_THE_MODEL: Final = ("COMMENT", "LABELS", "LIFECYCLE")
SETTABLE: Final = (*_OF_THE_MODEL, "ALIAS")


def parse_alteration(cursor: Cursor, name: ObjectName, *, if_exists: bool) -> Alteration | None:
    """The alteration that comes next; None when it is none of these."""
    statement: Alteration
    if cursor.accept("RENAME"):
        cursor.expect("TO")
        statement = RenameModel(name, cursor.identifier("a model name"), if_exists)
    elif cursor.accept("CHANGEOWNER"):
        cursor.expect("TO")
        statement = ChangeOwner(name, cursor.string(), if_exists)
    elif cursor.accept("MODIFY"):
        cursor.expect("VERSION")
        version = parse_version(cursor)
        statement = _parse_change(cursor, name, version, if_exists)
    elif cursor.accept("SET", "ALIAS"):
        alias = cursor.identifier("an alias")
        cursor.expect("FOR", "VERSION")
        statement = SetAlias(name, alias, parse_version(cursor), if_exists)
    elif cursor.accept("DROP", "ALIAS"):
        if_alias_exists = cursor.accept("IF", "EXISTS")
        statement = DropAlias(name, cursor.identifier("an alias"), if_exists, if_alias_exists)
    elif cursor.sees("UNSET") or any(cursor.sees("SET", word) for word in _OF_THE_MODEL):
        statement = _parse_change(cursor, name, None, if_exists)
    else:
        return None
    cursor.expect_end()
    return statement


def _parse_change(cursor: Cursor, name: ObjectName, version: Identifier | None, if_exists: bool) -> Alteration:
    """Reads `SET COMMENT 'c'`, `SET LABELS (..)`, `UNSET LABELS (..)`, `SET LIFECYCLE n` and `SET OPTIONS (..)`."""
    if cursor.accept("UNSET"):
        cursor.expect("LABELS")
        return UnsetLabels(name, _keys(cursor), version, if_exists)
    cursor.expect("SET")
    at = cursor.at
    match cursor.expect_any(*_OF_THE_MODEL, *([] if version is None else ["OPTIONS"])):
        case "COMMENT":
            return SetComment(name, cursor.string(), version, if_exists)
        case "LABELS":
            return SetLabels(name, _labels(cursor), version, if_exists)
        case "LIFECYCLE":
            place = cursor.at
            days = cursor.integer()
            return SetLifecycle(name, days, version, if_exists, place)
        case _:
            assert version is not None, "only a version has options"  # noqa: S101  a fault of ours
            return SetOptions(name, version, parse_options(cursor), if_exists, at)


def parse_version(cursor: Cursor) -> Identifier:
    """The name of a version, which people are tempted to write as v1.0 or 2026-01-31."""
    name = cursor.identifier("a version name")
    if cursor.sees(".") or cursor.sees("-"):
        raise cursor.unexpected(hint="The name of a version has letters, digits and _ only.")
    return name


def parse_options(cursor: Cursor) -> tuple[Option, ...]:
    """Reads `(key = 'value', ...)`."""
    cursor.expect("(")
    options: list[Option] = []
    while True:
        at = cursor.at
        key = cursor.option_key()
        cursor.expect("=")
        options.append(Option(key, cursor.value(), at))
        if cursor.accept(")"):
            return tuple(options)
        if not cursor.accept(","):
            # What follows a value may be the rest of a secret whose quotes are wrong.
            raise cursor.unexpected(",", ")", private=True)


def _labels(cursor: Cursor) -> tuple[Label, ...]:
    cursor.expect("(")
    labels: list[Label] = []
    while True:
        key = cursor.string()
        cursor.expect("=")
        labels.append(Label(key, cursor.string()))
        if cursor.expect_any(",", ")") == ")":
            return tuple(labels)


def _keys(cursor: Cursor) -> tuple[Value, ...]:
    cursor.expect("(")
    keys: list[Value] = []
    while True:
        keys.append(cursor.string())
        if cursor.expect_any(",", ")") == ")":
            return tuple(keys)
