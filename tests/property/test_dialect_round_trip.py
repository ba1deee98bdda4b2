"""Every statement, written as canonical text, reads as the same statement; split finds it whole."""

import re
import string
from dataclasses import replace
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from server.dialect import format_statement, parse, split
from server.statements import (
    Action,
    AddUser,
    AddVersion,
    Alteration,
    AlterUser,
    Argument,
    AsOfRevision,
    AsOfTime,
    Begin,
    Change,
    ChangeOwner,
    Checkpoint,
    CloseCursor,
    Commit,
    CopyFormat,
    CopyOptions,
    CopyOut,
    CreateModel,
    CreateProject,
    CreateRole,
    CreateSchema,
    CreateUser,
    DataType,
    Deallocate,
    Declare,
    DescribeModel,
    DescribeRole,
    Direction,
    Discard,
    DiscardKind,
    DropAlias,
    DropModel,
    DropProject,
    DropRole,
    DropSchema,
    DropUser,
    DropVersion,
    ExecutePrepared,
    Fetch,
    Grant,
    Grantee,
    GrantRole,
    Identifier,
    InputColumn,
    IsolationLevel,
    Label,
    Listen,
    ListRoles,
    ListUsers,
    Literal,
    Named,
    Notify,
    ObjectKind,
    ObjectName,
    Option,
    Parameter,
    Prepare,
    PurgeModel,
    Query,
    RecordFacts,
    Recovery,
    Release,
    RemoveUser,
    RenameModel,
    ResetParameter,
    Revoke,
    RevokeRole,
    Rollback,
    RollbackModel,
    RollbackTo,
    Savepoint,
    SetAlias,
    SetComment,
    SetConstraints,
    SetDefaultVersion,
    SetLabels,
    SetLifecycle,
    SetOptions,
    SetParameter,
    SetScope,
    SetSessionCharacteristics,
    SetTransaction,
    ShowAcl,
    ShowCreateModel,
    ShowDroppedModels,
    ShowFlags,
    ShowGrants,
    ShowHistory,
    ShowModels,
    ShowParameter,
    ShowSchemas,
    ShowVersions,
    Statement,
    TransactionModes,
    UndropModel,
    Unlisten,
    UnsetLabels,
    UseProject,
    UseSchema,
    Value,
    VersionBody,
    WhoAmI,
)
from server.statements.facts import Recorded
from server.statements.models import SECRET_OPTIONS

TEXTS: Final = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20) | st.text(
    "'\"\\`;$-/*\n\r\t\x0101nEe", max_size=12
)
# What a name may be confused with, beside names of any kind.
WORDS: Final = st.sampled_from(
    re.findall(
        r"\w+",
        """
        if not exists extended model version schema with input options comment like in from for set add drop default
        default_version savepoint to local session all time zone names transaction read null e
        next forward prepare as of revision limit timestamp history dropped from role cursor
        user all privileges grant option admin 1 2v 1e5 _
        """,
    )
)
FOLDED: Final = WORDS | TEXTS.map(str.lower).filter(lambda name: name == name.lower())
NAMES: Final = st.builds(Identifier, FOLDED)
SESSION_NAMES: Final = st.builds(Identifier, WORDS | TEXTS)
VALUES: Final[st.SearchStrategy[Value]] = st.builds(Literal, TEXTS) | st.builds(Parameter, st.integers(1, 65535))
KEYS: Final = st.sampled_from(["APIKEY", "TASKS", "COMMENT", "E"]) | st.text(
    string.ascii_uppercase + "_", min_size=1, max_size=8
)

SOME_NAMES: Final = st.lists(NAMES, min_size=1, max_size=3).map(tuple)
SOME_PRINCIPALS: Final = st.lists(SESSION_NAMES, min_size=1, max_size=3).map(tuple)
SOME_ACTIONS: Final = st.lists(st.builds(Named, st.sampled_from(Action)), min_size=1, max_size=3).map(tuple)
GRANTEES: Final = st.builds(Grantee, SESSION_NAMES, st.just(False)) | st.builds(
    Grantee,
    NAMES,
    st.just(True),
)
SOME_GRANTEES: Final = st.lists(GRANTEES, min_size=1, max_size=3).map(tuple)


def object_names(most: int) -> st.SearchStrategy[ObjectName]:
    return st.builds(ObjectName, st.lists(NAMES, min_size=1, max_size=most).map(tuple))


def structs(types: st.SearchStrategy[DataType]) -> st.SearchStrategy[DataType]:
    fields = st.lists(st.tuples(NAMES, types), min_size=1, max_size=3)
    return fields.map(
        lambda pairs: DataType("STRUCT", elements=tuple(t for _, t in pairs), field_names=tuple(n for n, _ in pairs))
    )


def nested_types(types: st.SearchStrategy[DataType]) -> st.SearchStrategy[DataType]:
    arrays = types.map(lambda element: DataType("ARRAY", elements=(element,)))
    maps = st.tuples(types, types).map(lambda pair: DataType("MAP", elements=pair))
    return arrays | maps | structs(types)


NUMBERS: Final = st.lists(st.integers(0, 10**18 - 1), max_size=2).map(tuple)
PLAIN_TYPES: Final = st.builds(DataType, st.sampled_from(["INT", "ARRAY", "COMMENT", "TIMESTAMP_NTZ", "E"]), NUMBERS)
TYPES: Final = st.recursive(PLAIN_TYPES, nested_types, max_leaves=4)
COLUMNS: Final = st.builds(InputColumn, NAMES, TYPES, st.none() | VALUES)
BODIES: Final = st.builds(
    VersionBody,
    NAMES,
    st.none() | st.lists(COLUMNS, min_size=1, max_size=3).map(tuple),
    st.lists(st.builds(Option, KEYS, VALUES), min_size=1, max_size=3).map(tuple),
    st.none() | VALUES,
)
FLAGS: Final = st.booleans()
MODEL_NAMES: Final = object_names(3)
SCHEMA_NAMES: Final = object_names(2)
FACTS: Final = st.lists(st.builds(Option, KEYS, VALUES), min_size=1, max_size=3).map(tuple)
PARAMETERS: Final = st.lists(FOLDED, min_size=1, max_size=3).map(".".join)
LEVELS: Final = st.none() | st.sampled_from(IsolationLevel)
MODES: Final = st.builds(TransactionModes, LEVELS, st.none() | FLAGS, st.none() | FLAGS)
SOME_MODES: Final = MODES.filter(lambda modes: modes != TransactionModes())
LIMITS: Final = st.integers(0, 10**18 - 1)
REVISIONS: Final = st.builds(AsOfRevision, LIMITS)
MOMENTS: Final = REVISIONS | st.builds(AsOfTime, VALUES)
OPTION_LISTS: Final = st.lists(st.builds(Option, KEYS, VALUES), min_size=1, max_size=3).map(tuple)
LABEL_LISTS: Final = st.lists(st.builds(Label, VALUES, VALUES), min_size=1, max_size=3).map(tuple)
ALTERATIONS: Final[st.SearchStrategy[Alteration]] = st.one_of(
    st.builds(SetComment, MODEL_NAMES, VALUES, st.none() | NAMES, FLAGS),
    st.builds(SetOptions, MODEL_NAMES, NAMES, OPTION_LISTS, FLAGS),
    st.builds(SetLabels, MODEL_NAMES, LABEL_LISTS, st.none() | NAMES, FLAGS),
    st.builds(UnsetLabels, MODEL_NAMES, st.lists(VALUES, min_size=1, max_size=3).map(tuple), st.none() | NAMES, FLAGS),
    st.builds(SetLifecycle, MODEL_NAMES, LIMITS, st.none() | NAMES, FLAGS),
    st.builds(SetAlias, MODEL_NAMES, NAMES, NAMES, FLAGS),
    st.builds(DropAlias, MODEL_NAMES, NAMES, FLAGS, FLAGS),
    st.builds(RenameModel, MODEL_NAMES, NAMES, FLAGS),
    st.builds(ChangeOwner, MODEL_NAMES, VALUES, FLAGS),
)
RECOVERIES: Final[st.SearchStrategy[Recovery]] = st.one_of(
    st.builds(UndropModel, MODEL_NAMES),
    st.builds(PurgeModel, MODEL_NAMES, FLAGS),
    st.builds(RollbackModel, MODEL_NAMES, REVISIONS),
)
QUERIES: Final[st.SearchStrategy[Query]] = st.one_of(
    st.builds(DescribeModel, MODEL_NAMES, st.none() | NAMES, FLAGS, st.none() | MOMENTS),
    st.builds(ShowModels, st.none() | SCHEMA_NAMES, st.none() | VALUES),
    st.builds(ShowSchemas, st.none() | NAMES, st.none() | VALUES),
    st.builds(ShowVersions, MODEL_NAMES, st.none() | VALUES),
    st.builds(ShowCreateModel, MODEL_NAMES),
    st.builds(ShowHistory, MODEL_NAMES, st.none() | LIMITS),
    st.builds(ShowDroppedModels, st.none() | SCHEMA_NAMES, st.none() | VALUES),
)
PREPARABLE: Final[st.SearchStrategy[Query | Change]] = QUERIES | st.builds(AddVersion, MODEL_NAMES, BODIES)
TYPE_NAMES: Final = st.sampled_from(
    [
        *("integer", "text", "double precision", "character varying(10)", "character(1)", "numeric(10,-2)", '"char"'),
        *("timestamp(3) with time zone", "time without time zone", "interval day to second(2)", "bit varying[]"),
        *('s."A b"', '"timestamp"', "unknown", "uuid[]"),
    ]
)
ARGUMENTS: Final = st.builds(Argument, st.none() | VALUES, st.none() | TYPE_NAMES)
COUNTS: Final = st.integers(-(2**31), 2**31 - 1)
STEPS: Final = st.sampled_from([Direction.FORWARD, Direction.BACKWARD])
ONE_BYTE: Final = st.sampled_from("|;'\"\\ -/*)$")
TEXT_DELIMITERS: Final = st.sampled_from("|;'\" -/*)$")
NULLS: Final = st.sampled_from(["", "NULL", "n'u", "(", "--", "#\\"])

ENCODINGS: Final = st.none() | st.sampled_from(["UTF8", "'latin1'", "SQL_ASCII"])


def may_be_copied_with(options: CopyOptions) -> bool:
    """Whether PostgreSQL lets these pass: NULL holds neither delimiter nor quote, which differ."""
    if options.quote and (options.delimiter == options.quote or options.quote in options.null):
        return False
    return not options.delimiter or options.delimiter not in options.null


COPY_OPTIONS: Final = st.one_of(
    st.just(CopyOptions()),
    st.builds(CopyOptions, delimiter=TEXT_DELIMITERS, null=NULLS, header=FLAGS, encoding=ENCODINGS),
    st.builds(lambda encoding: CopyOptions(CopyFormat.BINARY, "", "", encoding=encoding), ENCODINGS),
    st.builds(
        CopyOptions,
        st.just(CopyFormat.CSV),
        ONE_BYTE,
        NULLS,
        FLAGS,
        ONE_BYTE,
        ONE_BYTE,
        st.none() | st.lists(SESSION_NAMES, max_size=2).map(tuple),
        ENCODINGS,
    ),
).filter(may_be_copied_with)
STATEMENTS: Final[st.SearchStrategy[Statement]] = st.one_of(
    st.builds(CreateModel, MODEL_NAMES, BODIES, FLAGS),
    st.builds(CreateModel, MODEL_NAMES, BODIES, or_replace=st.just(True)),
    st.builds(AddVersion, MODEL_NAMES, BODIES, FLAGS, FLAGS),
    st.builds(SetDefaultVersion, MODEL_NAMES, NAMES, FLAGS, st.none() | NAMES),
    st.builds(DropVersion, MODEL_NAMES, NAMES, FLAGS, FLAGS),
    st.builds(DropModel, MODEL_NAMES, FLAGS),
    QUERIES,
    ALTERATIONS,
    RECOVERIES,
    st.builds(CreateProject, NAMES, FLAGS),
    st.builds(RecordFacts, st.just(Recorded.MODEL), MODEL_NAMES, FACTS, st.none() | NAMES),
    st.builds(RecordFacts, st.just(Recorded.SCHEMA), SCHEMA_NAMES, FACTS),
    st.builds(RecordFacts, st.just(Recorded.USER), st.builds(ObjectName, st.tuples(SESSION_NAMES)), FACTS),
    st.builds(DropProject, NAMES, FLAGS),
    st.builds(CreateSchema, SCHEMA_NAMES, FLAGS),
    st.builds(DropSchema, SCHEMA_NAMES, FLAGS),
    st.builds(UseProject, NAMES),
    st.builds(UseSchema, NAMES),
    st.builds(Begin, MODES, FLAGS),
    st.builds(Commit, FLAGS),
    st.builds(Rollback, FLAGS),
    st.builds(Savepoint, SESSION_NAMES),
    st.builds(RollbackTo, SESSION_NAMES),
    st.builds(Release, SESSION_NAMES),
    st.builds(SetParameter, PARAMETERS, st.lists(TEXTS, max_size=3).map(tuple), st.sampled_from(SetScope)),
    st.just(ShowFlags()),
    st.builds(ShowParameter, st.none() | PARAMETERS),
    st.builds(ResetParameter, st.none() | PARAMETERS),
    st.builds(SetTransaction, SOME_MODES),
    st.builds(SetSessionCharacteristics, SOME_MODES),
    st.builds(SetConstraints, st.lists(object_names(3), max_size=3).map(tuple), FLAGS),
    st.builds(Discard, st.sampled_from(DiscardKind)),
    st.builds(Prepare, SESSION_NAMES, PREPARABLE, st.lists(TYPE_NAMES, max_size=3).map(tuple)),
    st.builds(ExecutePrepared, SESSION_NAMES, st.lists(ARGUMENTS, max_size=3).map(tuple)),
    st.builds(Deallocate, st.none() | SESSION_NAMES),
    st.builds(Declare, SESSION_NAMES, QUERIES, FLAGS, st.none() | FLAGS, FLAGS),
    st.builds(Fetch, SESSION_NAMES, STEPS, st.none() | COUNTS, FLAGS),
    st.builds(Fetch, SESSION_NAMES, st.sampled_from(Direction), COUNTS, FLAGS),
    st.builds(CloseCursor, st.none() | SESSION_NAMES),
    st.builds(Listen, SESSION_NAMES),
    st.builds(Unlisten, st.none() | SESSION_NAMES),
    st.builds(Notify, SESSION_NAMES, st.none() | VALUES),
    st.builds(CopyOut, QUERIES, COPY_OPTIONS),
    st.builds(CreateUser, SESSION_NAMES, st.none() | VALUES, FLAGS, FLAGS),
    st.builds(AlterUser, SESSION_NAMES, st.none() | VALUES, st.just(True), st.none() | FLAGS),
    st.builds(AlterUser, SESSION_NAMES, st.none(), st.just(False), FLAGS),
    st.builds(AddUser, SESSION_NAMES, FLAGS),
    st.builds(RemoveUser, SESSION_NAMES),
    st.builds(CreateRole, SESSION_NAMES, FLAGS),
    st.builds(DropRole, SESSION_NAMES, FLAGS),
    st.builds(GrantRole, SOME_NAMES, SOME_PRINCIPALS),
    st.builds(RevokeRole, SOME_NAMES, SOME_PRINCIPALS),
    *(
        st.builds(change, SOME_ACTIONS, st.just(kind), object_names(most), SOME_GRANTEES)
        for change in (Grant, Revoke)
        for kind, most in ((ObjectKind.MODEL, 3), (ObjectKind.SCHEMA, 2), (ObjectKind.PROJECT, 1))
    ),
    st.just(ListUsers()),
    st.just(ListRoles()),
    st.just(WhoAmI()),
    st.builds(DescribeRole, NAMES),
    st.builds(ShowGrants, st.none() | GRANTEES),
    st.builds(ShowAcl, object_names(3), st.sampled_from(ObjectKind)),
    st.builds(DropUser, SESSION_NAMES, FLAGS),
    st.just(Checkpoint()),
)


@given(STATEMENTS)
def test_canonical_text_reads_as_the_same_statement(statement: Statement) -> None:
    assert parse(format_statement(statement)) == statement


@given(st.lists(STATEMENTS, max_size=4), st.booleans())
def test_split_finds_canonical_statements_whole(statements: list[Statement], standard: bool) -> None:
    texts = [format_statement(statement) for statement in statements]

    fragments = split(";\n".join(texts), standard_conforming_strings=standard)

    assert [fragment.text for fragment in fragments] == texts


@given(STATEMENTS)
def test_a_masked_text_holds_no_key(statement: Statement) -> None:
    match statement:
        case CreateModel(body=body) | AddVersion(body=body):
            marked = tuple(
                Option(option.key, Literal("MARK" if option.key == "APIKEY" else "x")) for option in body.options
            )
            changed = type(statement)(statement.name, VersionBody(body.version, None, marked))
            assert "MARK" not in format_statement(changed, mask_secrets=True)
        case SetOptions():
            options = tuple(
                Option(option.key, Literal("MARK" if option.key == "APIKEY" else "x")) for option in statement.options
            )
            assert "MARK" not in format_statement(replace(statement, options=options), mask_secrets=True)
        case CreateUser(name) | AlterUser(name):
            with_mark = type(statement)(name, Literal("MARK"))
            assert "MARK" not in format_statement(with_mark, mask_secrets=True)
        case RecordFacts(kind, record, facts, version):
            marked_facts = tuple(Option(fact.key, Literal("MARK")) for fact in facts)
            masked = format_statement(RecordFacts(kind, record, marked_facts, version), mask_secrets=True)
            assert masked.count("MARK") == sum(fact.key not in SECRET_OPTIONS for fact in facts)
        case ExecutePrepared(name, arguments):
            marked_arguments = tuple(Argument(Literal("MARK"), argument.type) for argument in arguments)
            assert "MARK" not in format_statement(ExecutePrepared(name, marked_arguments), mask_secrets=True)
        case Prepare(statement=inner):
            assert format_statement(statement, mask_secrets=True).endswith(format_statement(inner, mask_secrets=True))
        case _:
            assert format_statement(statement, mask_secrets=True) == format_statement(statement)
