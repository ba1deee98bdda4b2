"""The statements of the session: transactions, parameters, prepared statements, cursors, messages, users.

They are PostgreSQL's; what a word left out means there, it means here.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from server.statements.alterations import Alteration
from server.statements.facts import RecordFacts
from server.statements.history import Recovery
from server.statements.models import MadeChange, Query
from server.statements.privileges import PrivilegeChange
from server.statements.select import Explain, Select
from server.statements.values import Identifier, ObjectName, Value

# Transactions.


class IsolationLevel(StrEnum):
    """As the run-time parameter `transaction_isolation` spells them."""

    SERIALIZABLE = "serializable"
    REPEATABLE_READ = "repeatable read"
    READ_COMMITTED = "read committed"
    READ_UNCOMMITTED = "read uncommitted"


@dataclass(frozen=True, slots=True)
class TransactionModes:
    """What a transaction is asked to be; None where the statement leaves it to the session's default.

    A mode that is given twice counts as it was given last, as in PostgreSQL.
    """

    isolation: IsolationLevel | None = None
    read_only: bool | None = None
    deferrable: bool | None = None


@dataclass(frozen=True, slots=True)
class Begin:
    """BEGIN, or START TRANSACTION, which differs in its command tag only."""

    modes: TransactionModes = TransactionModes()
    says_start: bool = False


@dataclass(frozen=True, slots=True)
class Commit:
    """COMMIT or END; `chain` begins the next transaction with the modes of this one."""

    chain: bool = False


@dataclass(frozen=True, slots=True)
class Rollback:
    """ROLLBACK or ABORT; `chain` as in `Commit`."""

    chain: bool = False


@dataclass(frozen=True, slots=True)
class Savepoint:
    name: Identifier


@dataclass(frozen=True, slots=True)
class RollbackTo:
    name: Identifier


@dataclass(frozen=True, slots=True)
class Release:
    name: Identifier


@dataclass(frozen=True, slots=True)
class SetTransaction:
    """SET TRANSACTION: the modes of the current transaction; at least one is given."""

    modes: TransactionModes


@dataclass(frozen=True, slots=True)
class SetSessionCharacteristics:
    """SET SESSION CHARACTERISTICS AS TRANSACTION: the modes of the transactions to come; at least one is given."""

    modes: TransactionModes


@dataclass(frozen=True, slots=True)
class SetConstraints:
    """SET CONSTRAINTS: when constraints are to be checked; of all where none is named."""

    names: tuple[ObjectName, ...]
    deferred: bool


# Run-time parameters.


class SetScope(StrEnum):
    SESSION = "SESSION"
    LOCAL = "LOCAL"


@dataclass(frozen=True, slots=True)
class SetParameter:
    """`values` empty means TO DEFAULT; several values are a list, joined with ", " as PostgreSQL does.

    SET ROLE, SESSION AUTHORIZATION, TIME ZONE, NAMES, SCHEMA and XML OPTION are this too, under PostgreSQL's
    names: `role`, `session_authorization`, `timezone`, `client_encoding`, `search_path`, `xmloption`. A time
    zone given as an interval is the value `INTERVAL '-08:00:00'`.
    """

    parameter: str
    values: tuple[str, ...] = field(repr=False)
    scope: SetScope = SetScope.SESSION


@dataclass(frozen=True, slots=True)
class ShowParameter:
    """`parameter` None means ALL."""

    parameter: str | None


@dataclass(frozen=True, slots=True)
class ShowFlags:
    """SHOW FLAGS: those of MaxCompute's flags that the session has set."""


@dataclass(frozen=True, slots=True)
class ResetParameter:
    """`parameter` None means ALL."""

    parameter: str | None


class DiscardKind(StrEnum):
    ALL = "ALL"
    PLANS = "PLANS"
    SEQUENCES = "SEQUENCES"
    TEMP = "TEMP"


@dataclass(frozen=True, slots=True)
class Discard:
    kind: DiscardKind


# Prepared statements.


@dataclass(frozen=True, slots=True)
class Prepare:
    """PREPARE. The `$n` of `statement` are its own: they are bound by EXECUTE, not with this statement.

    Attributes:
        types: of the first parameters, as PostgreSQL names them, for example `timestamp with time zone`,
            `character varying(10)` or `integer[]`; `unknown` leaves one open.
    """

    name: Identifier
    statement: MadeChange | Alteration | RecordFacts | Recovery | PrivilegeChange | Query | Select | Explain
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Argument:
    """One value of EXECUTE. It may be a secret.

    Attributes:
        value: None is NULL; true and false are the literals `true` and `false`.
        type: as in `Prepare`, given by a cast or by the form of the value; None for a bare string, NULL or `$n`.
    """

    value: Value | None
    type: str | None = None


@dataclass(frozen=True, slots=True)
class ExecutePrepared:
    """EXECUTE."""

    name: Identifier
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True)
class Deallocate:
    """`name` None means ALL."""

    name: Identifier | None


# Cursors.


@dataclass(frozen=True, slots=True)
class Declare:
    """DECLARE ... CURSOR. INSENSITIVE is not kept: every cursor is.

    Attributes:
        scroll: None when the statement says neither SCROLL nor NO SCROLL.
        hold: the cursor outlives its transaction.
    """

    name: Identifier
    query: Query | Select
    binary: bool = False
    scroll: bool | None = None
    hold: bool = False


class Direction(StrEnum):
    FORWARD = "FORWARD"
    BACKWARD = "BACKWARD"
    ABSOLUTE = "ABSOLUTE"
    RELATIVE = "RELATIVE"


@dataclass(frozen=True, slots=True)
class Fetch:
    """FETCH, or MOVE, which returns no rows.

    NEXT is FORWARD 1, PRIOR is BACKWARD 1, FIRST is ABSOLUTE 1, LAST is ABSOLUTE -1, as in PostgreSQL.

    Attributes:
        count: rows for FORWARD and BACKWARD, a place for the other two; None means ALL.
    """

    cursor: Identifier
    direction: Direction = Direction.FORWARD
    count: int | None = 1
    move: bool = False


@dataclass(frozen=True, slots=True)
class CloseCursor:
    """CLOSE; `name` None means ALL."""

    name: Identifier | None


# Notifications.


@dataclass(frozen=True, slots=True)
class Listen:
    channel: Identifier


@dataclass(frozen=True, slots=True)
class Unlisten:
    """`channel` None means all of them."""

    channel: Identifier | None


@dataclass(frozen=True, slots=True)
class Notify:
    channel: Identifier
    payload: Value | None = None


# COPY.


class CopyFormat(StrEnum):
    TEXT = "text"
    CSV = "csv"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class CopyOptions:
    """How COPY writes, defaults filled in and checked as PostgreSQL does.

    Attributes:
        delimiter: one ASCII character; empty for binary.
        null: what stands for NULL; empty for binary.
        quote: one ASCII character for csv, else empty.
        escape: the same; the quote when not given.
        force_quote: the columns whose values are always quoted, None for all of them.
        encoding: None means client_encoding.
    """

    format: CopyFormat = CopyFormat.TEXT
    delimiter: str = "\t"
    null: str = r"\N"
    header: bool = False
    quote: str = ""
    escape: str = ""
    force_quote: tuple[Identifier, ...] | None = ()
    encoding: str | None = None


@dataclass(frozen=True, slots=True)
class CopyOut:
    """COPY (query) TO STDOUT; COPY of a table is that of the query which selects its columns."""

    query: Query | Select
    options: CopyOptions = CopyOptions()


# Users.


@dataclass(frozen=True, slots=True)
class CreateUser:
    """CREATE USER or CREATE ROLE ... LOGIN; `password` None means that there is none."""

    name: Identifier
    password: Value | None = None
    if_not_exists: bool = False
    superuser: bool = False


@dataclass(frozen=True, slots=True)
class AlterUser:
    """ALTER USER.

    Attributes:
        password: None takes it away, if `sets_password`.
        superuser: None leaves that as it is.
    """

    name: Identifier
    password: Value | None = None
    sets_password: bool = True
    superuser: bool | None = None


@dataclass(frozen=True, slots=True)
class DropUser:
    """DROP USER."""

    name: Identifier
    if_exists: bool = False


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """CHECKPOINT: fold what was written since the last one into the snapshot."""


TransactionStatement = (
    Begin
    | Commit
    | Rollback
    | Savepoint
    | RollbackTo
    | Release
    | SetTransaction
    | SetSessionCharacteristics
    | SetConstraints
)
ParameterStatement = SetParameter | ShowParameter | ShowFlags | ResetParameter
PreparationStatement = Prepare | ExecutePrepared | Deallocate
CursorStatement = Declare | Fetch | CloseCursor
NotificationStatement = Listen | Unlisten | Notify
UserStatement = CreateUser | AlterUser | DropUser
SessionStatement = (
    TransactionStatement
    | ParameterStatement
    | PreparationStatement
    | CursorStatement
    | NotificationStatement
    | UserStatement
    | Discard
    | CopyOut
    | Checkpoint
)
