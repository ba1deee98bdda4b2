"""Reads calls of functions: those with plain arguments, and what SQL spells in a way of its own.

Source: PostgreSQL manual, 4.2.7 to 4.2.9 and "Functions and Operators"; gram.y, func_expr.
"""

from collections.abc import Callable, Sequence
from typing import Final

from server.dialect.select_cursor import SelectCursor
from server.dialect.select_keywords import NO_FUNCTION
from server.dialect.select_tokens import Sort
from server.dialect.select_types import parse_type
from server.dialect.select_windows import parse_order_by, parse_over
from server.statements.select import (
    Argument,
    Cast,
    Choice,
    Choose,
    Expression,
    FunctionCall,
    Number,
    SortItem,
    String,
    TypeName,
)

_CATALOG: Final = "pg_catalog"
_TRIMS: Final = {"both": "btrim", "leading": "ltrim", "trailing": "rtrim"}
_NAMED: Final = (":=", "=>")
# MaxCompute's functions that invoke a model. Their first two arguments are names, which would be taken for columns.
_INVOCATIONS: Final = (
    *("ai_classify", "ai_embedding", "ai_extract", "ai_generate", "ai_sentiment", "ai_similarity", "ai_summarize"),
    *("ai_translate", "ml_predict"),
)


def parse_call(cursor: SelectCursor, names: tuple[str, ...], at: int, *, windowless: bool = False) -> FunctionCall:
    """Reads the arguments and what may follow them.

    Args:
        windowless: neither WITHIN GROUP nor FILTER nor OVER may follow, as in FROM.
    """
    if names[-1] in _INVOCATIONS:
        raise cursor.not_supported(names[-1].upper(), at)
    cursor.expect("(")
    arguments: tuple[Argument, ...] = ()
    distinct = variadic = False
    order_by: tuple[SortItem, ...] = ()
    star = cursor.accept("*")
    if not star and cursor.key != ")":
        marked = cursor.accept_any("all", "distinct")
        distinct = marked == "distinct"
        arguments, variadic = _parse_arguments(cursor, may_be_variadic=not marked)
        order_by = parse_order_by(cursor)
    cursor.expect(")")
    call = FunctionCall(names, arguments, star, distinct, variadic, order_by, at=at)
    return call if windowless else _parse_tail(cursor, call)


def refuse_typed_constant(cursor: SelectCursor, call: FunctionCall) -> tuple[int, ...]:
    """The modifiers of `type(modifier, ...) 'string'`, which was read as a call.

    Raises:
        OdpsError: it cannot be that.
    """
    if call.star or call.distinct or call.variadic or call.order_by or call.within_group or call.filter or call.over:
        cursor.fail()
    numbers = []
    for argument in call.arguments:
        if argument.name is not None:
            raise cursor.malformed("type modifier cannot have parameter name", argument.value.at)
        if not isinstance(argument.value, Number) or not argument.value.text.lstrip("-").isdecimal():
            raise cursor.malformed("type modifiers must be simple constants or identifiers", call.at)
        numbers.append(int(argument.value.text[:20]))
    return tuple(numbers)


def _parse_arguments(cursor: SelectCursor, *, may_be_variadic: bool) -> tuple[tuple[Argument, ...], bool]:
    """Reads `[name =>] value, ...`, and whether the last one is marked VARIADIC."""
    arguments: list[Argument] = []
    while True:
        variadic = may_be_variadic and cursor.accept("variadic")
        arguments.append(_parse_argument(cursor))
        if variadic or not cursor.accept(","):
            return tuple(arguments), variadic


def _parse_argument(cursor: SelectCursor) -> Argument:
    if cursor.following in _NAMED and cursor.is_name(NO_FUNCTION):
        name = cursor.function_name()
        cursor.advance()
        return Argument(cursor.expression(), name)
    return Argument(cursor.expression())


def _parse_tail(cursor: SelectCursor, call: FunctionCall) -> FunctionCall:
    """Reads WITHIN GROUP, FILTER and OVER."""
    within_group = call.within_group
    condition = call.filter
    at = cursor.at
    if cursor.key == "within" and cursor.following == "group":
        cursor.advance()
        cursor.advance()
        cursor.expect("(")
        if cursor.key != "order":
            cursor.fail()
        within_group = parse_order_by(cursor)
        cursor.expect(")")
        for given, reason in (
            (bool(call.order_by), "cannot use multiple ORDER BY clauses with WITHIN GROUP"),
            (call.distinct, "cannot use DISTINCT with WITHIN GROUP"),
            (call.variadic, "cannot use VARIADIC with WITHIN GROUP"),
        ):
            if given:
                raise cursor.malformed(reason, at)
    if cursor.key == "filter" and cursor.following == "(":
        cursor.advance()
        cursor.advance()
        cursor.expect("where")
        condition = cursor.expression()
        cursor.expect(")")
    over = parse_over(cursor) if cursor.accept("over") else None
    if within_group is call.within_group and condition is None and over is None:
        return call
    return FunctionCall(
        call.names,
        call.arguments,
        call.star,
        call.distinct,
        call.variadic,
        call.order_by,
        within_group,
        condition,
        over,
        at=call.at,
    )


# Calls with words of their own. Each begins at its word, which is followed by a parenthesis where it must be.


def _call(name: str, values: Sequence[Expression], at: int) -> FunctionCall:
    return FunctionCall((_CATALOG, name), tuple(Argument(value) for value in values), at=at)


def _open(cursor: SelectCursor) -> int:
    """Step over the word and the parenthesis; where the word begins."""
    at = cursor.advance().start
    cursor.expect("(")
    return at


def _list(cursor: SelectCursor) -> list[Expression]:
    values = [cursor.expression()]
    while cursor.accept(","):
        values.append(cursor.expression())
    return values


def _parse_cast(cursor: SelectCursor) -> Cast:
    at = _open(cursor)
    operand = cursor.expression()
    cursor.expect("as")
    named = parse_type(cursor)
    cursor.expect(")")
    return Cast(operand, named, at)


def _parse_choice(cursor: SelectCursor) -> Choose:
    choice = Choice(cursor.key)
    at = _open(cursor)
    arguments = [cursor.expression()]
    if choice is Choice.NULLIF:
        cursor.expect(",")
        arguments.append(cursor.expression())
    else:
        while cursor.accept(","):
            arguments.append(cursor.expression())
    cursor.expect(")")
    return Choose(choice, tuple(arguments), at)


def _parse_extract(cursor: SelectCursor) -> FunctionCall:
    at = _open(cursor)
    place = cursor.at
    field = cursor.string() if cursor.sort is Sort.STRING else cursor.label()
    cursor.expect("from")
    value = cursor.expression()
    cursor.expect(")")
    return _call("extract", (String(field, place), value), at)


def _parse_position(cursor: SelectCursor) -> FunctionCall:
    at = _open(cursor)
    part = cursor.expression(restricted=True)
    cursor.expect("in")
    whole = cursor.expression(restricted=True)
    cursor.expect(")")
    return _call("position", (whole, part), at)


def _parse_trim(cursor: SelectCursor) -> FunctionCall:
    at = _open(cursor)
    name = _TRIMS[cursor.accept_any(*_TRIMS) or "both"]
    if cursor.accept("from"):
        values = _list(cursor)
    else:
        first = cursor.expression()
        if cursor.accept("from"):
            values = [*_list(cursor), first]
        else:
            values = [first]
            while cursor.accept(","):
                values.append(cursor.expression())
    cursor.expect(")")
    return _call(name, values, at)


def _parse_normalize(cursor: SelectCursor) -> FunctionCall:
    at = _open(cursor)
    values = [cursor.expression()]
    if cursor.accept(","):
        place = cursor.at
        values.append(String(cursor.expect_any("nfc", "nfd", "nfkc", "nfkd").upper(), place))
    cursor.expect(")")
    return _call("normalize", values, at)


def _parse_overlay(cursor: SelectCursor) -> FunctionCall:
    return _parse_text_function(cursor, "overlay", _overlay_words)


def _parse_substring(cursor: SelectCursor) -> FunctionCall:
    return _parse_text_function(cursor, "substring", _substring_words)


def _parse_text_function(
    cursor: SelectCursor, name: str, words: Callable[[SelectCursor, Expression], list[Expression] | None]
) -> FunctionCall:
    """Reads a function that takes words or commas between its arguments; `words` reads them from the second on."""
    at = _open(cursor)
    arguments: list[Argument] = []
    if cursor.key != ")":
        arguments.append(_parse_argument(cursor))
        if arguments[0].name is None:
            values = words(cursor, arguments[0].value)
            if values is not None:
                cursor.expect(")")
                return _call(name, values, at)
        while cursor.accept(","):
            arguments.append(_parse_argument(cursor))
    cursor.expect(")")
    return FunctionCall((name,), tuple(arguments), at=at)


def _overlay_words(cursor: SelectCursor, first: Expression) -> list[Expression] | None:
    if not cursor.accept("placing"):
        return None
    values = [first, cursor.expression()]
    cursor.expect("from")
    values.append(cursor.expression())
    if cursor.accept("for"):
        values.append(cursor.expression())
    return values


def _substring_words(cursor: SelectCursor, first: Expression) -> list[Expression] | None:
    word = cursor.accept_any("from", "for", "similar")
    if not word:
        return None
    second = cursor.expression()
    if word == "from":
        return [first, second, cursor.expression()] if cursor.accept("for") else [first, second]
    if word == "similar":
        cursor.expect("escape")
        return [first, second, cursor.expression()]
    if cursor.accept("from"):
        return [first, cursor.expression(), second]
    # As PostgreSQL does it, so that no function with a text in this place is found.
    return [first, Number("1"), Cast(second, TypeName((_CATALOG, "int4")))]


def _parse_collation_for(cursor: SelectCursor) -> FunctionCall | None:
    if cursor.following != "for":
        return None
    at = cursor.advance().start
    cursor.expect("for", "(")
    value = cursor.expression()
    cursor.expect(")")
    return _call("pg_collation_for", (value,), at)


def _parse_keyword(cursor: SelectCursor) -> FunctionCall:
    token = cursor.advance()
    return FunctionCall((token.key,), keyword=True, at=token.start)


def _parse_timed_keyword(cursor: SelectCursor) -> FunctionCall:
    """CURRENT_TIMESTAMP and its like, with or without a precision."""
    token = cursor.advance()
    if not cursor.accept("("):
        return FunctionCall((token.key,), keyword=True, at=token.start)
    precision = Number(str(cursor.integer()), token.start)
    cursor.expect(")")
    return FunctionCall((token.key,), (Argument(precision),), keyword=True, at=token.start)


def _parse_current_schema(cursor: SelectCursor) -> FunctionCall | None:
    """A keyword, or a function when parentheses follow."""
    return None if cursor.following == "(" else _parse_keyword(cursor)


def _refuse(cursor: SelectCursor) -> Expression:
    raise cursor.not_supported(cursor.key.upper())


def _in_parentheses(read: Callable[[SelectCursor], Expression]) -> Callable[[SelectCursor], Expression | None]:
    """The same, where a parenthesis follows; otherwise the word is a name."""
    return lambda cursor: read(cursor) if cursor.following == "(" else None


CALLS: Final[dict[str, Callable[[SelectCursor], Expression | None]]] = {
    "cast": _parse_cast,
    "collation": _parse_collation_for,
    "current_schema": _parse_current_schema,
    **dict.fromkeys(
        ("current_date", "current_role", "current_user", "session_user", "user", "current_catalog"), _parse_keyword
    ),
    **dict.fromkeys(("current_time", "current_timestamp", "localtime", "localtimestamp"), _parse_timed_keyword),
    **{choice.value: _in_parentheses(_parse_choice) for choice in Choice},
    "extract": _in_parentheses(_parse_extract),
    "position": _in_parentheses(_parse_position),
    "trim": _in_parentheses(_parse_trim),
    "normalize": _in_parentheses(_parse_normalize),
    "overlay": _in_parentheses(_parse_overlay),
    "substring": _in_parentheses(_parse_substring),
    "treat": _in_parentheses(_refuse),
    **dict.fromkeys(
        (
            "xmlconcat",
            "xmlelement",
            "xmlexists",
            "xmlforest",
            "xmlparse",
            "xmlpi",
            "xmlroot",
            "xmlserialize",
        ),
        _in_parentheses(_refuse),
    ),
}
"""By their first word; None when the word turns out to be a name."""
