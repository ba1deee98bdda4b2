"""has_table_privilege and its kin, pg_has_role.

The system catalogs and the views can be read by everybody and changed by nobody.
SILENT: privileges on models are MaxCompute's; these functions speak of PostgreSQL's
objects. What is not to be had here (changing a table) nobody has, superusers neither.

Source: PostgreSQL manual, "Access Privilege Inquiry Functions"; PostgreSQL 15, acl.c.
"""

from dataclasses import dataclass
from typing import Final

from protocol import types
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import NO_TYPE, Oid
from server.query.functions.registry import function
from server.query.relations.reading import find_row, find_rows
from server.query.runtime import Runtime

_PUBLIC: Final = "public"


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of object.

    Attributes:
        known: the privileges that there are on it; `held`: those that everybody has.
        table: its catalog, "" where there is none.
        name: the column of the name there, for those that have no reg* type.
        reference: the reg* type that reads its name.
        missing: what is said of a name that means nothing.
    """

    known: tuple[str, ...]
    held: tuple[str, ...]
    table: str
    missing: str
    sqlstate: SqlState = SqlState.UNDEFINED_OBJECT
    reference: Oid = NO_TYPE
    name: str = ""


def _relation(known: tuple[str, ...], held: tuple[str, ...]) -> _Kind:
    missing = 'relation "{}" does not exist'
    return _Kind(known, held, "pg_class", missing, SqlState.UNDEFINED_TABLE, types.REGCLASS)


_COLUMN: Final = ("SELECT", "INSERT", "UPDATE", "REFERENCES")
_KINDS: Final = {
    "table": _relation((*_COLUMN, "DELETE", "TRUNCATE", "TRIGGER", "RULE"), ("SELECT",)),
    "any_column": _relation(_COLUMN, ("SELECT",)),
    "column": _relation(_COLUMN, ("SELECT",)),
    "sequence": _relation(("USAGE", "SELECT", "UPDATE"), ("SELECT", "USAGE")),
    "schema": _Kind(
        ("CREATE", "USAGE"),
        ("USAGE",),
        "pg_namespace",
        'schema "{}" does not exist',
        SqlState.INVALID_SCHEMA_NAME,
        types.REGNAMESPACE,
        "nspname",
    ),
    "database": _Kind(
        ("CREATE", "CONNECT", "TEMPORARY", "TEMP"),
        ("CREATE", "CONNECT", "TEMPORARY", "TEMP"),
        "pg_database",
        'database "{}" does not exist',
        SqlState.INVALID_CATALOG_NAME,
        name="datname",
    ),
    "function": _Kind(
        ("EXECUTE",),
        ("EXECUTE",),
        "pg_proc",
        'function "{}" does not exist',
        SqlState.UNDEFINED_FUNCTION,
        types.REGPROCEDURE,
    ),
    "type": _Kind(("USAGE",), ("USAGE",), "pg_type", 'type "{}" does not exist', reference=types.REGTYPE),
    "language": _Kind(("USAGE",), ("USAGE",), "pg_language", 'language "{}" does not exist', name="lanname"),
    "tablespace": _Kind(("CREATE",), (), "pg_tablespace", 'tablespace "{}" does not exist', name="spcname"),
    "server": _Kind(("USAGE",), (), "pg_foreign_server", 'server "{}" does not exist', name="srvname"),
    "foreign_data_wrapper": _Kind(
        ("USAGE",), (), "pg_foreign_data_wrapper", 'foreign-data wrapper "{}" does not exist', name="fdwname"
    ),
    "parameter": _Kind(("SET", "ALTER SYSTEM"), ("SET",), "", ""),
}
_ROLE_WORDS: Final = ("USAGE", "MEMBER")
_GRANTABLE: Final = (" WITH GRANT OPTION", " WITH ADMIN OPTION")


def _read_words(privileges: str, known: tuple[str, ...]) -> list[str]:
    """The words of a list of privileges, in upper case.

    Raises:
        InvalidValue: one is not among those that there are.
    """
    words = []
    for written in privileges.split(","):
        word = written.strip().upper()
        plain = next((word.removesuffix(option) for option in _GRANTABLE if word.endswith(option)), word)
        if plain not in known:
            message = f'unrecognized privilege type: "{written.strip()}"'
            raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
        words.append(word)
    return words


def _find_object(runtime: Runtime, kind: _Kind, written: object) -> object | None:
    """The OID of an object by its name or its OID; None for an OID that is nobody's.

    Raises:
        InvalidValue: there is nothing of this name.
    """
    if not isinstance(written, str):
        return written if find_row(runtime, kind.table, written) is not None else None
    if kind.name:
        row = next(find_rows(runtime, kind.table, kind.name, written), None)
        found = None if row is None else row["oid"]
    else:
        found = runtime.references.find(kind.reference, written)
    if found is None:
        raise InvalidValue(kind.missing.format(written), sqlstate=kind.sqlstate)
    return found


def _has_column(runtime: Runtime, relation: object, column: object) -> bool:
    columns = find_rows(runtime, "pg_attribute", "attrelid", relation)
    if not isinstance(column, str):
        return any(each["attnum"] == column for each in columns)
    if all(each["attname"] != column for each in columns):
        row = find_row(runtime, "pg_class", relation)
        message = f'column "{column}" of relation "{"" if row is None else row["relname"]}" does not exist'
        raise InvalidValue(message, sqlstate=SqlState.UNDEFINED_COLUMN)
    return True


def _register(name: str, kind: _Kind) -> None:
    own = 3 if name == "column" else 2

    @function(f"has_{name}_privilege", runtime=True)
    def has_privilege(runtime: Runtime, *arguments: object) -> bool | None:
        """(user, object [, column], privilege), the user may be left out."""
        if len(arguments) > own and arguments[0] != _PUBLIC:
            _role_oid(runtime, arguments[0])
        target, *column, privileges = arguments[-own:]
        found = _find_object(runtime, kind, target) if kind.table else target
        if found is None or (column and not _has_column(runtime, found, column[0])):
            return None
        return any(word in kind.held for word in _read_words(str(privileges), kind.known))


for _name, _kind in _KINDS.items():
    _register(_name, _kind)


def _role_oid(runtime: Runtime, role: object) -> object:
    if not isinstance(role, str):
        return role
    found = next(find_rows(runtime, "pg_authid", "rolname", role), None)
    if found is None:
        raise InvalidValue(f'role "{role}" does not exist', sqlstate=SqlState.UNDEFINED_OBJECT)
    return found["oid"]


@function("pg_has_role", runtime=True)
def pg_has_role(runtime: Runtime, *arguments: object) -> bool:
    """([user,] role, privilege): whether a user is that role, may be it, or may be every one.

    Views of information_schema ask it of each row, nearly always of the same role.
    """
    key = pg_has_role, arguments
    found = runtime.scratch.get(key)
    if not isinstance(found, bool):
        found = runtime.scratch[key] = _has_role(runtime, *arguments)
    return found


def _has_role(runtime: Runtime, *arguments: object) -> bool:
    *who, role, privileges = arguments
    user = _role_oid(runtime, who[0] if who else runtime.session.user)
    wanted = _role_oid(runtime, role)
    _read_words(str(privileges), _ROLE_WORDS)
    row = find_row(runtime, "pg_authid", user)
    return user == wanted or (row is not None and bool(row["rolsuper"])) or _is_member(runtime, user, wanted)


def _is_member(runtime: Runtime, user: object, role: object) -> bool:
    seen, waiting = {user}, [user]
    while waiting:
        for row in find_rows(runtime, "pg_auth_members", "member", waiting.pop()):
            if row["roleid"] not in seen:
                seen.add(row["roleid"])
                waiting.append(row["roleid"])
    return role in seen


@function("row_security_active")
def row_security_active(*_: object) -> bool:
    return False
