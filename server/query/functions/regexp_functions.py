"""regexp_match, regexp_replace and their kin.

Source: PostgreSQL manual, "POSIX Regular Expressions"; PostgreSQL 15, regexp.c.
"""

import re
from collections.abc import Iterator
from typing import Final

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions.patterns import similar_to_escape
from server.query.functions.registry import function
from server.query.functions.regular_expressions import Match, Pattern, compile_pattern, search
from server.query.functions.value_errors import check_length

_REFERENCE: Final = re.compile(r"\\([1-9&\\])")


def _all_matches(pattern: Pattern, text: str, start: int = 0) -> Iterator[Match]:
    """Every match, one after the other; after an empty one the search goes on one character later."""
    place = start
    while place <= len(text):
        match = search(pattern, text, place)
        if match is None:
            return
        yield match
        place = match.end() + (match.end() == match.start())


def _flags(given: str, name: str, *, allow_global: bool = False) -> tuple[str, bool]:
    """(PostgreSQL's letters, whether `g` was among them)."""
    if "g" in given and not allow_global:
        message = f'{name}() does not support the "global" option'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    return given.replace("g", ""), "g" in given


def _groups(match: Match) -> list[str | None]:
    """What the parentheses have matched; all of it where there are none."""
    return list(match.groups()) or [match[0]]


@function("regexp_match(text,text)", "regexp_match(text,text,text)")
def regexp_match(text: str, pattern: str, flags: str = "") -> list[str | None] | None:
    letters, _ = _flags(flags, "regexp_match")
    match = search(compile_pattern(pattern, letters), text)
    return None if match is None else _groups(match)


@function("regexp_matches(text,text)", "regexp_matches(text,text,text)")
def regexp_matches(text: str, pattern: str, flags: str = "") -> Iterator[list[str | None]]:
    letters, everywhere = _flags(flags, "regexp_matches", allow_global=True)
    for match in _all_matches(compile_pattern(pattern, letters), text):
        yield _groups(match)
        if not everywhere:
            return


@function("regexp_replace(text,text,text)", "regexp_replace(text,text,text,text)")
def regexp_replace(text: str, pattern: str, replacement: str, flags: str = "") -> str:
    if flags[:1].isdigit():
        message = f'invalid regular expression option: "{flags[0]}"'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    letters, everywhere = _flags(flags, "regexp_replace", allow_global=True)
    return _replace(text, compile_pattern(pattern, letters), replacement, 0, 0 if everywhere else 1)


@function(
    "regexp_replace(text,text,text,int4)",
    "regexp_replace(text,text,text,int4,int4)",
    "regexp_replace(text,text,text,int4,int4,text)",
)
def regexp_replace_at(
    text: str, pattern: str, replacement: str, start: int, number: int | None = None, flags: str = ""
) -> str:
    _check_positive("start", start)
    if number is not None and number < 0:
        message = 'invalid value for parameter "n": ' + str(number)
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
    letters, everywhere = _flags(flags, "regexp_replace", allow_global=True)
    wanted = number if number is not None else 0 if everywhere else 1
    return _replace(text, compile_pattern(pattern, letters), replacement, start - 1, wanted)


def _replace(text: str, pattern: Pattern, replacement: str, start: int, number: int) -> str:
    """Replace the match of that number, from 1, or with 0 all."""
    written: list[str] = []
    place = size = 0
    for count, match in enumerate(_all_matches(pattern, text, start), start=1):
        if number and count < number:
            continue
        new = _fill_in(replacement, match)
        written += (text[place : match.start()], new)
        size += len(new)
        check_length(size)
        place = match.end()
        if number:
            break
    return "".join((*written, text[place:]))


def _fill_in(replacement: str, match: Match) -> str:
    r"""The replacement with `\1` and `\&` as what they stand for."""
    return _REFERENCE.sub(lambda found: _referred(found[1], match), replacement)


def _referred(mark: str, match: Match) -> str:
    if mark == "\\":
        return "\\"
    number = 0 if mark == "&" else int(mark)
    groups = len(match.groups())
    return (match[number] or "") if number <= groups else ""


@function("regexp_split_to_table(text,text)", "regexp_split_to_table(text,text,text)")
def regexp_split_to_table(text: str, pattern: str, flags: str = "") -> Iterator[str]:
    letters, _ = _flags(flags, "regexp_split_to_table")
    place = 0
    for match in _all_matches(compile_pattern(pattern, letters), text):
        if (
            match.end() == match.start()
            and match.start() in (place, len(text))
            and (match.start() == len(text) or match.start() == 0)
        ):
            continue
        yield text[place : match.start()]
        place = match.end()
    yield text[place:]


@function("regexp_split_to_array(text,text)", "regexp_split_to_array(text,text,text)")
def regexp_split_to_array(text: str, pattern: str, flags: str = "") -> list[str]:
    return list(regexp_split_to_table(text, pattern, _flags(flags, "regexp_split_to_array")[0]))


@function("regexp_count(text,text)", "regexp_count(text,text,int4)", "regexp_count(text,text,int4,text)")
def regexp_count(text: str, pattern: str, start: int = 1, flags: str = "") -> int:
    _check_positive("start", start)
    letters, _ = _flags(flags, "regexp_count")
    return sum(1 for _ in _all_matches(compile_pattern(pattern, letters), text, start - 1))


@function("regexp_like(text,text)", "regexp_like(text,text,text)")
def regexp_like(text: str, pattern: str, flags: str = "") -> bool:
    letters, _ = _flags(flags, "regexp_like")
    return search(compile_pattern(pattern, letters), text) is not None


@function(
    "regexp_instr(text,text)",
    "regexp_instr(text,text,int4)",
    "regexp_instr(text,text,int4,int4)",
    "regexp_instr(text,text,int4,int4,int4)",
    "regexp_instr(text,text,int4,int4,int4,text)",
    "regexp_instr(text,text,int4,int4,int4,text,int4)",
)
def regexp_instr(
    text: str, pattern: str, start: int = 1, number: int = 1, end: int = 0, flags: str = "", group: int = 0
) -> int:
    _check_positive("start", start)
    _check_positive("n", number)
    letters, _ = _flags(flags, "regexp_instr")
    match = _numbered(compile_pattern(pattern, letters), text, start, number)
    if match is None or group > len(match.groups()) or match.start(group) < 0:
        return 0
    return (match.end(group) if end else match.start(group)) + 1


@function(
    "regexp_substr(text,text)",
    "regexp_substr(text,text,int4)",
    "regexp_substr(text,text,int4,int4)",
    "regexp_substr(text,text,int4,int4,text)",
    "regexp_substr(text,text,int4,int4,text,int4)",
)
def regexp_substr(
    text: str, pattern: str, start: int = 1, number: int = 1, flags: str = "", group: int = 0
) -> str | None:
    _check_positive("start", start)
    _check_positive("n", number)
    letters, _ = _flags(flags, "regexp_substr")
    match = _numbered(compile_pattern(pattern, letters), text, start, number)
    if match is None or group > len(match.groups()):
        return None
    found: str | None = match[group]
    return found


@function("substring(text,text,text)")
def similar_part(text: str, pattern: str, escape: str) -> str | None:
    """The part that `#"` .. `#"` marks in a pattern of SIMILAR TO, `#` being the escape."""
    expression = similar_to_escape(pattern, escape)
    return None if expression is None else regexp_part(text, expression)


@function("substring(text,text)", "textregexsubstr")
def regexp_part(text: str, pattern: str) -> str | None:
    match = search(compile_pattern(pattern), text)
    if match is None:
        return None
    found: str | None = match[1] if match.groups() else match[0]
    return found


def _numbered(pattern: Pattern, text: str, start: int, number: int) -> Match | None:
    for count, match in enumerate(_all_matches(pattern, text, start - 1), start=1):
        if count == number:
            return match
    return None


def _check_positive(name: str, value: int) -> None:
    if value < 1:
        message = f'invalid value for parameter "{name}": {value}'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_PARAMETER_VALUE)
