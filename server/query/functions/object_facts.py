"""What the catalogs say of an object: its name, whether it can be seen, its comment.

Source: PostgreSQL manual, "System Catalog Information Functions", "Comment Information Functions",
"Schema Visibility Inquiry Functions".
"""

from collections.abc import Callable
from typing import Final

from protocol import types
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import Oid
from server.parameters.texts import quote_names
from server.query.binder.type_facts import format_type as format_type_name
from server.query.functions.definitions import relation_name
from server.query.functions.registry import function
from server.query.functions.type_modifiers import format_modified
from server.query.postgres.types import find_type
from server.query.relations.reading import find_row, find_rows
from server.query.runtime import Runtime

# Whose name alone means a length of 1, so that -1, any length, is written otherwise.
_UNMODIFIED: Final = {1042: "bpchar", 1014: "bpchar[]", 1560: '"bit"', 1561: '"bit"[]'}
_UNKNOWN_ROLE: Final = "unknown (OID={oid})"


@function("format_type", runtime=True)
def format_type(runtime: Runtime, oid: int | None, modifier: int | None) -> str | None:
    if oid is None:
        return None
    if oid == 0:
        return "-"
    if find_type(oid) is not None:
        if modifier is None:
            return format_type_name(Oid(oid))
        return format_modified(oid, modifier) if modifier >= 0 else _UNMODIFIED.get(oid) or format_type_name(Oid(oid))
    name = runtime.references.format(types.REGTYPE, oid)
    return "???" if name == str(oid) else name


@function("pg_get_userbyid", runtime=True)
def pg_get_userbyid(runtime: Runtime, oid: int) -> str:
    row = find_row(runtime, "pg_authid", oid)
    return _UNKNOWN_ROLE.format(oid=oid) if row is None else str(row["rolname"])


# Visibility: whether the name alone leads to the object.


def _visible(kind: Oid, table: str) -> Callable[[Runtime, int], bool | None]:
    def is_visible(runtime: Runtime, oid: int) -> bool | None:
        if find_row(runtime, table, oid) is None:
            return None
        return "." not in runtime.references.format(kind, oid).replace('"."', "")

    return is_visible


function("pg_table_is_visible", runtime=True)(_visible(types.REGCLASS, "pg_class"))
function("pg_collation_is_visible", runtime=True)(_visible(types.REGCOLLATION, "pg_collation"))
function("pg_ts_config_is_visible", runtime=True)(_visible(types.REGCONFIG, "pg_ts_config"))
function("pg_ts_dict_is_visible", runtime=True)(_visible(types.REGDICTIONARY, "pg_ts_dict"))


def _in_path(table: str, column: str) -> Callable[[Runtime, int], bool | None]:
    """For objects that no other one of the path hides: whether their schema is in the path."""

    def is_visible(runtime: Runtime, oid: int) -> bool | None:
        row = find_row(runtime, table, oid)
        if row is None:
            return None
        schema = find_row(runtime, "pg_namespace", row[column])
        return schema is not None and schema["nspname"] in runtime.session.search_path

    return is_visible


for _name, _table, _column in (
    ("pg_type_is_visible", "pg_type", "typnamespace"),
    ("pg_function_is_visible", "pg_proc", "pronamespace"),
    ("pg_operator_is_visible", "pg_operator", "oprnamespace"),
    ("pg_opclass_is_visible", "pg_opclass", "opcnamespace"),
    ("pg_opfamily_is_visible", "pg_opfamily", "opfnamespace"),
    ("pg_conversion_is_visible", "pg_conversion", "connamespace"),
    ("pg_statistics_obj_is_visible", "pg_statistic_ext", "stxnamespace"),
    ("pg_ts_parser_is_visible", "pg_ts_parser", "prsnamespace"),
    ("pg_ts_template_is_visible", "pg_ts_template", "tmplnamespace"),
):
    function(_name, runtime=True)(_in_path(_table, _column))


# to_regclass and its kin: NULL where the cast fails.


def _to_reference(kind: Oid) -> Callable[[Runtime, str], int | None]:
    """Other than a cast, it takes names only, no OIDs."""

    def find(runtime: Runtime, text: str) -> int | None:
        return None if text == "-" or text.isdecimal() else runtime.references.find(kind, text)

    return find


for _name, _kind in (
    ("to_regclass", types.REGCLASS),
    ("to_regtype", types.REGTYPE),
    ("to_regproc", types.REGPROC),
    ("to_regprocedure", types.REGPROCEDURE),
    ("to_regoper", types.REGOPER),
    ("to_regoperator", types.REGOPERATOR),
    ("to_regnamespace", types.REGNAMESPACE),
    ("to_regrole", types.REGROLE),
    ("to_regcollation", types.REGCOLLATION),
):
    function(_name, runtime=True)(_to_reference(_kind))


# Comments.


def _comment(runtime: Runtime, oid: int, class_oid: int | None, column: int) -> str | None:
    for row in find_rows(runtime, "pg_description", "objoid", oid):
        if row["objsubid"] == column and (class_oid is None or row["classoid"] == class_oid):
            return str(row["description"])
    return None


@function("obj_description(oid,name)", runtime=True)
def obj_description(runtime: Runtime, oid: int, catalog: str) -> str | None:
    return _comment(runtime, oid, runtime.references.find(types.REGCLASS, f"pg_catalog.{catalog}"), 0)


@function("obj_description(oid)", runtime=True)
def any_description(runtime: Runtime, oid: int) -> str | None:
    return _comment(runtime, oid, None, 0)


@function("col_description", runtime=True)
def col_description(runtime: Runtime, oid: int, column: int) -> str | None:
    return _comment(runtime, oid, runtime.references.find(types.REGCLASS, "pg_catalog.pg_class"), column)


@function("shobj_description")
def shobj_description(oid: int, catalog: str) -> None:
    """Comments on databases, roles and tablespaces: there are none."""
    return


# SQL that makes an object again.


@function("pg_get_expr")
def pg_get_expr(expression: str, relation: int, pretty: bool = False) -> str:
    """Expressions stand in the catalogs here as the SQL that they are."""
    return expression


@function("pg_get_viewdef(oid)", "pg_get_viewdef(oid,bool)", "pg_get_viewdef(oid,int4)", runtime=True)
def pg_get_viewdef(runtime: Runtime, oid: int, form: bool | int | None = None) -> str | None:
    """`form`: whether it is to be pretty, or at which column its lines are to end, which is not heeded."""
    relation = runtime.database.find_relation_by_oid(oid)
    if relation is None or relation.kind != "v":
        return None
    if relation.definition is not None:
        pretty = form is not None and form is not False
        return f"{relation.pretty if pretty else relation.definition};"
    # A view over the model catalog has no SQL of its own: this tells its columns.
    columns = ",\n    ".join(quote_names([column.name]) for column in relation.columns)
    return f" SELECT {columns}\n   FROM {quote_names([relation.schema])}.{quote_names([relation.name])};"  # noqa: S608  shown, never run


@function("pg_get_viewdef(text)", "pg_get_viewdef(text,bool)", runtime=True)
def pg_get_viewdef_by_name(runtime: Runtime, name: str, form: bool | None = None) -> str | None:
    return pg_get_viewdef(runtime, find_relation(runtime, name), form)


def find_relation(runtime: Runtime, name: str) -> int:
    """The OID of a relation by its name as written.

    Raises:
        InvalidValue: there is none.
    """
    oid = runtime.references.find(types.REGCLASS, name)
    if oid is None:
        raise InvalidValue(f'relation "{name}" does not exist', sqlstate=SqlState.UNDEFINED_TABLE)
    return oid


@function("regclass(text)", runtime=True)
def regclass_of_text(runtime: Runtime, text: str) -> int:
    """Other than a literal, a text is only ever a name."""
    if text == "-" or text.isdecimal():
        raise InvalidValue(f'relation "{text}" does not exist', sqlstate=SqlState.UNDEFINED_TABLE)
    return find_relation(runtime, text)


@function("pg_get_serial_sequence", runtime=True)
def pg_get_serial_sequence(runtime: Runtime, name: str, column: str) -> None:
    """No column has one. The column's name is taken as it is, the relation's as it is written."""
    oid = find_relation(runtime, name)
    if all(row["attname"] != column for row in find_rows(runtime, "pg_attribute", "attrelid", oid)):
        message = f'column "{column}" of relation "{name}" does not exist'
        raise InvalidValue(message, sqlstate=SqlState.UNDEFINED_COLUMN)


@function("pg_get_ruledef", runtime=True)
def pg_get_ruledef(runtime: Runtime, oid: int, pretty: bool = False) -> str | None:
    row = find_row(runtime, "pg_rewrite", oid)
    if row is None:
        return None
    view = relation_name(runtime, int(str(row["ev_class"])), pretty=pretty)
    definition = pg_get_viewdef(runtime, int(str(row["ev_class"]))) or ""
    return f'CREATE RULE "_RETURN" AS\n    ON SELECT TO {view} DO INSTEAD {definition}'


@function(
    "pg_get_triggerdef",
    "pg_get_partkeydef",
    "pg_get_statisticsobjdef",
    "pg_get_statisticsobjdef_columns",
    "pg_get_statisticsobjdef_expressions",
    "pg_get_partition_constraintdef",
    "pg_get_replica_identity_index",
    "pg_partition_root",
)
def nothing_of_the_kind(*_: object) -> None:
    """Of objects that there are none of."""
    return


@function("pg_partition_tree", "pg_partition_ancestors", "pg_get_publication_tables")
def no_rows(*_: object) -> tuple[object, ...]:
    return ()
