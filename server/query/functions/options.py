"""Storage options, sequences and other attributes of objects that this server has few of.

Source: PostgreSQL manual, "System Catalog Information Functions", "Sequence Manipulation Functions".
"""

from collections.abc import Iterator
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import BPCHAR, NAME, TEXT, VARCHAR
from server.query.binder.type_facts import format_type, is_collatable
from server.query.functions.registry import CallTypes, Scalar, function, typed_function
from server.query.relations.reading import find_row
from server.query.runtime import Runtime

_STRINGS: Final = (TEXT, VARCHAR, BPCHAR)


@function("pg_options_to_table")
def pg_options_to_table(options: list[str | None]) -> Iterator[tuple[str, str | None]]:
    """`name=value` each; a name alone has the value NULL."""
    for option in options:
        if option is not None:
            name, equals, value = option.partition("=")
            yield name, value if equals else None


@typed_function("pg_collation_for")
def pg_collation_for(types: CallTypes) -> Scalar:
    oid = types.arguments[0]
    if not is_collatable(oid):
        message = f"collations are not supported by type {format_type(oid)}"
        return lambda value: _refuse(message, SqlState.DATATYPE_MISMATCH)
    name = '"C"' if oid == NAME else '"default"'
    return lambda value: name


@function("pg_column_compression")
def pg_column_compression(_: object) -> None:
    """Nothing is compressed in memory."""
    return


@function("nextval", "currval", "setval", "pg_sequence_last_value", "pg_sequence_parameters", runtime=True)
def no_sequence(runtime: Runtime, relation: int, *_: object) -> None:
    """There are no sequences, so what is named is something else."""
    row = find_row(runtime, "pg_class", relation)
    if row is None:
        _refuse(f"could not open relation with OID {relation}", SqlState.UNDEFINED_TABLE)
    else:
        _refuse(f'"{row["relname"]}" is not a sequence', SqlState.WRONG_OBJECT_TYPE)


@function("lastval")
def lastval() -> int:
    message = "lastval is not yet defined in this session"
    raise InvalidValue(message, sqlstate=SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE)


def _refuse(message: str, sqlstate: SqlState) -> None:
    raise InvalidValue(message, sqlstate=sqlstate)
