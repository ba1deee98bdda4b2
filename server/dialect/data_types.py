"""Reads the data type of an input column. Only the form is checked here: which types exist the catalog says.

A type is a NAME, with one or two numbers in parentheses or without, or ARRAY < type >, MAP < type , type >,
STRUCT < name : type , ... >.
"""

from server.dialect.cursor import Cursor
from server.statements import DataType, Identifier


def parse_data_type(cursor: Cursor) -> DataType:
    """The type at the cursor. The guard on brackets bounds how deep this calls itself."""
    at = cursor.at
    name = cursor.word("a data type")
    if cursor.accept("("):
        return DataType(name, arguments=_arguments(cursor), at=at)
    if name not in ("ARRAY", "MAP", "STRUCT") or not cursor.accept("<"):
        return DataType(name, at=at)
    match name:
        case "ARRAY":
            elements: tuple[DataType, ...] = (parse_data_type(cursor),)
        case "MAP":
            key = parse_data_type(cursor)
            cursor.expect(",")
            elements = (key, parse_data_type(cursor))
        case _:
            return _struct(cursor, at)
    cursor.expect(">")
    return DataType(name, elements=elements, at=at)


def _arguments(cursor: Cursor) -> tuple[int, ...]:
    first = cursor.integer()
    if cursor.expect_any(",", ")") == ")":
        return (first,)
    second = cursor.integer()
    cursor.expect(")")
    return (first, second)


def _struct(cursor: Cursor, at: int) -> DataType:
    names: list[Identifier] = []
    types: list[DataType] = []
    while True:
        names.append(cursor.identifier("a field name"))
        cursor.expect(":")
        types.append(parse_data_type(cursor))
        if cursor.expect_any(",", ">") == ">":
            return DataType("STRUCT", elements=tuple(types), field_names=tuple(names), at=at)
