"""Every error and notice that modeld reports: one table of conditions, one exception class.

A condition is a row of (head, SQLSTATE, text). The head is MaxCompute's: its ODPS code and the words
that the service puts before the text ("ODPS-0130161:[1,5] Parse exception - ..."); PostgreSQL's own
conditions have no head. Nothing else in the code builds an error text, so that the table is the whole
list of what a client can be told.

Sources: MaxCompute "SQL errors (ODPS-01CCCCX)"; PostgreSQL appendix "Error Codes".
"""

from dataclasses import dataclass, replace
from enum import Enum, unique

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState


@unique
class Head(Enum):
    """What stands before the text: (ODPS code, its general words, whether a [line,column] follows the code)."""

    PARSE = ("ODPS-0130161", "Parse exception", True)
    SEMANTIC = ("ODPS-0130071", "Semantic analysis exception", True)
    TABLE = ("ODPS-0130131", "Table not found", True)
    DDL = ("ODPS-0110061", "Failed to run ddltask", False)
    AUTHORIZATION = ("ODPS-0130013", "Authorization exception", True)
    ACCESS = ("ODPS-0420095", "Access Denied", False)
    POSTGRES = ("", "", False)

    def format(self, text: str, line: int, column: int) -> str:
        """Put the head before `text`; line and column count from 1, 0 where there is no position."""
        code, words, positioned = self.value
        if not code:
            return text
        if positioned:
            return f"{code}:[{line},{column}] {words} - {text}"
        return f"{code}: {words} - {text}"


@unique
class Severity(Enum):
    """PostgreSQL's severities, as far as a condition of ours can have them."""

    ERROR = "ERROR"
    FATAL = "FATAL"
    WARNING = "WARNING"
    NOTICE = "NOTICE"


_E, _F, _W, _N = Severity.ERROR, Severity.FATAL, Severity.WARNING, Severity.NOTICE


@unique
class Condition(Enum):
    """(head, SQLSTATE, severity, text). Words in braces are the arguments of `Diagnostic`."""

    # Grammar.
    INVALID_TOKEN = (Head.PARSE, SqlState.SYNTAX_ERROR, _E, "invalid token '{token}'")
    INVALID_TOKEN_EXPECTING = (Head.PARSE, SqlState.SYNTAX_ERROR, _E, "invalid token '{token}', expect {expected}")
    INVALID_ESCAPE = (Head.PARSE, SqlState.SYNTAX_ERROR, _E, "unexpected escape sequence: {sequence}")
    UNTERMINATED = (Head.PARSE, SqlState.SYNTAX_ERROR, _E, "unterminated {what}")
    TOO_DEEP = (Head.PARSE, SqlState.STATEMENT_TOO_COMPLEX, _E, "nested deeper than {limit} levels")
    TOO_LONG = (Head.PARSE, SqlState.PROGRAM_LIMIT_EXCEEDED, _E, "statement is longer than {limit} bytes")
    NOT_SUPPORTED = (Head.SEMANTIC, SqlState.FEATURE_NOT_SUPPORTED, _E, "{statement} is not supported by this server")
    CHARACTER_INVALID = (
        Head.POSTGRES,
        SqlState.CHARACTER_NOT_IN_REPERTOIRE,
        _E,
        'invalid byte sequence for encoding "UTF8": {bytes}',
    )
    NO_PARAMETER = (Head.POSTGRES, SqlState.UNDEFINED_PARAMETER, _E, "there is no parameter ${number}")

    # Names.
    NAME_INVALID = (
        Head.SEMANTIC,
        SqlState.INVALID_NAME,
        _E,
        "{kind} name '{name}' is invalid: it can contain {allowed}",
    )
    NAME_EMPTY = (Head.SEMANTIC, SqlState.INVALID_NAME, _E, "{kind} name is empty")
    NAME_NOT_LETTER = (Head.SEMANTIC, SqlState.INVALID_NAME, _E, "{kind} name '{name}' must start with a letter")
    NAME_TOO_LONG = (Head.SEMANTIC, SqlState.NAME_TOO_LONG, _E, "{kind} name is longer than {limit} bytes")
    NAME_RESERVED = (Head.SEMANTIC, SqlState.RESERVED_NAME, _E, "{kind} name cannot be '{name}'")
    NAME_TOO_MANY_PARTS = (Head.PARSE, SqlState.INVALID_NAME, _E, "improper qualified name (too many dotted names)")
    NAME_NOT_LETTER_ALLOWED = (
        Head.SEMANTIC,
        SqlState.WARNING,
        _W,
        "{kind} name '{name}' does not start with a letter, which MaxCompute recommends",
    )

    # Values known when the statement is read.
    COMMENT_TOO_LONG = (
        Head.SEMANTIC,
        SqlState.STRING_DATA_RIGHT_TRUNCATION,
        _E,
        "{kind} comment is longer than {limit} bytes",
    )
    COLUMN_DUPLICATE = (
        Head.SEMANTIC,
        SqlState.DUPLICATE_COLUMN,
        _E,
        "input column '{name}' is specified more than once",
    )
    COLUMN_TOO_MANY = (Head.SEMANTIC, SqlState.PROGRAM_LIMIT_EXCEEDED, _E, "more than {limit} input columns")
    PATTERN_TOO_LONG = (Head.SEMANTIC, SqlState.PROGRAM_LIMIT_EXCEEDED, _E, "pattern is longer than {limit} characters")
    TYPE_UNKNOWN = (Head.SEMANTIC, SqlState.UNDEFINED_OBJECT, _E, "data type '{type}' does not exist")
    TYPE_NOT_ENABLED = (
        Head.SEMANTIC,
        SqlState.FEATURE_NOT_SUPPORTED,
        _E,
        "{type} type is not enabled in current mode. Please set {flag}=true to use it.",
    )
    INT_IS_BIGINT = (Head.SEMANTIC, SqlState.WARNING, _W, "INT is treated as BIGINT in current mode")
    TYPE_PARAMETER = (Head.SEMANTIC, SqlState.INVALID_PARAMETER_VALUE, _E, "data type {type}: {reason}")
    OPTION_UNKNOWN = (Head.SEMANTIC, SqlState.INVALID_PARAMETER_VALUE, _E, "unknown model option '{option}'")
    OPTION_DUPLICATE = (
        Head.SEMANTIC,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "model option {option} is specified more than once",
    )
    OPTION_MISSING = (Head.SEMANTIC, SqlState.INVALID_PARAMETER_VALUE, _E, "model option {option} is required{context}")
    OPTION_INVALID = (
        Head.SEMANTIC,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "invalid value of model option {option}: {reason}",
    )
    OPTION_NOT_FOR_SOURCE = (
        Head.SEMANTIC,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "model option {option} is not allowed when MODEL_SOURCE_TYPE is {source_type}",
    )
    INPUT_MISSING = (
        Head.SEMANTIC,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "INPUT is required when MODEL_SOURCE_TYPE is IMPORT",
    )
    ENDPOINT_PUBLIC = (
        Head.SEMANTIC,
        SqlState.WARNING,
        _W,
        "LOCATION names a public OSS endpoint; MaxCompute supports only internal network endpoints",
    )

    # The catalog.
    MODEL_NOT_FOUND = (Head.DDL, SqlState.UNDEFINED_OBJECT, _E, "Model {model} does not exist")
    MODEL_NOT_DROPPED = (
        Head.DDL,
        SqlState.UNDEFINED_OBJECT,
        _E,
        "There is no dropped model {model} in the recycle bin",
    )
    MODEL_NOT_THERE = (
        Head.DDL,
        SqlState.UNDEFINED_OBJECT,
        _E,
        "Model {model} did not exist at revision {revision}",
    )
    MOMENT_INVALID = (Head.SEMANTIC, SqlState.INVALID_DATETIME_FORMAT, _E, "{reason}")
    MOMENT_TO_COME = (
        Head.SEMANTIC,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "{moment} is still to come: the newest revision is {newest}",
    )
    STATE_NOT_KEPT = (
        Head.DDL,
        SqlState.SNAPSHOT_TOO_OLD,
        _E,
        "The state at {moment} is not kept: the history begins at revision {first}",
    )
    STATE_PURGED = (
        Head.DDL,
        SqlState.SNAPSHOT_TOO_OLD,
        _E,
        "What model {model} was at revision {revision} is not kept: it was dropped and purged",
    )
    EARLIER_KEY_LOST = (
        Head.DDL,
        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
        _E,
        "Model {model} had secrets at revision {revision} that no key of the key file opens",
    )
    MODEL_EXISTS = (Head.DDL, SqlState.DUPLICATE_OBJECT, _E, "Model {model} already exists")
    VERSION_NOT_FOUND = (Head.DDL, SqlState.UNDEFINED_OBJECT, _E, "Version {version} of model {model} does not exist")
    VERSION_EXISTS = (Head.DDL, SqlState.DUPLICATE_OBJECT, _E, "Version {version} of model {model} already exists")
    DEFAULT_VERSION_DROP = (
        Head.DDL,
        SqlState.OBJECT_IN_USE,
        _E,
        "The default version of the model cannot be dropped",
    )
    DEFAULT_VERSION_MOVED = (
        Head.DDL,
        SqlState.SERIALIZATION_FAILURE,
        _E,
        "The default version of model {model} is {version}, not {expected}",
    )
    ALIASED_VERSION_DROP = (
        Head.DDL,
        SqlState.OBJECT_IN_USE,
        _E,
        "Version {version} of model {model} cannot be dropped, because alias {alias} stands for it",
    )
    ALIAS_NOT_FOUND = (Head.DDL, SqlState.UNDEFINED_OBJECT, _E, "Alias {alias} of model {model} does not exist")
    ALIAS_IS_VERSION = (Head.DDL, SqlState.DUPLICATE_OBJECT, _E, "Model {model} has a version named {alias}")
    NAME_IS_ALIAS = (Head.DDL, SqlState.DUPLICATE_OBJECT, _E, "Model {model} has an alias named {name}")
    ALIAS_RESERVED = (Head.SEMANTIC, SqlState.RESERVED_NAME, _E, "alias cannot be '{name}'")
    SECRET_LEFT_OUT = (
        Head.SEMANTIC,
        SqlState.WARNING,
        _W,
        "{option} was left out of the text: give it with ALTER MODEL ... MODIFY VERSION ... SET OPTIONS",
    )
    SECRET_KEY_LOST = (
        Head.POSTGRES,
        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
        _E,
        "{object} would hold a secret that no key opens: it was sealed with key {key}",
    )
    SEALED_ELSEWHERE = (
        Head.SEMANTIC,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "the sealed {option} cannot be taken over: {reason}",
    )
    FACT_UNKNOWN = (
        Head.SEMANTIC,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "unknown fact '{fact}', expected one of {known}",
    )
    FACT_INVALID = (Head.SEMANTIC, SqlState.INVALID_PARAMETER_VALUE, _E, "fact {fact} has an invalid value: {reason}")
    RECORD_DENIED = (
        Head.POSTGRES,
        SqlState.INSUFFICIENT_PRIVILEGE,
        _E,
        "only {what} may record such facts",
    )
    UNOWNED = (Head.POSTGRES, SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE, _E, "{object} is left without an owner")
    OPTION_OF_MODEL = (
        Head.SEMANTIC,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "model option {option} is the model's and cannot be changed",
    )
    LABEL_INVALID = (Head.SEMANTIC, SqlState.INVALID_PARAMETER_VALUE, _E, "label {reason}")
    LABEL_TOO_MANY = (Head.SEMANTIC, SqlState.PROGRAM_LIMIT_EXCEEDED, _E, "more than {limit} labels")
    LIFECYCLE_INVALID = (
        Head.SEMANTIC,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "LIFECYCLE must be from 1 to {limit} days, or 0 for none",
    )
    TYPE_DIFFERS = (
        Head.DDL,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "{option} {given} of version {version} is not the model's {value}: it must be the same across all versions",
    )
    PUBLIC_MODEL = (
        Head.DDL,
        SqlState.INSUFFICIENT_PRIVILEGE,
        _E,
        "Project {project} holds public models and cannot be modified",
    )
    PROJECT_NOT_FOUND = (Head.DDL, SqlState.INVALID_CATALOG_NAME, _E, "Project {project} does not exist")
    PROJECT_EXISTS = (Head.DDL, SqlState.DUPLICATE_DATABASE, _E, "Project {project} already exists")
    PROJECT_NOT_EMPTY = (Head.DDL, SqlState.DEPENDENT_OBJECTS_STILL_EXIST, _E, "Project {project} still holds models")
    PROJECT_IN_USE = (
        Head.DDL,
        SqlState.OBJECT_IN_USE,
        _E,
        "Project {project} cannot be dropped while it is the current project",
    )
    SCHEMA_NOT_FOUND = (Head.DDL, SqlState.INVALID_SCHEMA_NAME, _E, "Schema {schema} does not exist")
    SCHEMA_EXISTS = (Head.DDL, SqlState.DUPLICATE_SCHEMA, _E, "Schema {schema} already exists")
    SCHEMA_NOT_EMPTY = (Head.DDL, SqlState.DEPENDENT_OBJECTS_STILL_EXIST, _E, "Schema {schema} still holds models")
    SCHEMA_DEFAULT = (
        Head.DDL,
        SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
        _E,
        "Schema {schema} is the default schema and cannot be dropped",
    )
    SKIPPED_EXISTS = (Head.POSTGRES, SqlState.DUPLICATE_OBJECT, _N, "{what} already exists, skipping")
    SKIPPED_MISSING = (Head.POSTGRES, SqlState.SUCCESSFUL_COMPLETION, _N, "{what} does not exist, skipping")

    # Users.
    ROLE_MISSING = (Head.POSTGRES, SqlState.UNDEFINED_OBJECT, _E, 'role "{name}" does not exist')
    ROLE_EXISTS = (Head.POSTGRES, SqlState.DUPLICATE_OBJECT, _E, 'role "{name}" already exists')
    ROLE_CURRENT = (Head.POSTGRES, SqlState.OBJECT_IN_USE, _E, "current user cannot be dropped")
    ROLE_OWNS = (
        Head.POSTGRES,
        SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
        _E,
        'role "{name}" cannot be dropped because some objects depend on it',
    )
    ROLE_HELD = (
        Head.POSTGRES,
        SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
        _E,
        'role "{name}" cannot be dropped because users have it',
    )
    ROLE_LAST_SUPERUSER = (
        Head.POSTGRES,
        SqlState.OBJECT_IN_USE,
        _E,
        'role "{name}" is the last superuser and must stay one',
    )
    CHECKPOINT_DENIED = (
        Head.POSTGRES,
        SqlState.INSUFFICIENT_PRIVILEGE,
        _E,
        "must be superuser or have privileges of pg_checkpoint to do CHECKPOINT",
    )
    PERMISSION_DENIED = (Head.POSTGRES, SqlState.INSUFFICIENT_PRIVILEGE, _E, "permission denied to {what}")
    ROLE_NAME_RESERVED = (Head.POSTGRES, SqlState.RESERVED_NAME, _E, 'role name "{name}" is reserved')
    PASSWORD_EMPTY = (
        Head.POSTGRES,
        SqlState.SUCCESSFUL_COMPLETION,
        _N,
        "empty string is not a valid password, clearing password",
    )
    PASSWORD_LEFT_OUT = (
        Head.POSTGRES,
        SqlState.WARNING,
        _W,
        "the password was left out of the text, so that there is none: give one with ALTER USER ... PASSWORD",
    )
    PASSWORD_OTHER_HASH = (
        Head.POSTGRES,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "the password is hashed in a way that this server does not know",
    )

    # Privileges.
    NO_PRIVILEGE = (
        Head.AUTHORIZATION,
        SqlState.INSUFFICIENT_PRIVILEGE,
        _E,
        "Authorization Failed [4019], You have NO privilege 'odps:{action}' on {resource}",
    )
    # The grammar of it is the service's.
    NOT_MEMBER = (
        Head.ACCESS,
        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
        _E,
        "Authorization Failed [4002], You doesn't exist in project {project}",
    )
    MEMBER_MISSING = (Head.ACCESS, SqlState.UNDEFINED_OBJECT, _E, "User {name} does not exist in project {project}")
    MEMBER_EXISTS = (Head.ACCESS, SqlState.DUPLICATE_OBJECT, _E, "User {name} already exists in project {project}")
    MEMBER_OWNS = (Head.ACCESS, SqlState.OBJECT_IN_USE, _E, "User {name} owns project {project} and cannot be removed")
    PROJECT_ROLE_MISSING = (
        Head.ACCESS,
        SqlState.UNDEFINED_OBJECT,
        _E,
        "Role {name} does not exist in project {project}",
    )
    PROJECT_ROLE_EXISTS = (
        Head.ACCESS,
        SqlState.DUPLICATE_OBJECT,
        _E,
        "Role {name} already exists in project {project}",
    )
    ACTION_NOT_FOR_OBJECT = (
        Head.SEMANTIC,
        SqlState.INVALID_GRANT_OPERATION,
        _E,
        "action {action} is not allowed on a {kind}, expect one of {expected}",
    )

    # Transactions.
    CONFLICT = (
        Head.DDL,
        SqlState.SERIALIZATION_FAILURE,
        _E,
        "Transaction aborted: {object} was changed by another transaction",
    )
    IN_FAILED_TRANSACTION = (
        Head.POSTGRES,
        SqlState.IN_FAILED_SQL_TRANSACTION,
        _E,
        "current transaction is aborted, commands ignored until end of transaction block",
    )
    NOT_IN_BLOCK = (
        Head.POSTGRES,
        SqlState.ACTIVE_SQL_TRANSACTION,
        _E,
        "{statement} cannot run inside a transaction block",
    )
    READ_ONLY = (
        Head.POSTGRES,
        SqlState.READ_ONLY_SQL_TRANSACTION,
        _E,
        "cannot execute {statement} in a read-only transaction",
    )
    ISOLATION_LATE = (
        Head.POSTGRES,
        SqlState.ACTIVE_SQL_TRANSACTION,
        _E,
        "SET TRANSACTION ISOLATION LEVEL must be called before any query",
    )
    ISOLATION_NESTED = (
        Head.POSTGRES,
        SqlState.ACTIVE_SQL_TRANSACTION,
        _E,
        "SET TRANSACTION ISOLATION LEVEL must not be called in a subtransaction",
    )
    READ_WRITE_LATE = (
        Head.POSTGRES,
        SqlState.ACTIVE_SQL_TRANSACTION,
        _E,
        "transaction read-write mode must be set before any query",
    )
    READ_WRITE_NESTED = (
        Head.POSTGRES,
        SqlState.ACTIVE_SQL_TRANSACTION,
        _E,
        "cannot set transaction read-write mode inside a read-only transaction",
    )
    DEFERRABLE_LATE = (
        Head.POSTGRES,
        SqlState.ACTIVE_SQL_TRANSACTION,
        _E,
        "SET TRANSACTION [NOT] DEFERRABLE must be called before any query",
    )
    DEFERRABLE_NESTED = (
        Head.POSTGRES,
        SqlState.ACTIVE_SQL_TRANSACTION,
        _E,
        "SET TRANSACTION [NOT] DEFERRABLE cannot be called within a subtransaction",
    )
    ONLY_IN_TRANSACTION = (
        Head.POSTGRES,
        SqlState.NO_ACTIVE_SQL_TRANSACTION,
        _E,
        "{statement} can only be used in transaction blocks",
    )
    SAVEPOINT_NOT_FOUND = (
        Head.POSTGRES,
        SqlState.INVALID_SAVEPOINT_SPECIFICATION,
        _E,
        'savepoint "{name}" does not exist',
    )
    CONSTRAINT_NOT_FOUND = (Head.POSTGRES, SqlState.UNDEFINED_OBJECT, _E, 'constraint "{name}" does not exist')
    ALREADY_IN_TRANSACTION = (
        Head.POSTGRES,
        SqlState.ACTIVE_SQL_TRANSACTION,
        _W,
        "there is already a transaction in progress",
    )
    FLAG_UNKNOWN = (
        Head.POSTGRES,
        SqlState.SUCCESSFUL_COMPLETION,
        _N,
        'flag "{name}" is not one that MaxCompute documents; it is kept and has no effect',
    )
    SET_LOCAL_OUTSIDE = (
        Head.POSTGRES,
        SqlState.NO_ACTIVE_SQL_TRANSACTION,
        _W,
        "{statement} can only be used in transaction blocks",
    )
    NO_TRANSACTION = (
        Head.POSTGRES,
        SqlState.NO_ACTIVE_SQL_TRANSACTION,
        _W,
        "there is no transaction in progress",
    )

    # The session: PostgreSQL's own words.
    STATEMENT_NOT_FOUND = (
        Head.POSTGRES,
        SqlState.INVALID_SQL_STATEMENT_NAME,
        _E,
        "{statement} does not exist",
    )
    STATEMENT_EXISTS = (
        Head.POSTGRES,
        SqlState.DUPLICATE_PREPARED_STATEMENT,
        _E,
        'prepared statement "{name}" already exists',
    )
    PORTAL_NOT_FOUND = (Head.POSTGRES, SqlState.INVALID_CURSOR_NAME, _E, 'portal "{name}" does not exist')
    PORTAL_EXISTS = (Head.POSTGRES, SqlState.DUPLICATE_CURSOR, _E, 'cursor "{name}" already exists')
    CURSOR_CONFLICT = (
        Head.POSTGRES,
        SqlState.INVALID_CURSOR_DEFINITION,
        _E,
        "cannot specify both {first} and {second}",
    )
    OPTION_CONFLICT = (Head.POSTGRES, SqlState.SYNTAX_ERROR, _E, "conflicting or redundant options")
    COPY_OPTION_UNKNOWN = (Head.POSTGRES, SqlState.SYNTAX_ERROR, _E, 'option "{option}" not recognized')
    COPY_FORMAT_UNKNOWN = (Head.POSTGRES, SqlState.INVALID_PARAMETER_VALUE, _E, 'COPY format "{format}" not recognized')
    COPY_ENCODING_UNKNOWN = (
        Head.POSTGRES,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        'argument to option "encoding" must be a valid encoding name',
    )
    OPTION_NOT_BOOLEAN = (Head.POSTGRES, SqlState.SYNTAX_ERROR, _E, "{option} requires a Boolean value")
    OPTION_NO_VALUE = (Head.POSTGRES, SqlState.SYNTAX_ERROR, _E, "{option} requires a parameter")
    EXPLAIN_OPTION_UNKNOWN = (Head.POSTGRES, SqlState.SYNTAX_ERROR, _E, 'unrecognized EXPLAIN option "{option}"')
    EXPLAIN_FORMAT_UNKNOWN = (
        Head.POSTGRES,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        'unrecognized value for EXPLAIN option "format": "{format}"',
    )
    EXPLAIN_NEEDS_ANALYZE = (
        Head.POSTGRES,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        "EXPLAIN option {option} requires ANALYZE",
    )
    COPY_BINARY = (Head.POSTGRES, SqlState.SYNTAX_ERROR, _E, "cannot specify {option} in BINARY mode")
    COPY_INVALID = (Head.POSTGRES, SqlState.INVALID_PARAMETER_VALUE, _E, "COPY {reason}")
    COPY_NOT_SUPPORTED = (Head.POSTGRES, SqlState.FEATURE_NOT_SUPPORTED, _E, "COPY {reason}")
    COPY_FILE = (
        Head.POSTGRES,
        SqlState.INSUFFICIENT_PRIVILEGE,
        _E,
        "must be superuser or have privileges of the {role} role to COPY to {target}",
    )
    PLAN_CHANGED = (
        Head.POSTGRES,
        SqlState.FEATURE_NOT_SUPPORTED,
        _E,
        "cached plan must not change result type",
    )
    PORTAL_DONE = (
        Head.POSTGRES,
        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
        _E,
        'portal "{name}" cannot be run',
    )
    EXECUTE_ARGUMENTS = (
        Head.POSTGRES,
        SqlState.SYNTAX_ERROR,
        _E,
        'wrong number of parameters for prepared statement "{name}"',
    )
    TYPE_NOT_FOUND = (Head.POSTGRES, SqlState.UNDEFINED_OBJECT, _E, 'type "{type}" does not exist')
    COLUMN_NOT_FOUND = (Head.POSTGRES, SqlState.UNDEFINED_COLUMN, _E, 'column "{name}" does not exist')
    CURSOR_NOT_FOUND = (Head.POSTGRES, SqlState.INVALID_CURSOR_NAME, _E, 'cursor "{name}" does not exist')
    CURSOR_FORWARD_ONLY = (
        Head.POSTGRES,
        SqlState.OBJECT_NOT_IN_PREREQUISITE_STATE,
        _E,
        "cursor can only scan forward",
    )
    CHANNEL_EMPTY = (Head.POSTGRES, SqlState.INVALID_PARAMETER_VALUE, _E, "channel name cannot be empty")
    CHANNEL_TOO_LONG = (Head.POSTGRES, SqlState.INVALID_PARAMETER_VALUE, _E, "channel name too long")
    PAYLOAD_TOO_LONG = (Head.POSTGRES, SqlState.INVALID_PARAMETER_VALUE, _E, "payload string too long")
    SEVERAL_STATEMENTS = (
        Head.POSTGRES,
        SqlState.SYNTAX_ERROR,
        _E,
        "cannot insert multiple commands into a prepared statement",
    )
    BIND_PARAMETER_COUNT = (
        Head.POSTGRES,
        SqlState.PROTOCOL_VIOLATION,
        _E,
        'bind message supplies {given} parameters, but prepared statement "{name}" requires {needed}',
    )
    BIND_PARAMETER_FORMATS = (
        Head.POSTGRES,
        SqlState.PROTOCOL_VIOLATION,
        _E,
        "bind message has {formats} parameter formats but {given} parameters",
    )
    BIND_RESULT_FORMATS = (
        Head.POSTGRES,
        SqlState.PROTOCOL_VIOLATION,
        _E,
        "bind message has {formats} result formats but query has {columns} columns",
    )
    PARAMETER_NULL = (Head.SEMANTIC, SqlState.INVALID_PARAMETER_VALUE, _E, "parameter ${number} must not be NULL here")
    PARAMETER_TYPE = (
        Head.POSTGRES,
        SqlState.INDETERMINATE_DATATYPE,
        _E,
        "parameter ${number} has a type that this server does not know (OID {oid})",
    )
    SETTING_UNKNOWN = (
        Head.POSTGRES,
        SqlState.UNDEFINED_OBJECT,
        _E,
        'unrecognized configuration parameter "{name}"',
    )
    SETTING_FIXED = (
        Head.POSTGRES,
        SqlState.CANT_CHANGE_RUNTIME_PARAM,
        _E,
        'parameter "{name}" cannot be changed{when}',
    )
    SETTING_NAME_INVALID = (
        Head.POSTGRES,
        SqlState.INVALID_NAME,
        _E,
        'invalid configuration parameter name "{name}"',
    )
    SETTING_SINGLE = (Head.POSTGRES, SqlState.INVALID_PARAMETER_VALUE, _E, "SET {name} takes only one argument")
    SETTING_ROLE_MISSING = (Head.POSTGRES, SqlState.INVALID_PARAMETER_VALUE, _E, 'role "{name}" does not exist')
    SETTING_TOO_LONG = (
        Head.POSTGRES,
        SqlState.PROGRAM_LIMIT_EXCEEDED,
        _E,
        'value of parameter "{name}" is longer than {limit} characters',
    )
    SETTING_TOO_MANY = (
        Head.POSTGRES,
        SqlState.PROGRAM_LIMIT_EXCEEDED,
        _E,
        "a session cannot have more than {limit} parameters of its own",
    )
    SETTING_INVALID = (
        Head.POSTGRES,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        'invalid value for parameter "{name}": "{value}"',
    )
    SETTING_OUT_OF_RANGE = (
        Head.POSTGRES,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        '{value} is outside the valid range for parameter "{name}" ({least} .. {most})',
    )
    SETTING_NOT_BOOLEAN = (
        Head.POSTGRES,
        SqlState.INVALID_PARAMETER_VALUE,
        _E,
        'parameter "{name}" requires a Boolean value',
    )

    # SELECT: its grammar, in PostgreSQL's words.
    TRAILING_JUNK = (Head.PARSE, SqlState.SYNTAX_ERROR, _E, "trailing junk after {what}")
    NAME_ZERO_LENGTH = (Head.PARSE, SqlState.SYNTAX_ERROR, _E, "zero-length delimited identifier")
    OPERATOR_TOO_LONG = (Head.PARSE, SqlState.SYNTAX_ERROR, _E, "operator too long")
    UNICODE_ESCAPE_BROKEN = (Head.PARSE, SqlState.INVALID_ESCAPE_SEQUENCE, _E, "invalid Unicode escape")
    UNICODE_UNSAFE = (
        Head.PARSE,
        SqlState.FEATURE_NOT_SUPPORTED,
        _E,
        "unsafe use of string constant with Unicode escapes",
    )
    UESCAPE_NO_STRING = (Head.PARSE, SqlState.SYNTAX_ERROR, _E, "UESCAPE must be followed by a simple string literal")
    UESCAPE_INVALID = (Head.PARSE, SqlState.SYNTAX_ERROR, _E, "invalid Unicode escape character")
    QUERY_MALFORMED = (Head.PARSE, SqlState.SYNTAX_ERROR, _E, "{reason}")
    FRAME_INVALID = (Head.PARSE, SqlState.WINDOWING_ERROR, _E, "{reason}")
    FLOAT_PRECISION = (Head.PARSE, SqlState.INVALID_PARAMETER_VALUE, _E, "precision for type float must be {bound}")

    # SELECT: types, functions, operators. PostgreSQL's own words.
    FUNCTION_NOT_FOUND = (Head.SEMANTIC, SqlState.UNDEFINED_FUNCTION, _E, "function {signature} does not exist")
    FUNCTION_NOT_SUPPORTED = (
        Head.POSTGRES,
        SqlState.FEATURE_NOT_SUPPORTED,
        _E,
        "function {signature} is not supported by this server",
    )
    FUNCTION_AMBIGUOUS = (Head.SEMANTIC, SqlState.AMBIGUOUS_FUNCTION, _E, "function {signature} is not unique")
    OPERATOR_NOT_FOUND = (Head.SEMANTIC, SqlState.UNDEFINED_FUNCTION, _E, "operator does not exist: {signature}")
    OPERATOR_AMBIGUOUS = (Head.SEMANTIC, SqlState.AMBIGUOUS_FUNCTION, _E, "operator is not unique: {signature}")
    ORDERING_NOT_FOUND = (
        Head.SEMANTIC,
        SqlState.UNDEFINED_FUNCTION,
        _E,
        "could not identify an ordering operator for type {type}",
    )
    EQUALITY_NOT_FOUND = (
        Head.SEMANTIC,
        SqlState.UNDEFINED_FUNCTION,
        _E,
        "could not identify an equality operator for type {type}",
    )
    COMPARISON_NOT_FOUND = (
        Head.SEMANTIC,
        SqlState.UNDEFINED_FUNCTION,
        _E,
        "could not identify a comparison function for type {type}",
    )
    ORDERING_INVALID = (
        Head.SEMANTIC,
        SqlState.WRONG_OBJECT_TYPE,
        _E,
        "operator {operator} is not a valid ordering operator",
    )
    ROW_COMPARISON_UNKNOWN = (
        Head.SEMANTIC,
        SqlState.FEATURE_NOT_SUPPORTED,
        _E,
        "could not determine interpretation of row comparison operator {operator}",
    )
    CALL_NOT_AGGREGATE = (
        Head.SEMANTIC,
        SqlState.WRONG_OBJECT_TYPE,
        _E,
        "{what} specified, but {name} is not an aggregate function",
    )
    CALL_NOT_WINDOW = (
        Head.SEMANTIC,
        SqlState.WRONG_OBJECT_TYPE,
        _E,
        "OVER specified, but {name} is not a window function nor an aggregate function",
    )
    CALL_NEEDS_OVER = (Head.SEMANTIC, SqlState.WRONG_OBJECT_TYPE, _E, "window function {name} requires an OVER clause")
    CALL_NEEDS_STAR = (
        Head.SEMANTIC,
        SqlState.WRONG_OBJECT_TYPE,
        _E,
        "{name}(*) must be used to call a parameterless aggregate function",
    )
    CALL_NEEDS_WITHIN_GROUP = (
        Head.SEMANTIC,
        SqlState.WRONG_OBJECT_TYPE,
        _E,
        "WITHIN GROUP is required for ordered-set aggregate {name}",
    )
    CALL_NOT_ORDERED_SET = (
        Head.SEMANTIC,
        SqlState.WRONG_OBJECT_TYPE,
        _E,
        "{name} is not an ordered-set aggregate, so it cannot have WITHIN GROUP",
    )
    CALL_WINDOW_WITHIN_GROUP = (
        Head.SEMANTIC,
        SqlState.WRONG_OBJECT_TYPE,
        _E,
        "window function {name} cannot have WITHIN GROUP",
    )
    CALL_NOT_SUPPORTED = (Head.SEMANTIC, SqlState.FEATURE_NOT_SUPPORTED, _E, "{what}")
    CALL_MALFORMED = (Head.SEMANTIC, SqlState.SYNTAX_ERROR, _E, "{what}")
    AGGREGATE_RETURNS_SET = (Head.SEMANTIC, SqlState.INVALID_FUNCTION_DEFINITION, _E, "{what} cannot return sets")
    AGGREGATE_ORDER = (
        Head.SEMANTIC,
        SqlState.INVALID_COLUMN_REFERENCE,
        _E,
        "in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list",
    )
    AGGREGATE_MISPLACED = (Head.SEMANTIC, SqlState.GROUPING_ERROR, _E, "{what}")
    WINDOW_MISPLACED = (Head.SEMANTIC, SqlState.WINDOWING_ERROR, _E, "{what}")
    SET_MISPLACED = (
        Head.SEMANTIC,
        SqlState.FEATURE_NOT_SUPPORTED,
        _E,
        "set-returning functions are not allowed in {where}",
    )
    SET_NESTED = (
        Head.SEMANTIC,
        SqlState.FEATURE_NOT_SUPPORTED,
        _E,
        "set-returning functions must appear at top level of FROM",
    )
    TYPE_MISSING = (Head.SEMANTIC, SqlState.UNDEFINED_OBJECT, _E, 'type "{type}" does not exist')
    TYPE_MODIFIER = (Head.SEMANTIC, SqlState.SYNTAX_ERROR, _E, 'type modifier is not allowed for type "{type}"')
    TYPE_MODIFIER_INVALID = (Head.SEMANTIC, SqlState.INVALID_PARAMETER_VALUE, _E, "{reason}")
    ARRAY_TYPE_MISSING = (
        Head.SEMANTIC,
        SqlState.UNDEFINED_OBJECT,
        _E,
        "could not find array type for data type {type}",
    )
    ELEMENT_TYPE_MISSING = (
        Head.SEMANTIC,
        SqlState.UNDEFINED_OBJECT,
        _E,
        "could not find element type for data type {type}",
    )
    SCHEMA_MISSING = (Head.SEMANTIC, SqlState.INVALID_SCHEMA_NAME, _E, 'schema "{name}" does not exist')
    COLLATION_MISSING = (
        Head.SEMANTIC,
        SqlState.UNDEFINED_OBJECT,
        _E,
        'collation "{name}" for encoding "UTF8" does not exist',
    )
    COLLATION_NOT_SUPPORTED = (
        Head.SEMANTIC,
        SqlState.DATATYPE_MISMATCH,
        _E,
        "collations are not supported by type {type}",
    )
    CAST_NOT_FOUND = (Head.SEMANTIC, SqlState.CANNOT_COERCE, _E, "cannot cast type {source} to {target}")
    CONVERSION_NOT_FOUND = (
        Head.SEMANTIC,
        SqlState.CANNOT_COERCE,
        _E,
        "{what} could not convert type {source} to {target}",
    )
    ARGUMENT_TYPE = (
        Head.SEMANTIC,
        SqlState.DATATYPE_MISMATCH,
        _E,
        "argument of {what} must be type {expected}, not type {type}",
    )
    ARGUMENT_SET = (Head.SEMANTIC, SqlState.DATATYPE_MISMATCH, _E, "argument of {what} must not return a set")
    TYPES_DIFFER = (
        Head.SEMANTIC,
        SqlState.DATATYPE_MISMATCH,
        _E,
        "{what} types {first} and {second} cannot be matched",
    )
    TYPE_UNFIT = (Head.SEMANTIC, SqlState.DATATYPE_MISMATCH, _E, "{what}")
    OPERATOR_NOT_BOOLEAN = (
        Head.SEMANTIC,
        SqlState.DATATYPE_MISMATCH,
        _E,
        "{what} requires = operator to yield boolean",
    )
    ROW_OPERATOR_NOT_BOOLEAN = (
        Head.SEMANTIC,
        SqlState.DATATYPE_MISMATCH,
        _E,
        "row comparison operator must yield type boolean, not type {type}",
    )
    ROW_OPERATOR_SET = (Head.SEMANTIC, SqlState.DATATYPE_MISMATCH, _E, "row comparison operator must not return a set")
    QUANTIFIED_NOT_ARRAY = (Head.SEMANTIC, SqlState.WRONG_OBJECT_TYPE, _E, "op ANY/ALL (array) requires {what}")
    SUBSCRIPT_NOT_SUPPORTED = (
        Head.SEMANTIC,
        SqlState.DATATYPE_MISMATCH,
        _E,
        "cannot subscript type {type} because it does not support subscripting",
    )
    SUBSCRIPTS_TOO_MANY = (
        Head.SEMANTIC,
        SqlState.PROGRAM_LIMIT_EXCEEDED,
        _E,
        "number of array dimensions ({given}) exceeds the maximum allowed ({limit})",
    )
    VARIADIC_NOT_ARRAY = (Head.SEMANTIC, SqlState.DATATYPE_MISMATCH, _E, "VARIADIC argument must be an array")
    ROWS_UNEQUAL = (Head.SEMANTIC, SqlState.SYNTAX_ERROR, _E, "unequal number of entries in row expressions")
    ROWS_EMPTY = (Head.SEMANTIC, SqlState.FEATURE_NOT_SUPPORTED, _E, "cannot compare rows of zero length")
    ROW_TOO_LONG = (Head.SEMANTIC, SqlState.TOO_MANY_COLUMNS, _E, "ROW expressions can have at most {limit} entries")
    ARGUMENTS_TOO_MANY = (Head.SEMANTIC, SqlState.TOO_MANY_ARGUMENTS, _E, "{what}")
    SUBQUERY_COLUMNS = (Head.SEMANTIC, SqlState.SYNTAX_ERROR, _E, "subquery {reason}")
    FIELD_NOT_COMPOSITE = (
        Head.SEMANTIC,
        SqlState.WRONG_OBJECT_TYPE,
        _E,
        "column notation .{name} applied to type {type}, which is not a composite type",
    )
    FIELD_MISSING = (Head.SEMANTIC, SqlState.UNDEFINED_COLUMN, _E, 'column "{name}" not found in data type {type}')
    FIELD_UNKNOWN = (
        Head.SEMANTIC,
        SqlState.UNDEFINED_COLUMN,
        _E,
        'could not identify column "{name}" in record data type',
    )
    ROW_NOT_EXPANDABLE = (Head.SEMANTIC, SqlState.WRONG_OBJECT_TYPE, _E, "{what}")
    EMPTY_ARRAY = (Head.SEMANTIC, SqlState.INDETERMINATE_DATATYPE, _E, "cannot determine type of empty array")
    PARAMETER_AMBIGUOUS = (
        Head.SEMANTIC,
        SqlState.AMBIGUOUS_PARAMETER,
        _E,
        "inconsistent types deduced for parameter ${number}",
    )

    # SELECT: its queries. PostgreSQL's own words.
    FULL_JOIN_CONDITION = (
        Head.POSTGRES,
        SqlState.FEATURE_NOT_SUPPORTED,
        _E,
        "FULL JOIN is only supported with merge-joinable or hash-joinable join conditions",
    )
    COLUMN_MISSING = (Head.SEMANTIC, SqlState.UNDEFINED_COLUMN, _E, "column {name} cannot be resolved")
    COLUMN_AMBIGUOUS = (Head.SEMANTIC, SqlState.AMBIGUOUS_COLUMN, _E, 'column reference "{name}" is ambiguous')
    ENTRY_MISSING = (Head.SEMANTIC, SqlState.UNDEFINED_TABLE, _E, 'missing FROM-clause entry for table "{name}"')
    ENTRY_INVALID = (
        Head.SEMANTIC,
        SqlState.UNDEFINED_TABLE,
        _E,
        'invalid reference to FROM-clause entry for table "{name}"',
    )
    LATERAL_INVALID = (
        Head.SEMANTIC,
        SqlState.INVALID_COLUMN_REFERENCE,
        _E,
        'invalid reference to FROM-clause entry for table "{name}"',
    )
    ENTRY_AMBIGUOUS = (Head.SEMANTIC, SqlState.AMBIGUOUS_ALIAS, _E, 'table reference "{name}" is ambiguous')
    ENTRY_REPEATED = (Head.SEMANTIC, SqlState.DUPLICATE_ALIAS, _E, 'table name "{name}" specified more than once')
    NAMES_TOO_MANY = (
        Head.SEMANTIC,
        SqlState.SYNTAX_ERROR,
        _E,
        "improper qualified name (too many dotted names): {name}",
    )
    CROSS_DATABASE = (
        Head.SEMANTIC,
        SqlState.FEATURE_NOT_SUPPORTED,
        _E,
        "cross-database references are not implemented: {name}",
    )
    STAR_WITHOUT_TABLES = (Head.SEMANTIC, SqlState.SYNTAX_ERROR, _E, "SELECT * with no tables specified is not valid")
    ALIAS_REQUIRED = (Head.SEMANTIC, SqlState.SYNTAX_ERROR, _E, "{what} in FROM must have an alias")
    ALIASES_TOO_MANY = (
        Head.SEMANTIC,
        SqlState.INVALID_COLUMN_REFERENCE,
        _E,
        "{what} has {available} columns available but {given} columns specified",
    )
    USING_MISSING = (
        Head.SEMANTIC,
        SqlState.UNDEFINED_COLUMN,
        _E,
        'column "{name}" specified in USING clause does not exist in {side} table',
    )
    USING_AMBIGUOUS = (
        Head.SEMANTIC,
        SqlState.AMBIGUOUS_COLUMN,
        _E,
        'common column name "{name}" appears more than once in {side} table',
    )
    USING_REPEATED = (
        Head.SEMANTIC,
        SqlState.DUPLICATE_COLUMN,
        _E,
        'column name "{name}" appears more than once in USING clause',
    )
    DEFINITIONS_REQUIRED = (
        Head.SEMANTIC,
        SqlState.SYNTAX_ERROR,
        _E,
        'a column definition list is required for functions returning "record"',
    )
    DEFINITIONS_REDUNDANT = (
        Head.SEMANTIC,
        SqlState.SYNTAX_ERROR,
        _E,
        "a column definition list is redundant for {what}",
    )
    DEFINITIONS_NOT_ALLOWED = (
        Head.SEMANTIC,
        SqlState.SYNTAX_ERROR,
        _E,
        'a column definition list is only allowed for functions returning "record"',
    )
    FUNCTION_IN_FROM = (
        Head.SEMANTIC,
        SqlState.DATATYPE_MISMATCH,
        _E,
        'function "{name}" in FROM has unsupported return type {type}',
    )
    COLUMN_REPEATED = (Head.SEMANTIC, SqlState.DUPLICATE_COLUMN, _E, 'column name "{name}" specified more than once')
    TARGETS_TOO_MANY = (Head.SEMANTIC, SqlState.TOO_MANY_COLUMNS, _E, "target lists can have at most {limit} entries")
    NAME_AMBIGUOUS_IN = (Head.SEMANTIC, SqlState.AMBIGUOUS_COLUMN, _E, '{clause} "{name}" is ambiguous')
    POSITION_INVALID = (
        Head.SEMANTIC,
        SqlState.INVALID_COLUMN_REFERENCE,
        _E,
        "{clause} position {position} is not in select list",
    )
    CONSTANT_IN = (Head.SEMANTIC, SqlState.SYNTAX_ERROR, _E, "non-integer constant in {clause}")
    DISTINCT_ORDER = (Head.SEMANTIC, SqlState.INVALID_COLUMN_REFERENCE, _E, "{what}")
    DISTINCT_EMPTY = (Head.SEMANTIC, SqlState.SYNTAX_ERROR, _E, "SELECT DISTINCT must have at least one column")
    ARGUMENT_VARIABLES = (
        Head.SEMANTIC,
        SqlState.INVALID_COLUMN_REFERENCE,
        _E,
        "argument of {what} must not contain variables",
    )
    TIES_UNORDERED = (Head.SEMANTIC, SqlState.SYNTAX_ERROR, _E, "WITH TIES cannot be specified without ORDER BY clause")
    TIES_NULL = (
        Head.SEMANTIC,
        SqlState.INVALID_ROW_COUNT_IN_LIMIT_CLAUSE,
        _E,
        "row count cannot be null in FETCH FIRST ... WITH TIES clause",
    )
    LOCKING_NOT_ALLOWED = (Head.SEMANTIC, SqlState.FEATURE_NOT_SUPPORTED, _E, "FOR UPDATE {verb} {where}")
    VALUES_UNEQUAL = (Head.SEMANTIC, SqlState.SYNTAX_ERROR, _E, "VALUES lists must all be the same length")
    SET_COLUMNS_UNEQUAL = (
        Head.SEMANTIC,
        SqlState.SYNTAX_ERROR,
        _E,
        "each {what} query must have the same number of columns",
    )
    SET_ORDER_INVALID = (
        Head.SEMANTIC,
        SqlState.FEATURE_NOT_SUPPORTED,
        _E,
        "invalid UNION/INTERSECT/EXCEPT ORDER BY clause",
    )
    COLUMN_UNGROUPED = (
        Head.SEMANTIC,
        SqlState.GROUPING_ERROR,
        _E,
        'column "{name}" must appear in the GROUP BY clause or be used in an aggregate function',
    )
    COLUMN_UNGROUPED_OUTER = (
        Head.SEMANTIC,
        SqlState.GROUPING_ERROR,
        _E,
        'subquery uses ungrouped column "{name}" from outer query',
    )
    GROUPING_ARGUMENT = (
        Head.SEMANTIC,
        SqlState.GROUPING_ERROR,
        _E,
        "arguments to GROUPING must be grouping expressions of the associated query level",
    )
    GROUPING_SETS_TOO_MANY = (
        Head.SEMANTIC,
        SqlState.STATEMENT_TOO_COMPLEX,
        _E,
        "too many grouping sets present (maximum {limit})",
    )
    CUBE_TOO_LARGE = (Head.SEMANTIC, SqlState.TOO_MANY_COLUMNS, _E, "CUBE is limited to {limit} elements")
    WINDOW_MISSING = (Head.SEMANTIC, SqlState.UNDEFINED_OBJECT, _E, 'window "{name}" does not exist')
    WINDOW_REPEATED = (Head.SEMANTIC, SqlState.WINDOWING_ERROR, _E, 'window "{name}" is already defined')
    COMMON_REPEATED = (Head.SEMANTIC, SqlState.DUPLICATE_ALIAS, _E, 'WITH query name "{name}" specified more than once')
    RECURSION_INVALID = (Head.SEMANTIC, SqlState.INVALID_RECURSION, _E, "{what}")
    PARAMETER_UNDETERMINED = (
        Head.SEMANTIC,
        SqlState.INDETERMINATE_DATATYPE,
        _E,
        "could not determine data type of parameter ${number}",
    )
    TABLE_MISSING = (Head.TABLE, SqlState.UNDEFINED_TABLE, _E, "table {name} cannot be resolved")

    # The connection.
    DATABASE_NOT_FOUND = (Head.POSTGRES, SqlState.INVALID_CATALOG_NAME, _F, 'database "{name}" does not exist')
    ROLE_NOT_FOUND = (
        Head.POSTGRES,
        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
        _F,
        'role "{name}" does not exist',
    )
    REPLICATION = (Head.POSTGRES, SqlState.FEATURE_NOT_SUPPORTED, _F, "replication connections are not supported")
    OPTIONS_INVALID = (
        Head.POSTGRES,
        SqlState.SYNTAX_ERROR,
        _F,
        'invalid command-line argument for server process: "{word}"',
    )
    TOO_MANY_CONNECTIONS = (Head.POSTGRES, SqlState.TOO_MANY_CONNECTIONS, _F, "sorry, too many clients already")
    TOO_MANY_FOR_ROLE = (Head.POSTGRES, SqlState.TOO_MANY_CONNECTIONS, _F, 'too many connections for role "{name}"')
    TOO_MANY_FAILURES = (Head.POSTGRES, SqlState.TOO_MANY_CONNECTIONS, _F, 'too many failed logins for user "{name}"')
    PASSWORD_FAILED = (
        Head.POSTGRES,
        SqlState.INVALID_PASSWORD,
        _F,
        'password authentication failed for user "{name}"',
    )
    ENCRYPTION_REQUIRED = (
        Head.POSTGRES,
        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
        _F,
        'connection rejected for user "{name}", no encryption',
    )
    CERTIFICATE_REQUIRED = (
        Head.POSTGRES,
        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
        _F,
        "connection requires a valid client certificate",
    )
    CERTIFICATE_FAILED = (
        Head.POSTGRES,
        SqlState.INVALID_AUTHORIZATION_SPECIFICATION,
        _F,
        'certificate authentication failed for user "{name}"',
    )
    STARTUP_TIMEOUT = (Head.POSTGRES, SqlState.QUERY_CANCELED, _F, "canceling authentication due to timeout")
    SHUTTING_DOWN = (
        Head.POSTGRES,
        SqlState.ADMIN_SHUTDOWN,
        _F,
        "terminating connection due to administrator command",
    )
    CANCELED = (Head.POSTGRES, SqlState.QUERY_CANCELED, _E, "canceling statement due to user request")
    SIGNAL_DENIED = (
        Head.POSTGRES,
        SqlState.INSUFFICIENT_PRIVILEGE,
        _E,
        "must be a member of the role whose {what} or member of pg_signal_backend",
    )
    PROCESS_MISSING = (Head.POSTGRES, SqlState.WARNING, _W, "PID {process_id} is not a PostgreSQL backend process")
    OUT_OF_MEMORY = (Head.POSTGRES, SqlState.OUT_OF_MEMORY, _E, "out of memory")
    QUERY_TIMEOUT = (
        Head.POSTGRES,
        SqlState.QUERY_CANCELED,
        _E,
        "canceling statement due to modeld.query_timeout",
    )
    TRANSACTION_TIMEOUT = (
        Head.POSTGRES,
        SqlState.TRANSACTION_TIMEOUT,
        _F,
        "terminating connection due to transaction timeout",
    )
    STATEMENT_TIMEOUT = (Head.POSTGRES, SqlState.QUERY_CANCELED, _E, "canceling statement due to statement timeout")
    IDLE_SESSION_TIMEOUT = (
        Head.POSTGRES,
        SqlState.IDLE_SESSION_TIMEOUT,
        _F,
        "terminating connection due to idle-session timeout",
    )
    NOTIFICATIONS_UNREAD = (
        Head.POSTGRES,
        SqlState.PROGRAM_LIMIT_EXCEEDED,
        _F,
        "terminating connection because it leaves too many notifications unread",
    )
    IDLE_IN_TRANSACTION_TIMEOUT = (
        Head.POSTGRES,
        SqlState.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        _F,
        "terminating connection due to idle-in-transaction timeout",
    )
    FUNCTION_CALL = (Head.POSTGRES, SqlState.FEATURE_NOT_SUPPORTED, _E, "the function call protocol is not supported")

    # The store and the server itself.
    STORE_UNAVAILABLE = (
        Head.POSTGRES,
        SqlState.CANNOT_CONNECT_NOW,
        _E,
        "the catalog accepts no changes: {reason}",
    )
    STORE_FAILED = (Head.POSTGRES, SqlState.IO_ERROR, _E, "could not write the catalog: {reason}")
    STORE_DAMAGED = (Head.POSTGRES, SqlState.DATA_CORRUPTED, _E, "the catalog is damaged: {reason}")
    STORE_FULL = (Head.POSTGRES, SqlState.DISK_FULL, _E, "could not write the catalog: no space left on device")
    STORE_TOO_LARGE = (
        Head.POSTGRES,
        SqlState.PROGRAM_LIMIT_EXCEEDED,
        _E,
        "the change is too large for one commit: {reason}",
    )
    STORE_OUTCOME_UNKNOWN = (
        Head.POSTGRES,
        SqlState.TRANSACTION_RESOLUTION_UNKNOWN,
        _E,
        "it is not known whether the change was written",
    )
    INTERNAL = (
        Head.POSTGRES,
        SqlState.INTERNAL_ERROR,
        _E,
        "internal error {incident}; the server's log has the details",
    )

    @property
    def head(self) -> Head:
        return self.value[0]

    @property
    def sqlstate(self) -> SqlState:
        return self.value[1]

    @property
    def severity(self) -> Severity:
        return self.value[2]

    @property
    def text(self) -> str:
        return self.value[3]


# In characters: more than three names of the greatest length, so that a full name is never cut.
_LONGEST_ARGUMENT = 1024


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell the client: an error when raised in `OdpsError`, else a notice or warning.

    Attributes:
        condition: the row of the table.
        text: the condition's text with its arguments filled in, without the head.
        at: where in the statement's text, in characters from 0; None where no place is meant.
        detail: the full object name, where that helps.
        hint: a next step.
    """

    condition: Condition
    text: str
    at: int | None = None
    detail: str | None = None
    hint: str | None = None

    def message(self, source: str = "", at: int | None = None) -> str:
        """The text with its head; the place is `at`, in characters from 0 of `source`."""
        line = column = 0
        if at is not None:
            line = source.count("\n", 0, at) + 1
            column = at - source.rfind("\n", 0, at)
        return self.condition.head.format(self.text, line, column)


def diagnostic(
    condition: Condition,
    *,
    at: int | None = None,
    detail: str | None = None,
    hint: str | None = None,
    **arguments: object,
) -> Diagnostic:
    """Fill in the condition's text; every word in braces needs its keyword argument.

    A name of a megabyte is cut: what is wrong can be seen from its beginning.
    """
    shown = {name: _cut(str(argument)) for name, argument in arguments.items()}
    return Diagnostic(condition, condition.text.format(**shown), at, None if detail is None else _cut(detail), hint)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_ARGUMENT else f"{text[:_LONGEST_ARGUMENT]}..."


class OdpsError(Exception):
    """A statement that cannot be done, for a reason the client is told in full.

    The place (`at`) counts in the text of the statement, since only the session knows where in the
    client's text that statement began.
    """

    def __init__(
        self,
        condition: Condition,
        *,
        at: int | None = None,
        detail: str | None = None,
        hint: str | None = None,
        **arguments: object,
    ) -> None:
        self.diagnostic = diagnostic(condition, at=at, detail=detail, hint=hint, **arguments)
        self._arguments = arguments
        super().__init__(self.diagnostic.message())

    @property
    def condition(self) -> Condition:
        return self.diagnostic.condition

    def hide_token(self) -> None:
        """Show a word that the statement stumbles over as no more than that: it may be a secret in the wrong place."""
        token = str(self._arguments.get("token", ""))
        if token[:1].isalnum() or token[:1] in ("_", "$", "`"):
            shown = {**self._arguments, "token": "<word>"}
            report = self.diagnostic
            self.diagnostic = diagnostic(
                report.condition, at=report.at, detail=report.detail, hint=report.hint, **shown
            )
            self.args = (self.diagnostic.message(),)

    def forget_place(self) -> None:
        """The place counts in a text that the client did not send now."""
        self.diagnostic = replace(self.diagnostic, at=None)

    def move(self, by: int) -> None:
        """Let the place count in a text in which the statement begins `by` characters later."""
        if self.diagnostic.at is not None:
            self.diagnostic = replace(self.diagnostic, at=self.diagnostic.at + by)


def parameter_context(portal: str, number: int | None) -> str | None:
    """Where a value of Bind stood, as PostgreSQL says it; the value itself may be a secret."""
    if number is None:
        return None
    return f'portal "{portal}" parameter ${number}' if portal else f"unnamed portal parameter ${number}"


class InvalidConstant(InvalidValue):
    """A constant of a SELECT that is not of its type.

    Attributes:
        at: where it stands in the statement's text, in characters from 0.
    """

    def __init__(self, message: str, *, sqlstate: SqlState, at: int) -> None:
        super().__init__(message, sqlstate=sqlstate)
        self.at = at
