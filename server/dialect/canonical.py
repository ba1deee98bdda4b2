"""Writes statements back as text: one canonical form each, which reads as the same statement again.

Keywords stand in upper case, names in lower case and in quotes only where they need them, literals as
`format_literal` writes them. SHOW CREATE MODEL prints this form, the history and the logs keep it.
"""

from typing import assert_never

from server.dialect.canonical_alterations import format_alteration
from server.dialect.canonical_facts import format_record
from server.dialect.canonical_history import format_history, format_moment
from server.dialect.canonical_names import format_name, format_object, format_option, format_value
from server.dialect.canonical_privileges import format_privileges
from server.dialect.canonical_sessions import (
    format_copy_options,
    format_declare_head,
    format_parameter,
    format_prepare_head,
    format_session,
    format_transaction,
)
from server.statements import (
    AddVersion,
    Alteration,
    CopyOut,
    CreateModel,
    CreateProject,
    CreateSchema,
    DataType,
    Declare,
    DescribeModel,
    DropModel,
    DropProject,
    DropSchema,
    DropVersion,
    InputColumn,
    ModelStatement,
    NamespaceStatement,
    ParameterStatement,
    Prepare,
    PrivilegeChange,
    PrivilegeQuery,
    RecordFacts,
    Recovery,
    SelectStatement,
    SetDefaultVersion,
    ShowCreateModel,
    ShowDroppedModels,
    ShowHistory,
    ShowModels,
    ShowSchemas,
    ShowVersions,
    Statement,
    TransactionStatement,
    UseProject,
    UseSchema,
    UseStatement,
    Value,
    VersionBody,
)


def format_statement(statement: Statement, *, mask_secrets: bool = False) -> str:
    """The canonical text, without a semicolon.

    Args:
        statement: any statement.
        mask_secrets: write `MASK` in the place of a secret option's value, of a password and of what EXECUTE
            hands over; then the text is for people, not for reading it back.
    """
    match statement:
        case CreateModel() | AddVersion():
            return _format_version_maker(statement, mask_secrets)
        case CreateProject() | DropProject() | CreateSchema() | DropSchema() | ShowSchemas():
            return _format_namespace(statement)
        case UseProject() | UseSchema():
            return _format_use(statement)
        case _ if isinstance(statement, ShowHistory | ShowDroppedModels | Recovery):
            return format_history(statement)
        case _ if isinstance(statement, PrivilegeChange | PrivilegeQuery):
            return format_privileges(statement)
        case Prepare(statement=inner):
            return format_prepare_head(statement) + format_statement(inner, mask_secrets=mask_secrets)
        case Declare(query=query):
            return format_declare_head(statement) + format_statement(query)
        case CopyOut(query, options):
            return f"COPY ({format_statement(query)}) TO STDOUT{format_copy_options(options)}"
        case RecordFacts():
            return format_record(statement, mask_secrets=mask_secrets)
        case _ if isinstance(statement, Alteration):
            return format_alteration(statement, mask_secrets=mask_secrets)
        case _ if isinstance(statement, TransactionStatement):
            return format_transaction(statement)
        case _ if isinstance(statement, ParameterStatement):
            return format_parameter(statement)
        case _ if isinstance(statement, SelectStatement):
            raise TypeError("a SELECT has no canonical text: neither the history nor the catalog keeps one")
        case _ if isinstance(statement, ModelStatement):
            return _format_model(statement)
        case _:
            return format_session(statement, mask_secrets=mask_secrets)


def _format_version_maker(statement: CreateModel | AddVersion, mask_secrets: bool) -> str:
    if_not_exists = _when("IF NOT EXISTS ", statement.if_not_exists)
    match statement:
        case CreateModel(name, body):
            create = "CREATE OR REPLACE MODEL" if statement.or_replace else "CREATE MODEL"
            head = f"{create} {if_not_exists}{format_object(name)} WITH VERSION {format_name(body.version)}"
            options = "OPTIONS"
        case AddVersion(name, body, if_exists):
            model = _when("IF EXISTS ", if_exists) + format_object(name)
            head = f"ALTER MODEL {model} ADD VERSION {if_not_exists}{format_name(body.version)}"
            options = "WITH OPTIONS"
        case _:
            assert_never(statement)
    return "\n".join((head, *_body_lines(body, options, mask_secrets)))


def _body_lines(body: VersionBody, options: str, mask_secrets: bool) -> list[str]:
    lines: list[str] = []
    if body.input is not None:
        lines.append(f"INPUT ({', '.join(_column(column) for column in body.input)})")
    lines.append(f"{options} (")
    lines.append(",\n".join(f"    {format_option(option, mask_secrets)}" for option in body.options))
    lines.append(")")
    if body.comment is not None:
        lines.append(f"COMMENT {format_value(body.comment)}")
    return lines


_OneLine = SetDefaultVersion | DropVersion | DropModel | DescribeModel | ShowModels | ShowVersions | ShowCreateModel


def _format_model(statement: _OneLine) -> str:
    match statement:
        case SetDefaultVersion(name, version, if_exists, expected):
            model = _when("IF EXISTS ", if_exists) + format_object(name)
            condition = "" if expected is None else f" IF DEFAULT_VERSION = {format_name(expected)}"
            return f"ALTER MODEL {model} SET DEFAULT_VERSION {format_name(version)}{condition}"
        case DropVersion(name, version, if_exists, if_version_exists):
            model = _when("IF EXISTS ", if_exists) + format_object(name)
            return f"ALTER MODEL {model} DROP VERSION {_when('IF EXISTS ', if_version_exists)}{format_name(version)}"
        case DropModel(name, if_exists):
            return f"DROP MODEL {_when('IF EXISTS ', if_exists)}{format_object(name)}"
        case DescribeModel(name, described, extended, as_of):
            version_clause = "" if described is None else f" VERSION {format_name(described)}"
            moment = "" if as_of is None else f" AS OF {format_moment(as_of)}"
            return f"DESC MODEL {_when('EXTENDED ', extended)}{format_object(name)}{version_clause}{moment}"
        case ShowModels(scope, like):
            return "SHOW MODELS" + ("" if scope is None else f" IN {format_object(scope)}") + _like(like)
        case ShowVersions(name, like):
            return f"SHOW VERSIONS FOR MODEL {format_object(name)}{_like(like)}"
        case ShowCreateModel(name):
            return f"SHOW CREATE MODEL {format_object(name)}"
        case _:
            assert_never(statement)


def _format_namespace(statement: NamespaceStatement) -> str:
    match statement:
        case CreateProject(name):
            return f"CREATE DATABASE {_when('IF NOT EXISTS ', statement.if_not_exists)}{format_name(name)}"
        case DropProject(name, if_exists):
            return f"DROP DATABASE {_when('IF EXISTS ', if_exists)}{format_name(name)}"
        case CreateSchema(schema, if_not_exists):
            return f"CREATE SCHEMA {_when('IF NOT EXISTS ', if_not_exists)}{format_object(schema)}"
        case DropSchema(schema, if_exists):
            return f"DROP SCHEMA {_when('IF EXISTS ', if_exists)}{format_object(schema)}"
        case ShowSchemas(project, like):
            return "SHOW SCHEMAS" + ("" if project is None else f" IN {format_name(project)}") + _like(like)
        case _:
            assert_never(statement)


def _format_use(statement: UseStatement) -> str:
    match statement:
        case UseProject(name):
            return f"USE {format_name(name)}"
        case UseSchema(name):
            return f"USE SCHEMA {format_name(name)}"
        case _:
            assert_never(statement)


def _when(words: str, condition: bool) -> str:
    return words if condition else ""


def _like(pattern: Value | None) -> str:
    return "" if pattern is None else f" LIKE {format_value(pattern)}"


def _column(column: InputColumn) -> str:
    comment = "" if column.comment is None else f" COMMENT {format_value(column.comment)}"
    return f"{format_name(column.name)} {format_data_type(column.type)}{comment}"


def format_data_type(data_type: DataType) -> str:
    """The type as a statement writes it, `DECIMAL(38,18)` or `STRUCT<a:INT,b:ARRAY<STRING>>`."""
    if data_type.arguments:
        return f"{data_type.name}({','.join(map(str, data_type.arguments))})"
    if not data_type.elements:
        return data_type.name
    elements = [format_data_type(element) for element in data_type.elements]
    if data_type.field_names:
        pairs = zip(data_type.field_names, elements, strict=True)
        elements = [f"{format_name(name)}:{element}" for name, element in pairs]
    return f"{data_type.name}<{','.join(elements)}>"
