"""What a jsonpath finds in a jsonb value.

Items come one after the other, as they are asked for, so that whoever wants the first does no more than that. What
`PathError` says can be kept silent about, and is unknown to a predicate; other errors are always raised.

Source: PostgreSQL 15, jsonpath_exec.c.
DEVIATION: datetime() is refused. The ids of keyvalue() are numbers of their own, 0 for the whole document.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final, assert_never

from protocol import jsonpath_nodes as nodes
from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from server.query.functions import jsonpath_predicates, numerics
from server.query.functions.jsonpath_methods import METHODS, PathError
from server.query.functions.value_errors import unsupported
from server.query.runtime import Limits

_ARITHMETIC: Final[dict[str, Callable[[Decimal, Decimal], Decimal]]] = {
    "+": numerics.add,
    "-": numerics.subtract,
    "*": numerics.multiply,
    "/": numerics.divide,
    "%": numerics.modulo,
}
_INT4: Final = range(-(2**31), 2**31)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One path at work on one document.

    Attributes:
        current: what `@` is.
        last: what `last` is, within subscripts.
        lenient: what is not there is no error.
        lax: as the path says: also, arrays are unwrapped.
        ids: of the objects that keyvalue() has met, by their identity.
    """

    document: object
    variables: Mapping[str, object]
    limits: Limits
    lax: bool
    lenient: bool
    current: object = None
    last: int = -1
    ids: dict[int, int] = field(default_factory=dict)

    def find(self, expression: nodes.Expression) -> Iterator[object]:
        """The items of an expression."""
        self.limits.step()
        match expression:
            case nodes.Root():
                yield self.document
            case nodes.Current():
                yield self.current
            case nodes.Last():
                yield Decimal(self.last)
            case nodes.Literal(value=value):
                yield value
            case nodes.Variable(name=name):
                yield self.variable(name)
            case nodes.Chain(start=start, steps=steps):
                yield from self._chain(self.find(start), steps)
            case nodes.Arithmetic():
                yield self._compute(expression)
            case nodes.Sign(operator=operator, operand=operand):
                yield from self._signed(operator, operand)
            case _:
                yield jsonpath_predicates.holds(self, expression)

    def find_unwrapped(self, expression: nodes.Expression) -> Iterator[object]:
        """The same, in lax mode with the elements of arrays in their place."""
        for item in self.find(expression):
            if self.lax and isinstance(item, list):
                yield from item
            else:
                yield item

    def finds_any(self, expression: nodes.Expression) -> bool:
        """Whether there is any item; in strict mode an error behind the first one counts too."""
        if not self.lax:
            return bool(list(self.find(expression)))
        if isinstance(expression, nodes.Sign):
            # PostgreSQL passes over what has no sign when it only asks this.
            return any(isinstance(item, Decimal) for item in self.find_unwrapped(expression.operand))
        return any(True for _ in self.find(expression))

    def variable(self, name: str) -> object:
        if name not in self.variables:
            message = f'could not find jsonpath variable "{name}"'
            raise InvalidValue(message, sqlstate=SqlState.UNDEFINED_OBJECT)
        return self.variables[name]

    def _chain(self, items: Iterable[object], steps: tuple[nodes.Step, ...]) -> Iterator[object]:
        if not steps:
            yield from items
            return
        first, rest = steps[0], steps[1:]
        for item in items:
            self.limits.step()
            if isinstance(first, nodes.Descendants):
                yield from self._descend(item, first, rest)
            else:
                yield from self._chain(self._step(first, item, unwrap=self.lax), rest)

    def _step(self, step: nodes.Step, item: object, *, unwrap: bool) -> Iterator[object]:
        match step:
            case nodes.Member() | nodes.AnyMember() | nodes.Filter() if unwrap and isinstance(item, list):
                for each in item:
                    yield from self._step(step, each, unwrap=False)
            case nodes.Member(name=name):
                yield from self._member(item, name)
            case nodes.AnyMember():
                if isinstance(item, dict):
                    yield from jsonpath_predicates.values_of(item)
                elif not self.lenient:
                    message = "jsonpath wildcard member accessor can only be applied to an object"
                    raise PathError(message, sqlstate=SqlState.SQL_JSON_OBJECT_NOT_FOUND)
            case nodes.AnyElement():
                yield from self._elements(item, "wildcard array accessor")
            case nodes.Subscripts(ranges=ranges):
                yield from self._subscripts(item, ranges)
            case nodes.Filter(predicate=predicate):
                if jsonpath_predicates.holds(replace(self, current=item), predicate):
                    yield item
            case nodes.Method(name=name):
                yield from self._method(item, name, unwrap=unwrap)
            case nodes.Descendants():
                raise AssertionError("they are taken with the steps behind them")
            case _:
                assert_never(step)

    def _member(self, item: object, name: str) -> Iterator[object]:
        if isinstance(item, dict):
            if name in item:
                yield item[name]
            elif not self.lenient:
                message = f'JSON object does not contain key "{name}"'
                raise PathError(message, sqlstate=SqlState.SQL_JSON_MEMBER_NOT_FOUND)
        elif not self.lenient:
            message = "jsonpath member accessor can only be applied to an object"
            raise PathError(message, sqlstate=SqlState.SQL_JSON_MEMBER_NOT_FOUND)

    def _elements(self, item: object, what: str) -> Iterable[object]:
        """Of an array; anything else is one of one element in lax mode."""
        if isinstance(item, list):
            return item
        if not self.lax:
            message = f"jsonpath {what} can only be applied to an array"
            raise PathError(message, sqlstate=SqlState.SQL_JSON_ARRAY_NOT_FOUND)
        return (item,)

    def _subscripts(
        self, item: object, ranges: tuple[tuple[nodes.Expression, nodes.Expression | None], ...]
    ) -> Iterator[object]:
        elements = list(self._elements(item, "array accessor"))
        inner = replace(self, current=item, last=len(elements) - 1)
        for first, last in ranges:
            low = inner._index(first)
            high = low if last is None else inner._index(last)
            if not self.lenient and not 0 <= low <= high < len(elements):
                message = "jsonpath array subscript is out of bounds"
                raise PathError(message, sqlstate=SqlState.INVALID_SQL_JSON_SUBSCRIPT)
            yield from elements[max(low, 0) : max(high + 1, 0)]

    def _index(self, expression: nodes.Expression) -> int:
        found = list(self.find(expression))
        if len(found) != 1 or not isinstance(found[0], Decimal):
            message = "jsonpath array subscript is not a single numeric value"
            raise PathError(message, sqlstate=SqlState.INVALID_SQL_JSON_SUBSCRIPT)
        index = int(found[0])
        if index not in _INT4:
            message = "jsonpath array subscript is out of integer range"
            raise PathError(message, sqlstate=SqlState.INVALID_SQL_JSON_SUBSCRIPT)
        return index

    def _descend(self, item: object, step: nodes.Descendants, rest: tuple[nodes.Step, ...]) -> Iterator[object]:
        """Below it nothing that is missing is an error, neither here nor in the steps that follow."""
        lenient = replace(self, lenient=True)
        if step.first == 0:
            yield from lenient._chain((item,), rest)
        yield from lenient._chain(lenient._below(item, 1, step), rest)

    def _below(self, item: object, level: int, step: nodes.Descendants) -> Iterator[object]:
        if step.last is not None and level > step.last:
            return
        for each in jsonpath_predicates.parts_of(item):
            self.limits.step()
            deepest = step.first is None and step.last is None and not isinstance(each, list | dict)
            if deepest or (step.first is not None and level >= step.first):
                yield each
            if step.last is None or level < step.last:
                yield from self._below(each, level + 1, step)

    def _method(self, item: object, name: str, *, unwrap: bool) -> Iterator[object]:
        if name == "datetime":
            raise unsupported("jsonpath item method .datetime() is not supported by this server")
        if name == "type":
            yield jsonpath_predicates.kind_of(item)
        elif name == "size":
            if isinstance(item, list):
                yield Decimal(len(item))
            elif self.lax:
                yield Decimal(1)
            elif not self.lenient:
                message = "jsonpath item method .size() can only be applied to an array"
                raise PathError(message, sqlstate=SqlState.SQL_JSON_ARRAY_NOT_FOUND)
        elif unwrap and isinstance(item, list):
            for each in item:
                yield from self._method(each, name, unwrap=False)
        elif name == "keyvalue":
            yield from self._pairs(item)
        else:
            yield METHODS[name](item)

    def _pairs(self, item: object) -> Iterator[object]:
        if not isinstance(item, dict):
            message = "jsonpath item method .keyvalue() can only be applied to an object"
            raise PathError(message, sqlstate=SqlState.SQL_JSON_OBJECT_NOT_FOUND)
        number = 0 if item is self.document else self.ids.setdefault(id(item), len(self.ids) + 1)
        for key, value in jsonpath_predicates.fields_of(item):
            yield {"id": Decimal(number), "key": key, "value": value}

    def _compute(self, expression: nodes.Arithmetic) -> Decimal:
        operands: list[Decimal] = []
        for side, operand in (("left", expression.left), ("right", expression.right)):
            found = list(self.find_unwrapped(operand))
            if len(found) != 1 or not isinstance(found[0], Decimal):
                what = f"{side} operand of jsonpath operator {expression.operator} is not a single numeric value"
                raise PathError(what, sqlstate=SqlState.SINGLETON_SQL_JSON_ITEM_REQUIRED)
            operands.append(found[0])
        try:
            return _ARITHMETIC[expression.operator](*operands)
        except InvalidValue as error:
            raise PathError(error.message, sqlstate=error.sqlstate) from error

    def _signed(self, operator: str, operand: nodes.Expression) -> Iterator[object]:
        for item in list(self.find_unwrapped(operand)):
            if not isinstance(item, Decimal):
                message = f"operand of unary jsonpath operator {operator} is not a numeric value"
                raise PathError(message, sqlstate=SqlState.SQL_JSON_NUMBER_NOT_FOUND)
            yield numerics.negate(item) if operator == "-" else item
