"""Reads expressions with operators, by precedence climbing: gram.y's a_expr, and b_expr where it is `restricted`.

The levels are those of the PostgreSQL manual, 4.1.6, with gram.y's finer steps. A chain of operators of one level
is a loop, so that only nesting takes stack.
"""

from typing import Final

from server.dialect.select_cursor import SelectCursor
from server.dialect.select_primaries import parse_parenthesised, parse_primary
from server.dialect.select_tokens import Sort
from server.dialect.select_types import parse_type
from server.statements.select import (
    And,
    Argument,
    Between,
    Cast,
    Collate,
    DistinctTest,
    Expression,
    FunctionCall,
    InList,
    Not,
    NullTest,
    Number,
    Operation,
    Or,
    QuantifiedComparison,
    Quantifier,
    QueryExpression,
    String,
    TruthTest,
)

_OR, _AND, _NOT, _IS, _COMPARE, _LIKE = 1, 2, 3, 4, 5, 6
_OPERATOR, _ADD, _MULTIPLY, _POWER, _AT, _COLLATE, _SIGN, _CAST = 9, 10, 11, 12, 13, 14, 15, 17
_LEVELS: Final = {
    "or": _OR,
    "and": _AND,
    "is": _IS,
    "isnull": _IS,
    "notnull": _IS,
    **dict.fromkeys(("<", ">", "=", "<=", ">=", "<>"), _COMPARE),
    **dict.fromkeys(("between", "in", "like", "ilike", "similar", "not"), _LIKE),
    "operator": _OPERATOR,
    "+": _ADD,
    "-": _ADD,
    "*": _MULTIPLY,
    "/": _MULTIPLY,
    "%": _MULTIPLY,
    "^": _POWER,
    "at": _AT,
    "collate": _COLLATE,
    "::": _CAST,
}
_SYMBOLS: Final = frozenset("<>=+-*/%^") | {"<=", ">=", "<>"}
_NEGATABLE: Final = frozenset({"between", "in", "like", "ilike", "similar"})
# Words that begin an operator only before another word.
_SECOND: Final = {"at": ("time",), "similar": ("to",), "operator": ("(",), "not": tuple(_NEGATABLE)}
_QUANTIFIERS: Final = {"any": Quantifier.ANY, "some": Quantifier.ANY, "all": Quantifier.ALL}
_LIKE_OPERATORS: Final = {"like": ("~~", "!~~"), "ilike": ("~~*", "!~~*"), "similar": ("~", "!~")}
_FORMS: Final = ("nfc", "nfd", "nfkc", "nfkd")
_CATALOG: Final = "pg_catalog"
# From one `_climb` to the operand in the next.
_RULES: Final = 5


def parse_expression(cursor: SelectCursor, restricted: bool = False, first: Expression | None = None) -> Expression:
    """Reads a whole expression; `restricted` and `first` as in `SelectCursor.expression`."""
    return _climb(cursor, 0, restricted, first)


def _climb(cursor: SelectCursor, least: int, restricted: bool, first: Expression | None = None) -> Expression:
    """Reads operators of the level `least` and above, and what stands between them."""
    cursor.enter(_RULES)
    outer = cursor.height
    if first is None:
        cursor.height = 0
        left = _prefixed(cursor, restricted)
    else:
        left = first
    # The level that may not follow, after an operator that is not associative.
    blocked = 0
    while (level := _level(cursor, restricted)) >= least and level:
        if level == blocked:
            cursor.fail()
        before = cursor.key
        left = _infix(cursor, left, level, restricted)
        cursor.rise()
        blocked = level if _ends_open(before, level, left) else 0
    cursor.height = max(outer, cursor.height)
    cursor.leave(_RULES)
    return left


def _level(cursor: SelectCursor, restricted: bool) -> int:
    """The level of the operator that comes next; 0 for none."""
    key = cursor.key
    level = _LEVELS.get(key, 0)
    if not level:
        return _OPERATOR if cursor.sort is Sort.OPERATOR else 0
    second = _SECOND.get(key)
    if second is not None and cursor.following not in second:
        return 0
    if restricted and (level in (_OR, _AND, _LIKE, _AT, _COLLATE) or key in ("isnull", "notnull")):
        return 0
    return level


def _ends_open(key: str, level: int, node: Expression) -> bool:
    """Whether what was read is not associative and ends in an operand, which another operator could claim."""
    if level == _COMPARE:
        return not isinstance(node, QuantifiedComparison)
    if level == _IS:
        return isinstance(node, DistinctTest) or (isinstance(node, Not) and isinstance(node.operand, DistinctTest))
    return level == _LIKE and key != "in" and isinstance(node, Operation | Between)


def _prefixed(cursor: SelectCursor, restricted: bool) -> Expression:
    """Reads an operand with the operators before it."""
    key, at = cursor.key, cursor.at
    if key == "-" or key == "+":
        cursor.advance()
        operand = _climb(cursor, _SIGN, restricted)
        if key == "-" and isinstance(operand, Number):
            return Number(operand.text[1:] if operand.text[0] == "-" else "-" + operand.text, at)
        cursor.rise()
        return Operation(key, None, operand, at=at)
    if key == "not" and not restricted:
        cursor.advance()
        operand = _climb(cursor, _NOT, restricted)
        cursor.rise()
        return Not(operand, at)
    if cursor.sort is Sort.OPERATOR or (key == "operator" and cursor.following == "("):
        schema, name = parse_operator(cursor)
        operand = _climb(cursor, _OPERATOR + 1, restricted)
        cursor.rise()
        return Operation(name, None, operand, schema, at)
    return parse_primary(cursor)


def parse_operator(cursor: SelectCursor) -> tuple[str | None, str]:
    """Reads an operator or `OPERATOR(schema.operator)`: the schema and the name."""
    if not cursor.accept("operator"):
        return None, _symbol(cursor)
    cursor.expect("(")
    schemas: list[str] = []
    at = cursor.at
    while (schema := cursor.accept_column_name()) is not None:
        cursor.expect(".")
        schemas.append(schema)
    name = _symbol(cursor)
    cursor.expect(")")
    if len(schemas) > 1:
        raise cursor.not_supported("an operator of another database", at)
    return (schemas[0] if schemas else None), name


def _symbol(cursor: SelectCursor) -> str:
    if cursor.sort is Sort.OPERATOR or cursor.key in _SYMBOLS:
        return cursor.advance().value
    return cursor.fail()


def _infix(cursor: SelectCursor, left: Expression, level: int, restricted: bool) -> Expression:
    """Reads an operator and what stands behind it."""
    key, at = cursor.key, cursor.at
    if level == _CAST:
        cursor.advance()
        return Cast(left, parse_type(cursor), at)
    if level in (_OR, _AND):
        return _logical(cursor, left, key, level)
    if level == _IS:
        return _test(cursor, left, restricted)
    if level == _LIKE:
        return _match(cursor, left)
    if level == _AT:
        cursor.advance()
        cursor.expect("time", "zone")
        zone = _climb(cursor, _AT + 1, restricted)
        return FunctionCall((_CATALOG, "timezone"), (Argument(zone), Argument(left)), at=at)
    if level == _COLLATE:
        cursor.advance()
        names = [cursor.column_name()]
        while cursor.accept("."):
            names.append(cursor.label())
        return Collate(left, tuple(names), at)
    schema, name = parse_operator(cursor)
    if cursor.key in _QUANTIFIERS and not restricted:
        return _quantified(cursor, name, left, schema, at)
    return Operation(name, left, _climb(cursor, level + 1, restricted), schema, at)


def _logical(cursor: SelectCursor, left: Expression, key: str, level: int) -> Expression:
    at = cursor.at
    terms = [left]
    while cursor.accept(key):
        terms.append(_climb(cursor, level + 1, restricted=False))
    return And(tuple(terms), at) if level == _AND else Or(tuple(terms), at)


def _quantified(cursor: SelectCursor, name: str, left: Expression, schema: str | None, at: int) -> Expression:
    """Reads `ANY (..)`, after the operator."""
    quantifier = _QUANTIFIERS[cursor.advance().key]
    cursor.expect("(")
    right = parse_parenthesised(cursor, most=1)
    if not isinstance(right, QueryExpression):
        return QuantifiedComparison(name, quantifier, left, right[0], schema, at)
    return QuantifiedComparison(name, quantifier, left, right, schema, at)


def _test(cursor: SelectCursor, left: Expression, restricted: bool) -> Expression:
    """Reads `IS ..`, ISNULL, NOTNULL."""
    token = cursor.advance()
    at = token.start
    if token.key != "is":
        return NullTest(left, token.key == "notnull", at)
    negated = cursor.accept("not")
    if cursor.accept("distinct"):
        cursor.expect("from")
        return DistinctTest(left, _climb(cursor, _IS + 1, restricted), negated, at)
    if cursor.key == "document":
        raise cursor.not_supported("IS DOCUMENT", at)
    if restricted:
        return cursor.fail()
    if cursor.key == "normalized" or (cursor.key in _FORMS and cursor.following == "normalized"):
        place, form = cursor.at, cursor.accept_any(*_FORMS)
        cursor.expect("normalized")
        arguments = (Argument(left), Argument(String(form.upper(), place))) if form else (Argument(left),)
        call = FunctionCall((_CATALOG, "is_normalized"), arguments, at=at)
        return Not(call, at) if negated else call
    word = cursor.expect_any("null", "true", "false", "unknown")
    if word == "null":
        return NullTest(left, negated, at)
    return TruthTest(left, None if word == "unknown" else word == "true", negated, at)


def _match(cursor: SelectCursor, left: Expression) -> Expression:
    """Reads `[NOT] { BETWEEN | IN | LIKE | ILIKE | SIMILAR TO } ..`."""
    at = cursor.at
    negated = cursor.accept("not")
    word = cursor.advance().key
    if word == "between":
        symmetric = cursor.accept("symmetric")
        if not symmetric:
            cursor.accept("asymmetric")
        low = _climb(cursor, 0, restricted=True)
        cursor.expect("and")
        return Between(left, low, _climb(cursor, _LIKE + 1, restricted=False), negated, symmetric, at)
    if word == "in":
        cursor.expect("(")
        items = parse_parenthesised(cursor)
        if not isinstance(items, QueryExpression):
            return InList(left, items, negated, at)
        found = QuantifiedComparison("=", Quantifier.ANY, left, items, at=at)
        return Not(found, at) if negated else found
    name = _LIKE_OPERATORS[word][negated]
    if word == "similar":
        cursor.expect("to")
    elif cursor.key in _QUANTIFIERS:
        return _quantified(cursor, name, left, None, at)
    pattern = _climb(cursor, _LIKE + 1, restricted=False)
    escape = _climb(cursor, _LIKE + 1, restricted=False) if cursor.accept("escape") else None
    if escape is not None or word == "similar":
        arguments = (Argument(pattern),) if escape is None else (Argument(pattern), Argument(escape))
        function = "similar_to_escape" if word == "similar" else "like_escape"
        pattern = FunctionCall((_CATALOG, function), arguments, at=at)
    return Operation(name, left, pattern, at=at)
