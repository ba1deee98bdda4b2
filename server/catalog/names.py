"""Names: who asks from where, what a dotted name means there, and the rules for new names.

Source of the rules: "Modify a model version" (version and column names); the model name follows the
same sentence. The limits are in bytes of UTF-8.
"""

import re
from collections.abc import Mapping

from msgspec import Struct, field

from server.catalog.editions import EDITION_2_0, Edition
from server.catalog.events import NO_ORIGIN, Origin
from server.catalog.privileges import find_visible
from server.catalog.tree import Catalog, Model
from server.catalog.values import DEFAULT_SCHEMA, ModelName, Timestamp
from server.errors import Condition, Diagnostic, OdpsError, diagnostic
from server.statements import Identifier, ObjectName

RESERVED_VERSION = "default_version"
# Of PostgreSQL's own schemas and roles.
SYSTEM_PREFIX = "pg_"
_SCHEMAS_HINT = "SET odps.namespace.schema = true lets names have a project, a schema and a model."

_WORD = re.compile(r"[A-Za-z0-9_]+", re.ASCII)
# CJK ideographs: unified, compatibility and all extensions.
COLUMN_NAME = re.compile(r"[A-Za-z0-9_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")
_WORD_CHARACTERS = "only letters (a-z, A-Z), digits and underscores (_)"
COLUMN_CHARACTERS = "only letters, digits, underscores (_) and Chinese characters"


class Earlier(Struct, frozen=True):
    """What a model was at an earlier revision.

    Attributes:
        create_time: that of the model as it is now, which tells it from others of its name.
        replaced: CREATE OR REPLACE has put another one in its place since.
    """

    model: Model
    create_time: Timestamp
    replaced: bool


class Context(Struct, frozen=True):
    """Who decides, where and when: everything `decide` may know besides the catalog.

    Attributes:
        project, schema: the session's current ones, for names that leave them out.
        now: the time the change will carry.
        secrets: the statement's secret option values, sealed, by option key.
        recycles: a model that is dropped goes to the recycle bin.
        earlier: the state that a statement brings back.
        origin: what the event will say of where it comes from.
        lenient_names: accept names that do not start with a letter, with a warning.
        edition: which data types the session's flags let it use.
        has_schemas: names may have three parts; without, `a.b` is a project and what it holds.
    """

    principal: str
    project: str
    schema: str
    now: Timestamp
    secrets: Mapping[str, bytes] = field(default_factory=dict)
    lenient_names: bool = False
    edition: Edition = EDITION_2_0
    has_schemas: bool = True
    recycles: bool = False
    earlier: Earlier | None = None
    origin: Origin = NO_ORIGIN


def resolve_model(catalog: Catalog, name: ObjectName, context: Context) -> ModelName:
    """The model that `name` means; it need not exist.

    `a.b` is tried as project and model first, then as schema and model, as MaxCompute does with tables. A model that
    the principal may not see is not there.

    Raises:
        OdpsError: NAME_TOO_MANY_PARTS.
    """
    parts = [part.name for part in name.parts]
    if len(parts) == 1:
        return ModelName(context.project, context.schema, parts[0])
    if len(parts) == 3:
        if not context.has_schemas:
            raise OdpsError(Condition.NAME_TOO_MANY_PARTS, at=name.at, hint=_SCHEMAS_HINT)
        return ModelName(parts[0], parts[1], parts[2])
    in_project = ModelName(parts[0], DEFAULT_SCHEMA, parts[1])
    if not context.has_schemas:
        return in_project
    in_schema = ModelName(context.project, parts[0], parts[1])
    if find_visible(catalog, in_project, context.principal) is not None:
        return in_project
    if find_visible(catalog, in_schema, context.principal) is not None:
        return in_schema
    if catalog.find_project(parts[0]) is not None:
        return in_project
    return in_schema


def resolve_schema(catalog: Catalog, name: ObjectName, context: Context) -> tuple[str, str]:
    """(project, schema) of a schema name of one or two parts."""
    if len(name.parts) == 1:
        return context.project, name.parts[0].name
    if len(name.parts) == 2:
        return name.parts[0].name, name.parts[1].name
    raise OdpsError(Condition.NAME_TOO_MANY_PARTS, at=name.at)


def check_model_name(name: Identifier, context: Context) -> tuple[Diagnostic, ...]:
    return _check_word("model", name, 255, context)


def check_namespace_name(kind: str, name: Identifier, context: Context) -> tuple[Diagnostic, ...]:
    """`kind` is "project" or "schema". SILENT: they follow the rule for model names.

    The schemas of PostgreSQL's own relations are in every project already; another of the name would stand before them.
    """
    if kind == "schema" and (name.name.startswith(SYSTEM_PREFIX) or name.name == "information_schema"):
        raise OdpsError(
            Condition.NAME_RESERVED,
            at=name.at,
            kind=kind,
            name=name.name,
            hint='information_schema and names that begin with "pg_" are of PostgreSQL\'s own schemas.',
        )
    return _check_word(kind, name, 255, context)


def check_role_name(name: Identifier, context: Context) -> tuple[Diagnostic, ...]:
    """SILENT: it follows the rule for model names too."""
    return _check_word("role", name, 255, context)


def check_version_name(name: Identifier, context: Context) -> tuple[Diagnostic, ...]:
    if name.name == RESERVED_VERSION:
        raise OdpsError(
            Condition.NAME_RESERVED,
            at=name.at,
            kind="version",
            name=name.name,
            hint="DEFAULT_VERSION is the word that selects the default version; choose another name.",
        )
    return _check_word("version", name, 256, context)


def check_column_name(name: Identifier, context: Context) -> tuple[Diagnostic, ...]:
    _check_size("input column", name, 128)
    if COLUMN_NAME.fullmatch(name.name) is None:
        raise OdpsError(
            Condition.NAME_INVALID, at=name.at, kind="input column", name=name.name, allowed=COLUMN_CHARACTERS
        )
    return _check_start("input column", name, context)


def _check_word(kind: str, name: Identifier, limit: int, context: Context) -> tuple[Diagnostic, ...]:
    _check_size(kind, name, limit)
    if _WORD.fullmatch(name.name) is None:
        raise OdpsError(Condition.NAME_INVALID, at=name.at, kind=kind, name=name.name, allowed=_WORD_CHARACTERS)
    return _check_start(kind, name, context)


def _check_size(kind: str, name: Identifier, limit: int) -> None:
    if not name.name:
        raise OdpsError(Condition.NAME_EMPTY, at=name.at, kind=kind)
    if len(name.name.encode(errors="surrogatepass")) > limit:
        raise OdpsError(Condition.NAME_TOO_LONG, at=name.at, kind=kind, limit=limit)


def _check_start(kind: str, name: Identifier, context: Context) -> tuple[Diagnostic, ...]:
    if name.name[0].isalpha():
        return ()
    if context.lenient_names:
        return (diagnostic(Condition.NAME_NOT_LETTER_ALLOWED, at=name.at, kind=kind, name=name.name),)
    raise OdpsError(
        Condition.NAME_NOT_LETTER,
        at=name.at,
        kind=kind,
        name=name.name,
        hint="SET modeld.lenient_names = true accepts it with a warning.",
    )
