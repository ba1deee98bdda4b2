"""Reads SET, SHOW, RESET and DISCARD, as PostgreSQL writes them. Each begins after the words that chose it.

Source: PostgreSQL manual, "SQL Commands". Names of parameters are folded to lower case; a value that is a
bare word keeps its case, so that `UTC` stays `UTC`. What has a form of its own (SET ROLE, SET TIME ZONE ...) is
the parameter that PostgreSQL keeps it in.
"""

import re
from typing import Final

from server.dialect.cursor import Cursor
from server.dialect.transactions import parse_modes
from server.statements import (
    Discard,
    DiscardKind,
    ObjectName,
    ResetParameter,
    SetConstraints,
    SetParameter,
    SetScope,
    SetSessionCharacteristics,
    SetTransaction,
    ShowFlags,
    ShowParameter,
)

# Forms of SET without `=` or TO.
_FORMS: Final = tuple(
    tuple(form.split())
    for form in (
        "SESSION CHARACTERISTICS AS TRANSACTION",
        "SESSION AUTHORIZATION",
        "TRANSACTION",
        "TIME ZONE",
        "XML OPTION",
        "ROLE",
        "NAMES",
        "SCHEMA",
        "CATALOG",
    )
)
# Parameters whose names SHOW and RESET write as several words.
_SPELLED: Final = {
    ("TIME", "ZONE"): "timezone",
    ("TRANSACTION", "ISOLATION", "LEVEL"): "transaction_isolation",
    ("SESSION", "AUTHORIZATION"): "session_authorization",
}
# What MaxCompute lists with SHOW besides what this server does.
_FOREIGN_SHOWS: Final = (
    *("COLUMNS", "DATABASES", "FUNCTIONS", "INSTANCES", "LABEL", "MATERIALIZED", "P", "PACKAGES", "PARTITIONS"),
    *("PROJECTS", "RESOURCES", "ROLES", "SECURITYCONFIGURATION", "TABLES", "VIEWS"),
)
# MaxCompute's console takes what follows the sign as the value, quotes or none: `=Asia/Tokyo`, `={"t": 1024}`.
_FLAG_PREFIXES: Final = ("odps.", "console.")
_CLOCK: Final = re.compile(r"([+-]?)([0-9]{1,6})(?::([0-9]{1,2}))?(?::([0-9]{1,2}))?")

_Set = SetParameter | SetTransaction | SetSessionCharacteristics | SetConstraints


def parse_set(cursor: Cursor) -> _Set:
    """Reads `[SESSION | LOCAL] { name {= | TO} {value, ... | DEFAULT} | TRANSACTION ... | ROLE ... | ... }`."""
    if _is_form(cursor, "CONSTRAINTS"):
        cursor.accept("CONSTRAINTS")
        return _parse_constraints(cursor)
    scope = _scope(cursor)
    for form in _FORMS:
        if _is_form(cursor, *form):
            cursor.accept(*form)
            return _parse_form(cursor, " ".join(form), scope)
    name = _parameter_name(cursor)
    if cursor.sees("FROM", "CURRENT"):
        raise cursor.not_supported("SET FROM CURRENT")
    cursor.expect_any("=", "TO")
    values = _flag_values(cursor) if name.startswith(_FLAG_PREFIXES) else _values(cursor)
    return SetParameter(name, values, scope)


def parse_show(cursor: Cursor) -> ShowParameter:
    """Reads `name`, `ALL`, `TIME ZONE`, `TRANSACTION ISOLATION LEVEL` or `SESSION AUTHORIZATION`."""
    _refuse_listing(cursor)
    return ShowParameter(_parameter_or_all(cursor))


def _refuse_listing(cursor: Cursor) -> None:
    """Raise where SHOW is meant to list things, unless a parameter is called so: `model.x` may be one."""
    for word in _FOREIGN_SHOWS:
        if _is_form(cursor, word):
            raise cursor.not_supported(f"SHOW {word}")
    if _is_form(cursor, "MODEL") or _is_form(cursor, "VERSION"):
        raise cursor.unexpected("MODELS", "VERSIONS")
    if _is_form(cursor, "CREATE"):
        cursor.accept("CREATE")
        raise cursor.unexpected("MODEL")


def parse_show_flags(cursor: Cursor) -> ShowFlags:
    """Reads nothing more."""
    cursor.expect_end()
    return ShowFlags()


def parse_reset(cursor: Cursor) -> ResetParameter:
    """Reads what `parse_show` does."""
    return ResetParameter(_parameter_or_all(cursor))


def parse_discard(cursor: Cursor) -> Discard:
    """Reads `{ ALL | PLANS | SEQUENCES | TEMP | TEMPORARY }`."""
    kind = DiscardKind.TEMP if cursor.accept("TEMPORARY") else DiscardKind(cursor.expect_any(*DiscardKind))
    cursor.expect_end()
    return Discard(kind)


def _scope(cursor: Cursor) -> SetScope:
    """Steps over SESSION or LOCAL, unless that is the parameter's name or belongs to what follows."""
    if cursor.sees("SESSION", "AUTHORIZATION") or cursor.sees("SESSION", "CHARACTERISTICS"):
        return SetScope.SESSION
    for scope in SetScope:
        if _is_form(cursor, scope):
            cursor.accept(scope)
            return scope
    return SetScope.SESSION


def _is_form(cursor: Cursor, *words: str) -> bool:
    """Whether these words come next and are not the name of a parameter."""
    return cursor.sees(*words) and not any(cursor.sees(*words, sign) for sign in ("=", "TO", "."))


def _parse_form(cursor: Cursor, form: str, scope: SetScope) -> _Set:
    match form:
        case "TRANSACTION":
            if cursor.sees("SNAPSHOT"):
                raise cursor.not_supported("SET TRANSACTION SNAPSHOT")
            return SetTransaction(parse_modes(cursor))
        case "SESSION CHARACTERISTICS AS TRANSACTION":
            return SetSessionCharacteristics(parse_modes(cursor))
        case "SESSION AUTHORIZATION":
            values = () if cursor.accept("DEFAULT") else (_role(cursor),)
            statement = SetParameter("session_authorization", values, scope)
        case "ROLE":
            statement = SetParameter("role", (_role(cursor),), scope)
        case "XML OPTION":
            statement = SetParameter("xmloption", (cursor.expect_any("DOCUMENT", "CONTENT"),), scope)
        case "SCHEMA":
            statement = SetParameter("search_path", (_string(cursor),), scope)
        case "TIME ZONE":
            statement = SetParameter("timezone", _zone(cursor), scope)
        case "NAMES":
            statement = SetParameter("client_encoding", () if cursor.at_end else _values(cursor), scope)
        case _:
            raise cursor.not_supported(f"SET {form}")
    cursor.expect_end()
    return statement


def _parse_constraints(cursor: Cursor) -> SetConstraints:
    """Reads `{ ALL | name [, ...] } { DEFERRED | IMMEDIATE }`."""
    names: list[ObjectName] = []
    if not cursor.accept("ALL"):
        names.append(cursor.object_name())
        while cursor.accept(","):
            names.append(cursor.object_name())
    when = cursor.expect_any("DEFERRED", "IMMEDIATE")
    cursor.expect_end()
    return SetConstraints(tuple(names), when == "DEFERRED")


def _role(cursor: Cursor) -> str:
    """The name of a role: a name or a string."""
    literal = cursor.accept_string()
    return cursor.identifier("a role name").name if literal is None else literal.value


def _string(cursor: Cursor) -> str:
    literal = cursor.accept_string()
    if literal is None:
        raise cursor.unexpected("a string", private=True)
    return literal.value


def _parameter_name(cursor: Cursor) -> str:
    parts = [cursor.identifier("a parameter name")]
    while cursor.accept("."):
        parts.append(cursor.identifier("a parameter name"))
    return ".".join(part.name for part in parts).lower()


def _parameter_or_all(cursor: Cursor) -> str | None:
    for words, spelled in _SPELLED.items():
        if cursor.accept(*words):
            cursor.expect_end()
            return spelled
    name = None if cursor.accept("ALL") else _parameter_name(cursor)
    cursor.expect_end()
    return name


def _zone(cursor: Cursor) -> tuple[str, ...]:
    if cursor.accept("INTERVAL"):
        return (_zone_interval(cursor),)
    return () if cursor.accept("LOCAL") else _values(cursor)


def _zone_interval(cursor: Cursor) -> str:
    """Reads `'offset' [HOUR [TO MINUTE]]`, or `(precision) 'offset'`, as the value that PostgreSQL keeps.

    An offset that is a number or a time of day is brought into hours, minutes and seconds; any other text
    is kept for the parameter to judge.
    """
    if cursor.accept("("):
        cursor.integer()
        cursor.expect(")")
        text, unit = _string(cursor), ""
    else:
        text, unit = _string(cursor), cursor.accept_any("HOUR")
        if unit and cursor.accept("TO"):
            cursor.expect("MINUTE")
            unit = "MINUTE"
    found = _CLOCK.fullmatch(text.strip())
    if found is not None:
        text = _clock(found, unit)
    return "INTERVAL '" + text.replace("'", "''") + "'"


def _clock(found: re.Match[str], unit: str) -> str:
    """Write an offset out. A number alone counts the smallest unit; what is smaller than that is cut off."""
    sign, *numbers = found.groups()
    first, *rest = (int(number or 0) for number in numbers)
    if found[3] is None:
        seconds = first * {"HOUR": 3600, "MINUTE": 60}.get(unit, 1)
    else:
        seconds = first * 3600 + rest[0] * 60 + rest[1]
        seconds -= seconds % {"HOUR": 3600, "MINUTE": 60}.get(unit, 1)
    shown = "-" if sign == "-" and seconds else ""
    return f"{shown}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _values(cursor: Cursor) -> tuple[str, ...]:
    """The values up to the end; none for DEFAULT."""
    if cursor.accept("DEFAULT"):
        cursor.expect_end()
        return ()
    values = [_value(cursor)]
    while cursor.accept(","):
        values.append(_value(cursor))
    if not cursor.at_end:
        raise cursor.unexpected(private=True)
    return tuple(values)


def _flag_values(cursor: Cursor) -> tuple[str, ...]:
    """The value of one of MaxCompute's flags: a string or DEFAULT as PostgreSQL writes it, or the text as it is."""
    literal = cursor.accept_last_string()
    if literal is not None:
        return (literal.value,)
    text = cursor.rest()
    if not text:
        raise cursor.unexpected("a value")
    return () if text.upper() == "DEFAULT" else (text,)


def _value(cursor: Cursor) -> str:
    literal = cursor.accept_string() or cursor.accept_number()
    if literal is not None:
        return literal.value
    word = cursor.accept_word()
    return cursor.identifier("a value").name if word is None else word
