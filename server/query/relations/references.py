"""Names of objects: how regclass and its kin are written, and what a written name means.

A name stands alone where the search path leads to the object, with its schema else.
Source: PostgreSQL 15, regproc.c, and ruleutils' quote_identifier.
"""

import re
from collections.abc import Callable, Sequence
from typing import Final

from protocol import types
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import Oid
from server.parameters.texts import quote_names, split_names
from server.query.binder.type_facts import format_type
from server.query.postgres.functions import find_function_by_oid, functions_named
from server.query.postgres.operators import find_operator_by_oid, operators_named
from server.query.postgres.types import find_type, find_type_by_name
from server.query.relations.database import CatalogDatabase
from server.query.relations.interface import Row
from server.query.relations.shape import SYSTEM_SCHEMAS

_PART: Final = re.compile(r'"(?:[^"]|"")+"|[^\s".]+')
_QUALIFIED: Final = re.compile(rf"\s*(?:{_PART.pattern})(?:\s*\.\s*(?:{_PART.pattern}))*\s*")
_SIGNATURE: Final = re.compile(r"(?P<name>[^(]*)\((?P<arguments>.*)\)\s*", re.DOTALL)
_ARRAY: Final = re.compile(r"(.*?)(?:(?:\s*\[\s*\d*\s*\])+|\s+array)\s*", re.DOTALL | re.IGNORECASE)
# A function with a hundred arguments is shorter. What reads names cannot be interrupted.
_LONGEST: Final = 16_384
_MOST_OF_REAL: Final = 24  # binary digits
_MODIFIER: Final = re.compile(r"\([^()]*\)")


class References:
    """The names of one database under one search path.

    Args:
        search_path: the schemas that names are looked for in, pg_catalog among them.
    """

    def __init__(self, database: CatalogDatabase, search_path: Sequence[str]) -> None:
        self._database = database
        self._path = tuple(search_path)

    def format(self, kind: Oid, oid: int) -> str:
        """How a value of regclass and its kin is written; the number itself where there is no such object."""
        if oid == 0:
            return "0" if kind in (types.REGOPER, types.REGOPERATOR) else "-"
        formatter = _FORMATS.get(kind)
        found = None if formatter is None else formatter(self, oid)
        return str(oid) if found is None else found

    def find(self, kind: Oid, text: str) -> int | None:
        """The OID of what a text names; None when there is no such object."""
        if text == "-" or (text == "0" and kind in (types.REGOPER, types.REGOPERATOR)):
            return 0
        if len(text) > _LONGEST:
            return None
        if text.isascii() and text.isdigit():
            return int(text)
        finder = _FINDERS.get(kind)
        return None if finder is None else finder(self, text)

    # Relations.

    def class_name(self, oid: int) -> str | None:
        relation = self._database.find_relation_by_oid(oid)
        if relation is not None:
            return self._qualify(relation.schema, relation.name, self._first_class(relation.name) == oid)
        row = self._row("pg_class", 1, oid)
        if row is None:
            return None
        return self._qualify(self._schema_name(row[2]), str(row[1]), visible=self._first_class(str(row[1])) == oid)

    def find_class(self, text: str) -> int | None:
        names = split_qualified(text)
        if not names or len(names) > 3:
            return None
        if len(names) == 1:
            return self._first_class(names[0])
        return self._class_in(names[-2], names[-1])

    def _first_class(self, name: str) -> int | None:
        return next((oid for schema in self._path if (oid := self._class_in(schema, name)) is not None), None)

    def _class_in(self, schema: str, name: str) -> int | None:
        relation = self._database.find_relation(schema, name)
        if relation is not None:
            return relation.oid
        for row in self._rows("pg_class", 2, name):
            if self._schema_name(row[2]) == schema:
                return int(str(row[0]))
        return None

    # Types.

    def type_name(self, oid: int) -> str | None:
        if find_type(oid) is not None:
            return format_type(Oid(oid))
        row = self._row("pg_type", 1, oid)
        if row is None:
            return None
        relation = row[11]
        if relation:
            return self.class_name(int(str(relation)))
        element = self.type_name(int(str(row[13])))
        return None if element is None else f"{element}[]"

    def find_type(self, text: str) -> int | None:
        array = _ARRAY.fullmatch(text)
        if array is not None:
            element = self.find_type(array[1])
            if element is None:
                return None
            row = self._row("pg_type", 1, element)
            return None if row is None or not row[14] else int(str(row[14]))
        plain = _MODIFIER.sub("", text).strip()
        words = plain.lower().split()
        if words[:1] == ["interval"]:
            words = words[:1]
        if words[:1] == ["float"] and _MODIFIER.search(text) and int(_MODIFIER.findall(text)[0][1:-1]) <= _MOST_OF_REAL:
            words = ["real"]
        known = _SQL_TYPES.get(" ".join(words))
        if known is not None:
            plain = known
        elif len(words) > 1 and '"' not in plain and "." not in plain:
            message = f'syntax error at or near "{plain.split()[1]}"'
            raise InvalidValue(message, sqlstate=SqlState.SYNTAX_ERROR)
        names = split_qualified(plain)
        found = find_type_by_name(names[-1], names[-2] if len(names) > 1 else None)
        if found is not None and (len(names) > 1 or found.schema in self._path):
            return found.oid
        for row in self._rows("pg_type", 2, names[-1]):
            schema = self._schema_name(row[2])
            if schema == names[-2] if len(names) > 1 else schema in self._path:
                return int(str(row[0]))
        return None

    def _need_type(self, text: str) -> int:
        found = self.find_type(text)
        if found is None:
            raise InvalidValue(f'type "{text}" does not exist', sqlstate=SqlState.UNDEFINED_OBJECT)
        return found

    # Functions and operators.

    def function_name(self, oid: int) -> str | None:
        function = find_function_by_oid(oid)
        if function is None:
            return None
        # Alone only where no other has the name, as regprocin would need it.
        return self._qualify(function.schema, function.name, visible=len(functions_named(function.name)) == 1)

    def function_signature(self, oid: int) -> str | None:
        function = find_function_by_oid(oid)
        if function is None:
            return None
        name = self._qualify(function.schema, function.name, visible=function.schema in self._path)
        return f"{name}({','.join(format_type(each) for each in function.arguments)})"

    def find_function(self, text: str) -> int | None:
        names = split_qualified(text)
        found = [each for each in functions_named(names[-1]) if self._is_meant(names, each.schema)] if names else []
        return found[0].oid if len(found) == 1 else None

    def find_signature(self, text: str) -> int | None:
        match = _match_signature(text)
        names = split_qualified(match["name"])
        listed = [each for each in match["arguments"].split(",") if each.strip()]
        arguments = tuple(self._need_type(each.strip()) for each in listed)
        for function in functions_named(names[-1]) if names else ():
            if function.arguments == arguments and self._is_meant(names, function.schema):
                return function.oid
        return None

    def operator_name(self, oid: int) -> str | None:
        operator = find_operator_by_oid(oid)
        if operator is None:
            return None
        return operator.name if len(operators_named(operator.name)) == 1 else f"pg_catalog.{operator.name}"

    def operator_signature(self, oid: int) -> str | None:
        operator = find_operator_by_oid(oid)
        if operator is None:
            return None
        left = format_type(operator.left) if operator.left else "NONE"
        return f"{operator.name}({left},{format_type(operator.right)})"

    def find_operator(self, text: str) -> int | None:
        found = operators_named(text.strip().removeprefix("pg_catalog."))
        return found[0].oid if len(found) == 1 else None

    def find_operator_signature(self, text: str) -> int | None:
        match = _match_signature(text)
        wanted = [each.strip() for each in match["arguments"].split(",")]
        given = [0 if each.lower() == "none" else self._need_type(each) for each in wanted]
        for operator in operators_named(match["name"].strip().removeprefix("pg_catalog.")):
            if [operator.left, operator.right] == given:
                return operator.oid
        return None

    # Schemas, roles and the rest, by one column each.

    def namespace_name(self, oid: int) -> str | None:
        row = self._row("pg_namespace", 1, oid)
        return None if row is None else quote_names([str(row[1])])

    def find_namespace(self, text: str) -> int | None:
        return self._find_by_name("pg_namespace", text, most=1)

    def role_name(self, oid: int) -> str | None:
        row = self._row("pg_authid", 1, oid)
        return None if row is None else quote_names([str(row[1])])

    def find_role(self, text: str) -> int | None:
        return self._find_by_name("pg_authid", text, most=1)

    def collation_name(self, oid: int) -> str | None:
        row = self._row("pg_collation", 1, oid)
        return None if row is None else quote_names([str(row[1])])

    def find_collation(self, text: str) -> int | None:
        return self._find_by_name("pg_collation", text)

    def configuration_name(self, oid: int) -> str | None:
        row = self._row("pg_ts_config", 1, oid)
        return None if row is None else str(row[1])

    def find_configuration(self, text: str) -> int | None:
        return self._find_by_name("pg_ts_config", text)

    def dictionary_name(self, oid: int) -> str | None:
        row = self._row("pg_ts_dict", 1, oid)
        return None if row is None else str(row[1])

    def find_dictionary(self, text: str) -> int | None:
        return self._find_by_name("pg_ts_dict", text)

    def _find_by_name(self, table: str, text: str, *, most: int = 2) -> int | None:
        names = split_qualified(text)
        if len(names) > most:
            raise InvalidValue("invalid name syntax", sqlstate=SqlState.INVALID_NAME)
        rows = self._rows(table, 2, names[-1]) if names else ()
        return int(str(rows[0][0])) if rows else None

    def _is_meant(self, names: Sequence[str], schema: str) -> bool:
        return schema == names[-2] if len(names) > 1 else schema in self._path

    def _qualify(self, schema: str, name: str, visible: bool) -> str:
        return quote_names([name]) if visible else f"{quote_names([schema])}.{quote_names([name])}"

    def _schema_name(self, oid: object) -> str:
        row = self._row("pg_namespace", 1, oid)
        return "" if row is None else str(row[1])

    def _row(self, table: str, column: int, value: object) -> Row | None:
        rows = self._rows(table, column, value)
        return rows[0] if rows else None

    def _rows(self, table: str, column: int, value: object) -> Sequence[Row]:
        relation = self._database.find_relation(SYSTEM_SCHEMAS[0], table)
        assert relation is not None, "one of PostgreSQL's own"  # noqa: S101  a fault of ours
        return self._database.finder(relation, column)(value)


def _match_signature(text: str) -> re.Match[str]:
    """The name and the arguments of `name(type, type)`.

    Raises:
        InvalidValue: it has no brackets.
    """
    match = _SIGNATURE.fullmatch(text)
    if match is None:
        missing = "right" if "(" in text else "left"
        message = f"expected a {missing} parenthesis"
        raise InvalidValue(message, sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
    return match


def split_qualified(text: str) -> tuple[str, ...]:
    """`a."B c".d` as its names, folded where they are not quoted.

    Raises:
        InvalidValue: it is no name.
    """
    if _QUALIFIED.fullmatch(text) is None:
        raise InvalidValue("invalid name syntax", sqlstate=SqlState.INVALID_NAME)
    return tuple(split_names(part)[0] for part in _PART.findall(text))


_SQL_TYPES: Final = {
    "integer": "int4",
    "int": "int4",
    "bigint": "int8",
    "smallint": "int2",
    "boolean": "bool",
    "real": "float4",
    "double precision": "float8",
    "decimal": "numeric",
    "dec": "numeric",
    "float": "float8",
    "character varying": "varchar",
    "character": "bpchar",
    "char": "bpchar",
    "nchar": "bpchar",
    "national character": "bpchar",
    "national character varying": "varchar",
    "char varying": "varchar",
    "interval": "interval",
    "bit varying": "varbit",
    "timestamp without time zone": "timestamp",
    "timestamp with time zone": "timestamptz",
    "time without time zone": "time",
    "time with time zone": "timetz",
    '"char"': '"char"',
}
_FORMATS: Final[dict[Oid, Callable[[References, int], str | None]]] = {
    types.REGCLASS: References.class_name,
    types.REGTYPE: References.type_name,
    types.REGPROC: References.function_name,
    types.REGPROCEDURE: References.function_signature,
    types.REGOPER: References.operator_name,
    types.REGOPERATOR: References.operator_signature,
    types.REGNAMESPACE: References.namespace_name,
    types.REGROLE: References.role_name,
    types.REGCOLLATION: References.collation_name,
    types.REGCONFIG: References.configuration_name,
    types.REGDICTIONARY: References.dictionary_name,
}
_FINDERS: Final[dict[Oid, Callable[[References, str], int | None]]] = {
    types.REGCLASS: References.find_class,
    types.REGTYPE: References.find_type,
    types.REGPROC: References.find_function,
    types.REGPROCEDURE: References.find_signature,
    types.REGOPER: References.find_operator,
    types.REGOPERATOR: References.find_operator_signature,
    types.REGNAMESPACE: References.find_namespace,
    types.REGROLE: References.find_role,
    types.REGCOLLATION: References.find_collation,
    types.REGCONFIG: References.find_configuration,
    types.REGDICTIONARY: References.find_dictionary,
}
