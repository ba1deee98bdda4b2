"""Reads what operators stand between: gram.y's c_expr. Constants, names, rows, arrays, CASE, subqueries."""

from collections.abc import Callable
from typing import Final

from server.dialect.select_calls import CALLS, parse_call, refuse_typed_constant
from server.dialect.select_cursor import SelectCursor
from server.dialect.select_keywords import NO_COLUMN, NO_FUNCTION
from server.dialect.select_tokens import Sort
from server.dialect.select_types import SPELLED, parse_interval_fields, parse_spelled
from server.statements.select import (
    Argument,
    ArrayOf,
    BitString,
    Boolean,
    Case,
    Cast,
    ColumnName,
    Expression,
    FieldOf,
    FunctionCall,
    Grouping,
    Null,
    Number,
    QueryExpression,
    RowOf,
    Star,
    String,
    Subquery,
    SubqueryKind,
    Subscript,
    Subscripted,
    TypeName,
    When,
)

_QUERY_WORDS: Final = frozenset({"select", "with", "table"})
# What may follow a query in parentheses that is an arm of a larger one.
_QUERY_GOES_ON: Final = frozenset({")", "union", "intersect", "except", "order", "limit", "offset", "fetch", "for"})
# After these a word of `SPELLED` is the type of a constant and not a column.
_TYPE_GOES_ON: Final = frozenset({"(", "with", "without", "varying", "character", "char", "precision"})
# From a word to the first argument of what it calls.
_RULES: Final = 7


def parse_primary(cursor: SelectCursor) -> Expression:
    """Reads one operand."""
    sort = cursor.sort
    if sort is Sort.WORD:
        return _parse_word(cursor)
    if sort is Sort.NAME:
        return _parse_name(cursor)
    at = cursor.at
    if cursor.key == "(":
        return _parse_enclosed(cursor)
    if sort is Sort.NUMBER:
        return Number(cursor.advance().value, at)
    if sort is Sort.STRING:
        return String(cursor.advance().value, at)
    if sort is Sort.PARAMETER:
        return _parse_indirection(cursor, cursor.parameter())
    if sort is Sort.BITS:
        digits = cursor.advance().value
        return BitString(digits[1:], digits[0] == "x", at)
    return cursor.fail()


def begins_query(cursor: SelectCursor) -> bool:
    """Whether a query comes next, or a parenthesis with one in it."""
    count = 0
    while (key := cursor.ahead(count).key) == "(":
        count += 1
    return key in _QUERY_WORDS or (key == "values" and cursor.ahead(count + 1).key == "(")


def parse_subquery(cursor: SelectCursor) -> QueryExpression:
    """Reads a query in parentheses."""
    cursor.expect("(")
    if not begins_query(cursor):
        while cursor.accept("("):
            pass
        cursor.fail()
    query = cursor.query()
    cursor.expect(")")
    return query


def parse_parenthesised(cursor: SelectCursor, most: int | None = None) -> QueryExpression | tuple[Expression, ...]:
    """Reads a query or expressions, after the opening parenthesis and with the closing one.

    Whether `((SELECT 1)` begins the one or the other shows only behind it; it is not read twice.

    Args:
        most: of expressions.
    """
    if not begins_query(cursor):
        first = cursor.expression()
    elif cursor.key != "(":
        query = cursor.query()
        cursor.expect(")")
        return query
    else:
        at = cursor.at
        cursor.enter(1)
        cursor.advance()
        inner = parse_parenthesised(cursor)
        cursor.leave(1)
        if isinstance(inner, QueryExpression) and cursor.key in _QUERY_GOES_ON:
            query = cursor.query(inner)
            cursor.expect(")")
            return query
        first = cursor.expression(first=_finish_enclosed(cursor, inner, at))
    values = [first]
    while len(values) != most and cursor.accept(","):
        values.append(cursor.expression())
    cursor.expect(")")
    return tuple(values)


def parse_expressions(cursor: SelectCursor) -> tuple[Expression, ...]:
    """Reads `expression, ...`."""
    values = [cursor.expression()]
    while cursor.accept(","):
        values.append(cursor.expression())
    return tuple(values)


def _parse_enclosed(cursor: SelectCursor) -> Expression:
    at = cursor.advance().start
    cursor.enter(2)
    content = parse_parenthesised(cursor)
    cursor.leave(2)
    return _finish_enclosed(cursor, content, at)


def _finish_enclosed(cursor: SelectCursor, content: QueryExpression | tuple[Expression, ...], at: int) -> Expression:
    """What stood in parentheses, as an operand, with what follows it directly."""
    if isinstance(content, QueryExpression):
        return _parse_indirection(cursor, Subquery(SubqueryKind.SCALAR, content, at))
    if len(content) == 1:
        return _parse_indirection(cursor, content[0], at)
    return _parse_overlaps(cursor, RowOf(content, explicit=False, at=at))


def _parse_indirection(cursor: SelectCursor, operand: Expression, at: int | None = None) -> Expression:
    """Reads `.name`, `.*` and `[..]`; `at` is where the operand begins, if that is not its own place."""
    if cursor.key != "." and cursor.key != "[":
        return operand
    place = operand.at if at is None else at
    while True:
        if cursor.accept("."):
            if cursor.accept("*"):
                return _check_last(cursor, FieldOf(operand, None, place))
            operand = FieldOf(operand, cursor.label(), place)
        elif cursor.key == "[":
            subscripts = []
            while cursor.accept("["):
                subscripts.append(_parse_subscript(cursor))
            operand = Subscripted(operand, tuple(subscripts), place)
        else:
            return operand
        cursor.rise()


def _check_last(cursor: SelectCursor, star: Expression) -> Expression:
    """Nothing may follow `.*`; what does is read first, as PostgreSQL does."""
    if _parse_indirection(cursor, star) is not star:
        raise cursor.malformed('improper use of "*"')
    return star


def _parse_subscript(cursor: SelectCursor) -> Subscript:
    """Reads what follows the opening bracket."""
    lower = None if cursor.key == ":" else cursor.expression()
    if not cursor.accept(":"):
        cursor.expect("]")
        return Subscript(lower)
    upper = None if cursor.key == "]" else cursor.expression()
    cursor.expect("]")
    return Subscript(upper, lower, slice=True)


def _parse_word(cursor: SelectCursor) -> Expression:
    cursor.enter(_RULES)
    value = _parse_by_word(cursor)
    cursor.leave(_RULES)
    return value


def _parse_by_word(cursor: SelectCursor) -> Expression:
    key = cursor.key
    reader = _WORDS.get(key)
    if reader is not None:
        return reader(cursor)
    if cursor.following == "(":
        reader = _BEFORE_PARENTHESIS.get(key)
        if reader is not None:
            return reader(cursor)
    call = CALLS.get(key)
    if call is not None:
        value = call(cursor)
        if value is not None:
            return value
    if key in SPELLED or key == "double":
        constant = _parse_spelled_constant(cursor)
        if constant is not None:
            return constant
    return _parse_name(cursor)


def _parse_spelled_constant(cursor: SelectCursor) -> Expression | None:
    """Reads `timestamp with time zone '..'`, `interval '1' day`."""
    goes_on = cursor.following == "precision" if cursor.key == "double" else cursor.following in _TYPE_GOES_ON
    if not goes_on and cursor.ahead(1).sort is not Sort.STRING:
        return None
    named = parse_spelled(cursor)
    if named is None:
        return None
    at = cursor.at
    value = String(cursor.string(), at)
    if named.names[-1] == "interval":
        named = parse_interval_fields(cursor, named)
    return Cast(value, named, named.at)


def _parse_name(cursor: SelectCursor) -> Expression:
    """Reads what begins with a name: a column, a call, a constant with the name of its type."""
    at = cursor.at
    names_column, names_function = cursor.is_name(NO_COLUMN), cursor.is_name(NO_FUNCTION)
    if not names_column and not names_function:
        return cursor.fail()
    names = [cursor.advance().value]
    while names_column and cursor.accept("."):
        if cursor.accept("*"):
            return _check_last(cursor, Star(tuple(names), at))
        names.append(cursor.label())
    if names_function or len(names) > 1:
        if cursor.key == "(":
            return _parse_call_or_constant(cursor, tuple(names), at)
        if cursor.sort is Sort.STRING:
            place = cursor.at
            return Cast(String(cursor.string(), place), TypeName(tuple(names), at=at), at)
    if not names_column:
        return cursor.fail()
    return _parse_indirection(cursor, ColumnName(tuple(names), at))


def _parse_call_or_constant(cursor: SelectCursor, names: tuple[str, ...], at: int) -> Expression:
    """Reads `f(..)`, or `type(modifiers) 'string'`."""
    call = parse_call(cursor, names, at)
    if cursor.sort is not Sort.STRING:
        return call
    modifiers = refuse_typed_constant(cursor, call)
    place = cursor.at
    return Cast(String(cursor.string(), place), TypeName(names, modifiers, at=at), at)


# What begins with a word of its own.


def _parse_constant(cursor: SelectCursor) -> Expression:
    token = cursor.advance()
    return Null(token.start) if token.key == "null" else Boolean(token.key == "true", token.start)


def _parse_case(cursor: SelectCursor) -> Case:
    at = cursor.advance().start
    operand = None if cursor.key == "when" else cursor.expression()
    branches = []
    cursor.expect("when")
    while True:
        condition = cursor.expression()
        cursor.expect("then")
        branches.append(When(condition, cursor.expression()))
        if not cursor.accept("when"):
            break
    default = cursor.expression() if cursor.accept("else") else None
    cursor.expect("end")
    return Case(operand, tuple(branches), default, at)


def _parse_array(cursor: SelectCursor) -> Expression:
    at = cursor.advance().start
    if cursor.key == "[":
        return _parse_elements(cursor, at)
    return Subquery(SubqueryKind.ARRAY, parse_subquery(cursor), at)


def _parse_elements(cursor: SelectCursor, at: int) -> ArrayOf:
    """Reads `[a, b]` or `[[..], [..]]`."""
    cursor.expect("[")
    if cursor.accept("]"):
        return ArrayOf((), at)
    elements: list[Expression] = []
    nested = cursor.key == "["
    cursor.enter(1)
    while True:
        elements.append(_parse_elements(cursor, cursor.at) if nested else cursor.expression())
        if not cursor.accept(","):
            break
    cursor.leave(1)
    cursor.expect("]")
    return ArrayOf(tuple(elements), at)


def _parse_row(cursor: SelectCursor) -> Expression:
    at = cursor.advance().start
    cursor.expect("(")
    fields: tuple[Expression, ...] = ()
    if not cursor.accept(")"):
        fields = parse_expressions(cursor)
        cursor.expect(")")
    return _parse_overlaps(cursor, RowOf(fields, at=at))


def _parse_overlaps(cursor: SelectCursor, left: RowOf) -> Expression:
    """Reads `OVERLAPS row`, if it follows."""
    at = cursor.at
    if not cursor.accept("overlaps"):
        return left
    place = cursor.at
    explicit = cursor.key == "row"
    if explicit:
        cursor.advance()
    cursor.expect("(")
    right = () if explicit and cursor.accept(")") else parse_expressions(cursor)
    if right or not explicit:
        if len(right) == 1 and not explicit:
            cursor.expect(",")
        cursor.expect(")")
    for fields, side, where in ((left.fields, "left", left.at), (right, "right", place)):
        if len(fields) != 2:
            raise cursor.malformed(f"wrong number of parameters on {side} side of OVERLAPS expression", where)
    arguments = tuple(Argument(field) for field in (*left.fields, *right))
    return FunctionCall(("pg_catalog", "overlaps"), arguments, at=at)


def _parse_exists(cursor: SelectCursor) -> Subquery:
    at = cursor.advance().start
    return Subquery(SubqueryKind.EXISTS, parse_subquery(cursor), at)


def _parse_grouping(cursor: SelectCursor) -> Grouping:
    at = cursor.advance().start
    cursor.expect("(")
    arguments = parse_expressions(cursor)
    cursor.expect(")")
    return Grouping(arguments, at)


def _refuse_default(cursor: SelectCursor) -> Expression:
    raise cursor.malformed("DEFAULT is not allowed in this context")


def _refuse_unique(cursor: SelectCursor) -> Expression:
    raise cursor.not_supported("UNIQUE")


_WORDS: Final[dict[str, Callable[[SelectCursor], Expression]]] = {
    "true": _parse_constant,
    "false": _parse_constant,
    "null": _parse_constant,
    "case": _parse_case,
    "array": _parse_array,
    "default": _refuse_default,
    "unique": _refuse_unique,
}
_BEFORE_PARENTHESIS: Final[dict[str, Callable[[SelectCursor], Expression]]] = {
    "row": _parse_row,
    "exists": _parse_exists,
    "grouping": _parse_grouping,
}
