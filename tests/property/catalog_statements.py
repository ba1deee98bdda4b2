"""Statements that change the catalog, of every kind there is, over few names so that they meet.

Most of them can be done often enough; the rest are refused, which is a case too.
"""

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from server.catalog import Catalog, Model
from server.dialect import parse_type
from server.statements import (
    Action,
    AddUser,
    AddVersion,
    Alteration,
    AlterUser,
    AsOfRevision,
    Change,
    ChangeOwner,
    CreateModel,
    CreateProject,
    CreateRole,
    CreateSchema,
    CreateUser,
    DropAlias,
    DropModel,
    DropProject,
    DropRole,
    DropSchema,
    DropUser,
    DropVersion,
    Grant,
    Grantee,
    GrantRole,
    Identifier,
    InputColumn,
    Label,
    Literal,
    Named,
    ObjectKind,
    ObjectName,
    Option,
    PurgeModel,
    RecordFacts,
    RemoveUser,
    RenameModel,
    Revoke,
    RevokeRole,
    RollbackModel,
    SetAlias,
    SetComment,
    SetDefaultVersion,
    SetLabels,
    SetLifecycle,
    SetOptions,
    UndropModel,
    UnsetLabels,
    UserStatement,
    VersionBody,
)
from server.statements.facts import Recorded

AnyChange = Change | UserStatement
Changes = st.SearchStrategy[AnyChange]
ModelChange = AddVersion | SetDefaultVersion | DropVersion | DropModel | Alteration | RecordFacts | RollbackModel
_OfEither = SetComment | SetLabels | UnsetLabels | SetLifecycle | RecordFacts

TEXTS: Final = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12) | st.text(
    "'\"\\`;$-/*\n\r\t\x0101nE", max_size=8
)
LITERALS: Final = st.builds(Literal, TEXTS)
KEYS: Final = st.builds(Literal, TEXTS.filter(lambda text: bool(text.strip())))
FLAGS: Final = st.booleans()
VERSIONS: Final = st.builds(Identifier, st.sampled_from(["v1", "v2", "if", "latest", "2b"]))
# All that may stand where a version is meant.
NAMED: Final = VERSIONS | st.builds(Identifier, st.sampled_from(["champion", "first", "latest", "default_version"]))
ALIASES: Final = st.builds(Identifier, st.sampled_from(["champion", "prod", "v1", "v2"]))
MODELS: Final = st.builds(
    lambda *names: ObjectName(tuple(map(Identifier, names))),
    st.sampled_from(["p", "p", "q"]),
    st.sampled_from(["default", "default", "s"]),
    st.sampled_from(["m", "m", "extended", "9"]),
)
MODEL_NAMES: Final = st.builds(Identifier, st.sampled_from(["m", "9", "renamed"]))
SCHEMAS: Final = st.builds(
    lambda *names: ObjectName(tuple(map(Identifier, names))), st.sampled_from(["p", "q"]), st.sampled_from(["s", "t"])
)
USERS: Final = st.builds(Identifier, st.sampled_from(["carol", 'RAM$a:"b`', "x y", "select"]))
ROLES: Final = st.builds(Identifier, st.sampled_from(["admin", "worker", "x"]))
ACTIONS: Final = st.sampled_from(
    [(Named(Action.DESCRIBE),), (Named(Action.ALTER), Named(Action.DROP)), (Named(Action.ALL),)]
)
HOME_ACTIONS: Final = st.sampled_from([(Named(Action.LIST),), (Named(Action.ALL),)])
GRANTEES: Final = st.tuples(st.builds(Grantee, USERS, st.just(False)) | st.builds(Grantee, ROLES, st.just(True)))
PROJECTS: Final = st.sampled_from(["p", "q"]).map(lambda name: ObjectName((Identifier(name),)))
TYPES: Final = st.sampled_from(["INT", "DECIMAL(10,2)", "MAP<STRING,ARRAY<JSON>>", "STRUCT<a:INT,价格:CHAR(3)>"]).map(
    parse_type
)
COLUMNS: Final = st.builds(
    InputColumn, st.builds(Identifier, st.sampled_from(["a", "价格", "comment"])), TYPES, st.none() | LITERALS
)
INPUTS: Final = st.lists(COLUMNS, min_size=1, max_size=3, unique_by=lambda column: column.name.name).map(tuple)


def options(**values: Literal) -> tuple[Option, ...]:
    return tuple(Option(key, value) for key, value in values.items())


def remote(key: Literal, name: Literal) -> tuple[Option, ...]:
    plain = {"TASKS": "chat", "PAI_EAS_SERVICE_NAME": "s", "ENDPOINT": "http://e", "PAI_EAS_SYNC_MODE": "true"}
    types = {"MODEL_SOURCE_TYPE": "REMOTE", "MODEL_TYPE": "LLM"}
    fixed = options(**{each: Literal(value) for each, value in (types | plain).items()})
    return (*fixed, *options(APIKEY=key, PAI_EAS_MODEL_NAME=name))


IMPORTED: Final = options(
    MODEL_SOURCE_TYPE=Literal("IMPORT"),
    MODEL_TYPE=Literal("BOOSTED_TREE_REGRESSOR"),
    LOCATION=Literal("oss://e/b/"),
    ROLEARN=Literal("acs:ram::1:role/r"),
)
BODIES: Final = st.builds(
    VersionBody, VERSIONS, INPUTS, st.builds(remote, KEYS, KEYS) | st.just(IMPORTED), st.none() | LITERALS
)
CHANGED_OPTIONS: Final = st.sampled_from(
    [
        options(ENDPOINT=Literal("https://other")),
        options(APIKEY=Literal("another key")),
        options(LOCATION=Literal("oss://e/other/")),
    ]
)
LABELS: Final = st.lists(st.builds(Label, KEYS, LITERALS), min_size=1, max_size=3).map(tuple)
LABEL_KEYS: Final = st.lists(KEYS, min_size=1, max_size=2).map(tuple)
NONE_OR_VERSION: Final = st.none() | NAMED
REVISIONS: Final = st.builds(AsOfRevision, st.integers(1, 60))
TIMES: Final = st.sampled_from(["2020-01-01 00:00:00.000001+00:00", "2025-10-09 08:00:00+08:00"]).map(Literal)
FACTS: Final = st.builds(lambda time: options(CREATE_TIME=time), TIMES)
FACTS_OF_MODEL: Final = st.builds(
    lambda time, owner: options(LAST_MODIFIED_TIME=time, OWNER=Literal(owner.name)), TIMES, USERS
)

MAKING: Final[Changes] = st.one_of(
    st.builds(CreateModel, MODELS, BODIES, FLAGS),
    st.builds(CreateModel, MODELS, BODIES),
    st.builds(AddVersion, MODELS, BODIES, FLAGS, FLAGS),
    st.builds(AddVersion, MODELS, BODIES),
)
ALTERING: Final[Changes] = st.one_of(
    st.builds(lambda name, body: CreateModel(name, body, or_replace=True), MODELS, BODIES),
    st.builds(SetDefaultVersion, MODELS, NAMED, FLAGS, st.none() | NAMED),
    st.builds(DropVersion, MODELS, NAMED, FLAGS, FLAGS),
    st.builds(SetComment, MODELS, LITERALS, NONE_OR_VERSION, FLAGS),
    st.builds(SetOptions, MODELS, NAMED, CHANGED_OPTIONS, FLAGS),
    st.builds(SetLabels, MODELS, LABELS, NONE_OR_VERSION, FLAGS),
    st.builds(UnsetLabels, MODELS, LABEL_KEYS, NONE_OR_VERSION, FLAGS),
    st.builds(SetLifecycle, MODELS, st.integers(0, 9), NONE_OR_VERSION, FLAGS),
    st.builds(SetAlias, MODELS, ALIASES, NAMED, FLAGS),
    st.builds(DropAlias, MODELS, ALIASES, FLAGS, FLAGS),
    st.builds(RenameModel, MODELS, MODEL_NAMES, FLAGS),
    st.builds(lambda model, user: ChangeOwner(model, Literal(user.name)), MODELS, USERS),
)
AROUND: Final[Changes] = st.one_of(
    st.builds(CreateUser, USERS, st.none() | KEYS, FLAGS, FLAGS),
    st.builds(AlterUser, USERS, st.none() | KEYS, st.just(True), st.none() | FLAGS),
    st.builds(DropUser, USERS, FLAGS),
    st.builds(CreateProject, st.just(Identifier("q")), FLAGS),
    st.builds(DropProject, st.sampled_from(["p", "q"]).map(Identifier), FLAGS),
    st.builds(CreateSchema, SCHEMAS, FLAGS),
    st.builds(DropSchema, SCHEMAS, FLAGS),
)
PERMITTING: Final[Changes] = st.one_of(
    st.builds(AddUser, USERS, FLAGS),
    st.builds(RemoveUser, USERS),
    st.builds(CreateRole, ROLES, FLAGS),
    st.builds(DropRole, ROLES, FLAGS),
    st.builds(lambda role, user: GrantRole((role,), (user,)), ROLES, USERS),
    st.builds(lambda role, user: RevokeRole((role,), (user,)), ROLES, USERS),
    st.builds(Grant, ACTIONS, st.just(ObjectKind.MODEL), MODELS, GRANTEES),
    st.builds(Grant, ACTIONS, st.just(ObjectKind.MODEL), MODELS, GRANTEES),
    st.builds(Revoke, ACTIONS, st.just(ObjectKind.MODEL), MODELS, GRANTEES),
    st.builds(Grant, HOME_ACTIONS, st.just(ObjectKind.SCHEMA), SCHEMAS, GRANTEES),
    st.builds(Revoke, HOME_ACTIONS, st.just(ObjectKind.SCHEMA), SCHEMAS, GRANTEES),
    st.builds(Grant, HOME_ACTIONS, st.just(ObjectKind.PROJECT), PROJECTS, GRANTEES),
    st.builds(Revoke, HOME_ACTIONS, st.just(ObjectKind.PROJECT), PROJECTS, GRANTEES),
)
RECORDING: Final[Changes] = st.one_of(
    st.builds(RecordFacts, st.just(Recorded.MODEL), MODELS, FACTS | FACTS_OF_MODEL),
    st.builds(RecordFacts, st.just(Recorded.MODEL), MODELS, FACTS, NAMED),
    st.builds(RecordFacts, st.just(Recorded.SCHEMA), SCHEMAS, FACTS),
    st.builds(lambda user, facts: RecordFacts(Recorded.USER, ObjectName((user,)), facts), USERS, FACTS),
)
RECOVERING: Final[Changes] = st.one_of(
    st.builds(DropModel, MODELS, FLAGS),
    st.builds(UndropModel, MODELS),
    st.builds(PurgeModel, MODELS, FLAGS),
    st.builds(RollbackModel, MODELS, REVISIONS),
)
CHANGES: Final[Changes] = st.one_of(
    MAKING, MAKING, ALTERING, ALTERING, RECOVERING, RECOVERING, AROUND, PERMITTING, RECORDING
)


def aim(statement: AnyChange, catalog: Catalog, number: int) -> AnyChange:
    """The statement about something that is there, so that it can be done more often; `number` says about which."""
    match statement:
        case CreateModel() | RecordFacts(kind=Recorded.SCHEMA | Recorded.USER):
            return statement
        case UndropModel() | PurgeModel():
            dropped = sorted(catalog.dropped)
            return replace(statement, name=_written(dropped[number % len(dropped)])) if dropped else statement
        case _ if isinstance(statement, ModelChange) or (
            isinstance(statement, Grant | Revoke) and statement.kind is ObjectKind.MODEL
        ):
            models = sorted(
                ((project, schema, name), model)
                for project, node in catalog.projects.items()
                for schema, each in node.schemas.items()
                for name, model in each.models.items()
                if not node.header.public
            )
            if not models:
                return statement
            path, model = models[number % len(models)]
            if isinstance(statement, Grant | Revoke):
                return replace(statement, name=_written(path))
            return _aim_inside(replace(statement, name=_written(path)), model, number // 7, catalog.revision)
        case _:
            return statement


def _aim_inside(statement: ModelChange, model: Model, number: int, revision: int) -> ModelChange:
    """Likewise for the version and what it needs."""
    version = Identifier(sorted(model.versions)[number % len(model.versions)])
    match statement:
        case AddVersion(body=body):
            fits = IMPORTED if model.header.source_type == "IMPORT" else remote(Literal("k"), Literal("n"))
            return replace(statement, body=replace(body, options=fits))
        case RollbackModel():
            return replace(statement, moment=AsOfRevision(max(3, revision - number % 9)))
        case SetDefaultVersion() if number % 3:
            expected = Identifier(model.header.default_version) if number % 2 else None
            return replace(statement, version=version, expected=expected)
        case DropVersion() | SetOptions() | SetAlias() if number % 3:
            return replace(statement, version=version)
        case _ if isinstance(statement, _OfEither) and statement.version is not None and number % 3:
            return replace(statement, version=version)
        case _:
            return statement


def _written(path: tuple[str, ...]) -> ObjectName:
    return ObjectName(tuple(map(Identifier, path)))
