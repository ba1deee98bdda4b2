import re

import pytest

from protocol.errors import InvalidMessage, InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import BOOL, TEXT, TIMESTAMPTZ
from server.dialect import Places, Source
from server.errors import Condition, OdpsError, diagnostic
from server.replies import error_response, fatal_response, notice_response, row_description
from server.results import Column


def test_an_error_carries_all_that_is_known_of_it() -> None:
    error = OdpsError(Condition.INVALID_TOKEN, at=4, token="x", detail="detail", hint="hint")

    fields = error_response(error, Source("SHOW a;\n  NOT x", Places(10))).fields

    assert (fields.severity, fields.sqlstate) == ("ERROR", "42601")
    assert fields.message == "ODPS-0130161:[2,7] Parse exception - invalid token 'x'"
    assert fields.position == 15
    assert (fields.detail, fields.hint) == ("detail", "hint")


def test_a_position_counts_characters() -> None:
    error = OdpsError(Condition.INVALID_TOKEN, at=3, token="x")

    assert error_response(error, Source("/*模*/x", Places(2))).fields.position == 6


def test_an_error_without_a_place_has_no_position() -> None:
    fields = error_response(OdpsError(Condition.FUNCTION_CALL), Source("text", Places(2))).fields

    assert fields.position is None
    assert fields.message == "the function call protocol is not supported"


@pytest.mark.parametrize(("fatal", "severity"), [(False, "ERROR"), (True, "FATAL")])
def test_what_the_peer_did_wrong_is_told_in_full(fatal: bool, severity: str) -> None:
    fields = error_response(InvalidMessage("invalid string in message", fatal=fatal)).fields

    assert (fields.severity, fields.sqlstate, fields.message) == (severity, "08P01", "invalid string in message")


def test_a_value_that_cannot_be_read_is_told_in_full() -> None:
    fields = error_response(InvalidValue("no number", sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)).fields

    assert (fields.severity, fields.sqlstate, fields.message) == ("ERROR", "22P02", "no number")


def test_an_error_that_ends_the_connection_is_fatal_whatever_it_is() -> None:
    assert error_response(OdpsError(Condition.SETTING_UNKNOWN, name="x"), fatal=True).fields.severity == "FATAL"


def test_a_fault_is_told_by_its_incident_number_only(capsys: pytest.CaptureFixture[str]) -> None:
    secret = "what the exception says"

    fields = error_response(KeyError(secret)).fields

    incident = re.fullmatch(r"internal error (\w{12}); the server's log has the details", fields.message)
    captured = capsys.readouterr()
    assert fields.sqlstate == "XX000"
    assert incident is not None
    assert incident[1] in captured.out + captured.err
    assert "KeyError" in captured.out + captured.err
    assert secret not in captured.out + captured.err


def test_the_last_word_is_fatal() -> None:
    fields = fatal_response(Condition.SHUTTING_DOWN).fields

    assert (fields.severity, fields.sqlstate) == ("FATAL", "57P01")


def test_a_warning_keeps_its_severity_and_place() -> None:
    fields = notice_response(diagnostic(Condition.ENDPOINT_PUBLIC, at=1), Source("ab")).fields

    assert (fields.severity, fields.sqlstate, fields.position) == ("WARNING", "01000", 2)
    assert fields.message.startswith("ODPS-0130071:[1,2] Semantic analysis exception - ")


def test_columns_are_described_with_the_size_of_their_types() -> None:
    columns = (Column("a", TEXT), Column("b", BOOL), Column("c", TIMESTAMPTZ))

    fields = row_description(columns, (0, 1, 1)).fields

    assert [(field.name, field.type_oid, field.type_size, field.format) for field in fields] == [
        ("a", 25, -1, 0),
        ("b", 16, 1, 1),
        ("c", 1184, 8, 1),
    ]
    assert {(field.table_oid, field.column, field.type_modifier) for field in fields} == {(0, 0, -1)}
