"""Values of run-time parameters: what PostgreSQL 15 takes, shows and refuses, in its words."""

import pytest

from server.errors import Condition, OdpsError
from server.parameters import PARAMETERS, Parameters, parse_boolean


@pytest.fixture
def parameters() -> Parameters:
    return Parameters("alice")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("application_name", "psql", "psql"),
        ("application_name", "\u00e9\u2603\n", "?" * 6),
        ("application_name", "x" * 100, "x" * 63),
        ("application_name", "", ""),
        ("bytea_output", "ESCAPE", "escape"),
        ("client_encoding", "utf-8", "UTF8"),
        ("client_encoding", "unicode", "UTF8"),
        ("client_encoding", "latin1", "LATIN1"),
        ("client_min_messages", "Warning", "warning"),
        ("client_min_messages", "debug", "debug2"),
        ("client_min_messages", "info", "info"),
        ("DATESTYLE", "German", "German, DMY"),
        ("DateStyle", "German, mdy", "German, MDY"),
        ("DateStyle", "sql, european", "SQL, DMY"),
        ("DateStyle", "postgresql,us", "Postgres, MDY"),
        ("DateStyle", "ISO,ISO", "ISO, MDY"),
        ("DateStyle", "ymd", "ISO, YMD"),
        ("DateStyle", "", "ISO, MDY"),
        ("extra_float_digits", "3", "3"),
        ("extra_float_digits", "-15", "-15"),
        ("extra_float_digits", " 2 ", "2"),
        ("extra_float_digits", "+2", "2"),
        ("extra_float_digits", "1.5", "2"),
        ("IntervalStyle", "ISO_8601", "iso_8601"),
        ("modeld.desc_format", "Text", "text"),
        ("modeld.lenient_names", "yes", "on"),
        ("modeld.reveal_secrets", "tru", "on"),
        ("standard_conforming_strings", "of", "off"),
        ("timezone", "asia/shanghai", "Asia/Shanghai"),
        ("odps.sql.type.system.odps2", "true", "true"),
        ("Foo.Bar", "X y", "X y"),
        ("\u00e9.b$1", "x", "x"),
        ("a.b.c", "x", "x"),
        ("extra_float_digits", "0x3", "3"),
        ("idle_session_timeout", "36h", "36h"),
        ("idle_session_timeout", "48h", "2d"),
        ("lock_timeout", "1.0001s", "1s"),
        ("lock_timeout", "2.5", "2ms"),
        ("lock_timeout", "010", "8ms"),
        ("log_min_duration_statement", "-1", "-1"),
        ("role", "alice", "alice"),
        ("search_path", 'a, "B c"', 'a, "B c"'),
        ("seq_page_cost", "1e300", "1e+300"),
        ("statement_timeout", "1.5s", "1500ms"),
        ("statement_timeout", "600us", "1ms"),
        ("statement_timeout", "0", "0"),
        ("temp_buffers", "1MB", "1MB"),
        ("transaction_isolation", "SERIALIZABLE", "serializable"),
        ("work_mem", "1.5GB", "1536MB"),
    ],
)
def test_value_is_shown_in_its_canonical_form(parameters: Parameters, name: str, value: str, shown: str) -> None:
    parameters.set(name, value)

    assert parameters.get(name.upper()) == shown


@pytest.mark.parametrize(
    ("name", "value", "sqlstate", "message", "hint"),
    [
        ("foo", "1", "42704", 'unrecognized configuration parameter "foo"', None),
        ("modeld.nothing", "1", "42704", 'unrecognized configuration parameter "modeld.nothing"', None),
        ("SERVER_VERSION", "1", "55P02", 'parameter "server_version" cannot be changed', None),
        ("is_superuser", "on", "55P02", 'parameter "is_superuser" cannot be changed', None),
        ("in_hot_standby", "on", "55P02", 'parameter "in_hot_standby" cannot be changed', None),
        ("server_encoding", "UTF8", "55P02", 'parameter "server_encoding" cannot be changed', None),
        ("integer_datetimes", "off", "55P02", 'parameter "integer_datetimes" cannot be changed', None),
        ("timezone", "nonsense", "22023", 'invalid value for parameter "TimeZone": "nonsense"', None),
        ("datestyle", "foo", "22023", 'invalid value for parameter "DateStyle": "foo"', None),
        (
            "max_connections",
            "5",
            "55P02",
            'parameter "max_connections" cannot be changed without restarting the server',
            None,
        ),
        ("ssl", "on", "55P02", 'parameter "ssl" cannot be changed now', None),
        ("max_index_keys", "5", "55P02", 'parameter "max_index_keys" cannot be changed', None),
        (
            "statement_timeout",
            "1x",
            "22023",
            'invalid value for parameter "statement_timeout": "1x"',
            'Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".',
        ),
        (
            "statement_timeout",
            "-1",
            "22023",
            '-1 ms is outside the valid range for parameter "statement_timeout" (0 .. 2147483647)',
            None,
        ),
        (
            "work_mem",
            "1 kb",
            "22023",
            'invalid value for parameter "work_mem": "1 kb"',
            'Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".',
        ),
        (
            "work_mem",
            "3000TB",
            "22023",
            'invalid value for parameter "work_mem": "3000TB"',
            "Value exceeds integer range.",
        ),
        ("geqo_seed", "inf", "22023", 'Infinity is outside the valid range for parameter "geqo_seed" (0 .. 1)', None),
        ("geqo_seed", "nan", "22023", 'invalid value for parameter "geqo_seed": "nan"', None),
        ("role", "bob", "22023", 'role "bob" does not exist', None),
        ("session_authorization", "bob", "22023", 'role "bob" does not exist', None),
        ("session_authorization", "none", "22023", 'role "none" does not exist', None),
        ("foo.1x", "1", "42602", 'invalid configuration parameter name "foo.1x"', None),
        ("foo.", "1", "42602", 'invalid configuration parameter name "foo."', None),
        ("DateStyle", "ISO, SQL", "22023", 'invalid value for parameter "DateStyle": "ISO, SQL"', None),
        ("DateStyle", "mdy,dmy", "22023", 'invalid value for parameter "DateStyle": "mdy,dmy"', None),
        ("DateStyle", "ISO,foo", "22023", 'invalid value for parameter "DateStyle": "ISO,foo"', None),
        ("client_encoding", "foo", "22023", 'invalid value for parameter "client_encoding": "foo"', None),
        ("client_encoding", "", "22023", 'invalid value for parameter "client_encoding": ""', None),
        (
            "bytea_output",
            " hex",
            "22023",
            'invalid value for parameter "bytea_output": " hex"',
            "Available values: escape, hex.",
        ),
        (
            "client_min_messages",
            "panic",
            "22023",
            'invalid value for parameter "client_min_messages": "panic"',
            "Available values: debug5, debug4, debug3, debug2, debug1, log, notice, warning, error.",
        ),
        (
            "modeld.desc_format",
            "box",
            "22023",
            'invalid value for parameter "modeld.desc_format": "box"',
            "Available values: rows, text.",
        ),
        (
            "extra_float_digits",
            "4",
            "22023",
            '4 is outside the valid range for parameter "extra_float_digits" (-15 .. 3)',
            None,
        ),
        (
            "extra_float_digits",
            "-16",
            "22023",
            '-16 is outside the valid range for parameter "extra_float_digits" (-15 .. 3)',
            None,
        ),
        ("extra_float_digits", "abc", "22023", 'invalid value for parameter "extra_float_digits": "abc"', None),
        ("extra_float_digits", "1_0", "22023", 'invalid value for parameter "extra_float_digits": "1_0"', None),
        ("extra_float_digits", "3kB", "22023", 'invalid value for parameter "extra_float_digits": "3kB"', None),
        ("extra_float_digits", "", "22023", 'invalid value for parameter "extra_float_digits": ""', None),
        ("extra_float_digits", "\u0663", "22023", 'invalid value for parameter "extra_float_digits": "\u0663"', None),
        (
            "standard_conforming_strings",
            " on ",
            "22023",
            'parameter "standard_conforming_strings" requires a Boolean value',
            None,
        ),
        ("modeld.lenient_names", "2", "22023", 'parameter "modeld.lenient_names" requires a Boolean value', None),
    ],
)
def test_wrong_values(
    parameters: Parameters, name: str, value: str, sqlstate: str, message: str, hint: str | None
) -> None:
    before = parameters.state

    for local in (False, True):
        with pytest.raises(OdpsError) as raised:
            parameters.set(name, value, local=local)
        error = raised.value.diagnostic
        assert (error.condition.sqlstate, error.message(), error.hint) == (sqlstate, message, hint)

    with pytest.raises(OdpsError):
        parameters.set_at_start(name, value)
    assert parameters.state is before


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("1e999", None),
        ("-1e999", None),
        ("9" * 400, None),
        ("9" * 5000, None),
        ("99999999999999", "Value exceeds integer range."),
        ("-2147483649", "Value exceeds integer range."),
    ],
)
def test_number_beyond_an_integer_is_refused(parameters: Parameters, value: str, hint: str | None) -> None:
    with pytest.raises(OdpsError) as raised:
        parameters.set("extra_float_digits", value)

    assert (raised.value.condition, raised.value.diagnostic.hint) == (Condition.SETTING_INVALID, hint)


@pytest.mark.parametrize(
    ("name", "value", "detail"),
    [
        ("DateStyle", "ISO,Foo", 'Unrecognized key word: "foo".'),
        ("DateStyle", "mdy,dmy", 'Conflicting "datestyle" specifications.'),
        ("DateStyle", "iso,,dmy", "List syntax is invalid."),
        ("search_path", "a b", "List syntax is invalid."),
        ("default_tablespace", "x", 'Tablespace "x" does not exist.'),
        ("default_table_access_method", "", "default_table_access_method cannot be empty."),
        ("foo.b-r", "1", "Custom parameter names must be two or more simple identifiers separated by dots."),
    ],
)
def test_detail_of_wrong_values(parameters: Parameters, name: str, value: str, detail: str) -> None:
    with pytest.raises(OdpsError) as raised:
        parameters.set(name, value)

    assert raised.value.diagnostic.detail == detail


@pytest.mark.parametrize(
    ("name", "values", "shown"),
    [
        ("search_path", ["$user", "public"], '"$user", public'),
        ("search_path", ["A b", 'c"d', "default", "schema", "a$b"], '"A b", "c""d", "default", schema, "a$b"'),
        ("search_path", ["a,b"], '"a,b"'),
        ("search_path", [""], '""'),
        ("DateStyle", ["SQL", "dmy"], "SQL, DMY"),
        ("foo.bar", ["1"], "1"),
        ("TimeZone", ["utc"], "UTC"),
    ],
)
def test_values_of_a_set_statement(parameters: Parameters, name: str, values: list[str], shown: str) -> None:
    parameters.set_values(name, values)

    assert parameters.get(name) == shown


@pytest.mark.parametrize("name", ["foo.bar", "application_name", "statement_timeout", "TimeZone"])
def test_one_value_only(parameters: Parameters, name: str) -> None:
    with pytest.raises(OdpsError) as raised:
        parameters.set_values(name, ["1", "2"])

    assert raised.value.condition is Condition.SETTING_SINGLE
    assert raised.value.diagnostic.message() == f"SET {name.lower()} takes only one argument"


def test_date_style_keeps_what_is_not_named(parameters: Parameters) -> None:
    shown = []
    for value in ("SQL, DMY", "ISO", "ymd", "German", "postgres", "default"):
        parameters.set("DateStyle", value)
        shown.append(parameters.get("DateStyle"))

    assert shown == ["SQL, DMY", "ISO, DMY", "ISO, YMD", "German, DMY", "Postgres, DMY", "ISO, MDY"]


@pytest.mark.parametrize(
    ("value", "parsed"),
    [
        *((value, True) for value in ("on", "ON", "t", "tr", "tru", "true", "y", "ye", "yes", "1")),
        *((value, False) for value in ("off", "of", "f", "fals", "n", "no", "0")),
        *((value, None) for value in ("o", "", " on", "on ", "2", "01", "truee", "enabled", "\u24ff")),
    ],
)
def test_boolean(value: str, parsed: bool | None) -> None:
    assert parse_boolean(value) is parsed


def test_defaults_are_canonical(parameters: Parameters) -> None:
    for parameter in PARAMETERS.values():
        if parameter.name != "session_authorization":
            assert parameter.kind.read(parameter.name, parameter.default, parameter.default) == parameter.default
