"""A jsonpath written as PostgreSQL writes it, with every key in quotes and brackets around every operation.

Source: PostgreSQL 15, printJsonPathItem and operationPriority in jsonpath.c.
"""

from decimal import Decimal
from typing import Final, assert_never

from protocol.jsonb import too_deep, write_json_string
from protocol.jsonpath_input import read_jsonpath
from protocol.jsonpath_nodes import (
    AnyElement,
    AnyMember,
    Arithmetic,
    Chain,
    Comparison,
    Current,
    Descendants,
    Exists,
    Expression,
    Filter,
    IsUnknown,
    JsonPath,
    Last,
    LikeRegex,
    Literal,
    Logical,
    Member,
    Method,
    Not,
    Root,
    Sign,
    StartsWith,
    Step,
    Subscripts,
    Variable,
)
from protocol.numerics import format_numeric

_PRIORITIES: Final = {"||": 0, "&&": 1, "+": 3, "-": 3, "*": 4, "/": 4, "%": 4}
_COMPARISON: Final = 2
_SIGN: Final = 5
_HIGHEST: Final = 6


def canonical_jsonpath(text: str) -> str:
    """The text that PostgreSQL gives for a jsonpath.

    Raises:
        InvalidValue
    """
    return write_jsonpath(read_jsonpath(text))


def write_jsonpath(path: JsonPath) -> str:
    try:
        return ("strict " if path.strict else "") + _write(path.expression)
    except RecursionError as error:
        raise too_deep() from error


def _priority(expression: Expression) -> int:
    match expression:
        case Logical(operator=operator) | Arithmetic(operator=operator):
            return _PRIORITIES[operator]
        case Comparison() | StartsWith():
            return _COMPARISON
        case Sign():
            return _SIGN
        case _:
            return _HIGHEST


def _write(expression: Expression, *, brackets: bool = True) -> str:
    match expression:
        case Root():
            return "$"
        case Current():
            return "@"
        case Last():
            return "last"
        case Literal(value=value):
            return _write_literal(value)
        case Variable(name=name):
            return "$" + write_json_string(name)
        case Chain(start=start, steps=steps):
            return _write(start) + "".join([_write_step(step) for step in steps])
        case Not(operand=operand):
            return f"!({_write(operand, brackets=False)})"
        case IsUnknown(operand=operand):
            return f"({_write(operand, brackets=False)}) is unknown"
        case Exists(operand=operand):
            return f"exists ({_write(operand, brackets=False)})"
        case _:
            text = _write_operation(expression)
            return f"({text})" if brackets else text


def _write_operation(operation: Logical | Comparison | Arithmetic | Sign | StartsWith | LikeRegex) -> str:
    own = _priority(operation)

    def part(operand: Expression) -> str:
        return _write(operand, brackets=_priority(operand) <= own)

    match operation:
        case Logical(left=left, right=right) | Comparison(left=left, right=right) | Arithmetic(left=left, right=right):
            # Of these three each has an operator.
            return f"{part(left)} {_sign_of(operation.operator)} {part(right)}"
        case Sign(operator=operator, operand=operand):
            return operator + part(operand)
        case StartsWith(operand=operand, initial=initial):
            return f"{part(operand)} starts with {part(initial)}"
        case LikeRegex(operand=operand, pattern=pattern, flags=flags):
            flag = f' flag "{flags}"' if flags else ""
            return f"{part(operand)} like_regex {write_json_string(pattern)}{flag}"
        case _:
            assert_never(operation)


def _sign_of(operator: str) -> str:
    return "!=" if operator == "<>" else operator


def _write_literal(value: str | Decimal | bool | None) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return write_json_string(value)
        case Decimal():
            return format_numeric(value)


def _write_step(step: Step) -> str:
    match step:
        case Member(name=name):
            return "." + write_json_string(name)
        case AnyMember():
            return ".*"
        case AnyElement():
            return "[*]"
        case Subscripts(ranges=ranges):
            written = [
                _write(first, brackets=False) + ("" if last is None else f" to {_write(last, brackets=False)}")
                for first, last in ranges
            ]
            return f"[{','.join(written)}]"
        case Descendants(first=first, last=last):
            return ".**" + _write_levels(first, last)
        case Filter(predicate=predicate):
            return f"?({_write(predicate, brackets=False)})"
        case Method(name=name, template=template):
            return f".{name}({'' if template is None else write_json_string(template)})"


def _write_levels(first: int | None, last: int | None) -> str:
    if first == 0 and last is None:
        return ""
    low, high = ("last" if each is None else str(each) for each in (first, last))
    return f"{{{low}}}" if low == high else f"{{{low} to {high}}}"
