"""Conditions, diagnostics and faults as messages. The one place that makes an ErrorResponse."""

import traceback
import uuid
from dataclasses import replace

import structlog

from protocol.backend_messages import ErrorResponse, Field, NoticeResponse, RowDescription
from protocol.error_fields import ErrorFields
from protocol.errors import InvalidValue, RemoteProtocolError
from protocol.types import TYPES
from server.dialect import NO_SOURCE, Source
from server.errors import Condition, Diagnostic, InvalidConstant, OdpsError, Severity, diagnostic
from server.results import Columns

_log = structlog.get_logger("modeld")


def error_response(error: Exception, source: Source = NO_SOURCE, *, fatal: bool = False) -> ErrorResponse:
    """What the client is told of an exception.

    Anything that is not the client's doing is logged under an incident number, which is all that the
    client gets to see of it.

    Args:
        source: where the statement stands.
        fatal: the connection ends with it, whatever the condition's own severity.
    """
    response = _error_response(error, source)
    return ErrorResponse(replace(response.fields, severity=Severity.FATAL.value)) if fatal else response


def _error_response(error: Exception, source: Source) -> ErrorResponse:
    match error:
        case OdpsError():
            return ErrorResponse(_fields(error.diagnostic, source))
        case RemoteProtocolError():
            severity = Severity.FATAL if error.fatal else Severity.ERROR
            return ErrorResponse(ErrorFields(severity.value, error.sqlstate, error.message))
        case InvalidConstant():
            position = source.places.find(error.at) + 1
            return ErrorResponse(ErrorFields(Severity.ERROR.value, error.sqlstate, error.message, position=position))
        case InvalidValue():
            others = () if error.context is None else (("W", error.context),)
            return ErrorResponse(ErrorFields(Severity.ERROR.value, error.sqlstate, error.message, others=others))
        case _:
            return ErrorResponse(_fields(_log_incident(error), source))


def fatal_response(condition: Condition) -> ErrorResponse:
    """The last word on a connection; for conditions whose text takes no arguments."""
    return ErrorResponse(_fields(diagnostic(condition), NO_SOURCE))


def notice_response(notice: Diagnostic, source: Source = NO_SOURCE) -> NoticeResponse:
    return NoticeResponse(_fields(notice, source))


def row_description(columns: Columns, formats: tuple[int, ...]) -> RowDescription:
    """`formats` holds one code for each column."""
    return RowDescription(
        tuple(
            Field(
                column.name,
                column.table,
                column.table_column,
                column.type,
                TYPES[column.type].size,
                column.modifier,
                format_code,
            )
            for column, format_code in zip(columns, formats, strict=True)
        )
    )


def _fields(report: Diagnostic, source: Source) -> ErrorFields:
    at = None if report.at is None else source.places.find(report.at)
    return ErrorFields(
        severity=report.condition.severity.value,
        sqlstate=report.condition.sqlstate,
        message=report.message(source.text, at),
        detail=report.detail,
        hint=report.hint,
        position=None if at is None else at + 1,
    )


def _log_incident(error: Exception) -> Diagnostic:
    incident = uuid.uuid4().hex[:12]
    # Where it happened, not what the exception says: its text may quote a statement, and so a secret.
    frames = "".join(traceback.format_tb(error.__traceback__))
    _log.error("incident", incident=incident, exception=type(error).__name__, traceback=frames)
    return diagnostic(Condition.INTERNAL, incident=incident)
