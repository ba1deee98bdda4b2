"""SELECTs that differ in nothing but constants: the next one is not read, and finds the plan of the one before.

Programs send the same query again and again with another name or number in its conditions. The constants are taken out
of the text; what is left is known by its characters. In the query that was read of the first such text, the constants
that are compared in WHERE and ON are parameters, as if the client had prepared it; all others (a type's length, what
ORDER BY or GROUP BY names, what is selected) must be the same. What PostgreSQL does with a constant of unknown type it
does with a parameter of unknown type; where that is not so, or anything is wrong, `Select.text` is read as it stands.

Reading, binding and compiling are four fifths of what a query of information_schema costs, and all but a tenth of what
looking up a model costs.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from server.statements.select import (
    And,
    Between,
    DerivedTable,
    Expression,
    FromItem,
    InList,
    Join,
    Not,
    Number,
    Operation,
    Or,
    QuantifiedComparison,
    QueryExpression,
    Select,
    SelectCore,
    SetOperation,
    String,
    Subquery,
    SubqueryKind,
    ValuesList,
)
from server.statements.values import Parameter

_BEGIN: Final = re.compile(r"[\s(]*+(?:select|with)\b", re.IGNORECASE)
# Both begin with the characters that a match can begin with, so that the search leaps to these: six times as fast.
# A string, a quote that is more or less than one, a whole number that fits an int8, a quoted name.
_CONSTANT: Final = re.compile(
    r"""['"0-9](?:
        (?<=') (?: (?<![\w&]') ((?:[^']|'')*+') | () )
        | (?<=[0-9]) (?<![\w.].) ([0-9]{0,17}+) (?![\w.])
        | (?<=") [^"]*+"
    )""",
    re.VERBOSE,
)
# Where a quote may be none, and where there may be two statements; behind all strings and quoted names.
_STRANGE: Final = re.compile(r"""[-/$";](?:(?<=-)-|(?<=/)\*|(?<=[$"])|(?<=;)(?!\s*\Z))""")
_STRANGE_STRING: Final = 2
# No text holds a zero; what is strange becomes so.
_MARKS: Final = {1: "\0s", _STRANGE_STRING: "$", 3: "\0n"}
_COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "~~", "!~~", "~~*", "!~~*", "~", "!~", "~*", "!~*"})
_MOST_CONSTANTS: Final = 64
# A text of 4,096 characters is a query of 100 KiB or more.
_MOST_QUERIES: Final = 1024

_Key = tuple[str, tuple[int, ...], tuple[str, ...]]
_K = TypeVar("_K")
_V = TypeVar("_V")


@dataclass(frozen=True, slots=True)
class Cut:
    """A text without its constants, and these as written, with the place of each."""

    rest: str
    constants: tuple[str, ...]
    places: tuple[int, ...]


class Templates:
    """Those that are known; the ones that no text was like for longest give way."""

    def __init__(self) -> None:
        # By `Cut.rest`: which of the constants are parameters.
        self._chosen: dict[str, tuple[int, ...]] = {}
        # By that, what is chosen, and the other constants.
        self._queries: dict[_Key, QueryExpression] = {}

    def find(self, cut: Cut, text: str) -> Select | None:
        """The query that was read of a text like this one, with the constants of this one."""
        chosen = _take_up(self._chosen, cut.rest)
        if chosen is None:
            return None
        query = _take_up(self._queries, _key(cut, chosen))
        return None if query is None else _with_constants(query, cut, chosen, text)

    def add(self, cut: Cut, select: Select, start: int, text: str) -> Select:
        """The query with its constants taken out, kept for the next; itself where there are none to take.

        Args:
            select: what `text` reads as.
            start: where its places count from.
        """
        places = {place - start: index for index, place in enumerate(cut.places)}
        taking = _Taking(cut, places)
        query = taking.query(select.query)
        if not taking.chosen:
            return select
        chosen = tuple(taking.chosen)
        _forget_oldest(self._chosen)
        _forget_oldest(self._queries)
        self._chosen[cut.rest] = chosen
        self._queries[_key(cut, chosen)] = query
        return _with_constants(query, cut, chosen, text)


def cut_constants(text: str) -> Cut | None:
    """None for what is no single query, or may hold a constant that is not seen."""
    if _BEGIN.match(text) is None or "\\" in text or "\0" in text:
        return None
    constants: list[str] = []
    places: list[int] = []
    names: list[str] = []

    def take(found: re.Match[str]) -> str:
        kind = found.lastindex
        if kind is None:
            names.append(found[0])
            return "\0i"
        if kind != _STRANGE_STRING:
            constants.append(found[0])
            places.append(found.start())
        return _MARKS[kind]

    rest = _CONSTANT.sub(take, text)
    if not 0 < len(constants) <= _MOST_CONSTANTS or _STRANGE.search(rest) is not None:
        return None
    return Cut("\0".join((rest, *names)), tuple(constants), tuple(places))


def _key(cut: Cut, chosen: tuple[int, ...]) -> _Key:
    return cut.rest, chosen, tuple([each for index, each in enumerate(cut.constants) if index not in chosen])


def _forget_oldest(kept: dict[_K, _V]) -> None:
    if len(kept) >= _MOST_QUERIES:
        del kept[next(iter(kept))]


def _take_up(kept: dict[_K, _V], key: _K) -> _V | None:
    """What is kept, which is now the last to be forgotten."""
    found = kept.pop(key, None)
    if found is not None:
        kept[key] = found
    return found


def _with_constants(query: QueryExpression, cut: Cut, chosen: tuple[int, ...], text: str) -> Select:
    return Select(query, tuple([_value(cut.constants[index]) for index in chosen]), text)


def _value(written: str) -> str | int:
    return written[1:-1].replace("''", "'") if written[0] == "'" else int(written)


@dataclass(slots=True)
class _Taking:
    """Puts parameters in the place of constants, in conditions only.

    Attributes:
        places: the number of each constant of the text, by its place in the statement.
        chosen: the numbers of those that became parameters, in order of the parameters.
    """

    cut: Cut
    places: dict[int, int]
    chosen: list[int] = field(default_factory=list)

    def query(self, query: QueryExpression) -> QueryExpression:
        tables = tuple([replace(table, query=self.query(table.query)) for table in query.tables])
        return replace(query, tables=tables, body=self._body(query.body))

    def _body(
        self, body: SelectCore | ValuesList | SetOperation | QueryExpression
    ) -> SelectCore | ValuesList | SetOperation | QueryExpression:
        match body:
            case SelectCore():
                items = tuple([self._item(item) for item in body.from_items])
                return replace(body, from_items=items, where=self._condition(body.where))
            case SetOperation():
                return replace(body, left=self._body(body.left), right=self._body(body.right))
            case QueryExpression():
                return self.query(body)
            case ValuesList():
                return body

    def _item(self, item: FromItem) -> FromItem:
        match item:
            case DerivedTable():
                return replace(item, query=self.query(item.query))
            case Join():
                left, right = self._item(item.left), self._item(item.right)
                return replace(item, left=left, right=right, on=self._condition(item.on))
            case _:
                return item

    def _condition(self, expression: Expression | None) -> Expression | None:
        return None if expression is None else self._inside(expression)

    def _inside(self, expression: Expression) -> Expression:
        match expression:
            case And() | Or():
                return replace(expression, terms=tuple([self._inside(term) for term in expression.terms]))
            case Not():
                return replace(expression, operand=self._inside(expression.operand))
            case Operation(name=name, left=left, right=right) if left is not None and name in _COMPARISONS:
                return replace(expression, left=self._operand(left), right=self._operand(right))
            case Between():
                low, high = self._operand(expression.low), self._operand(expression.high)
                return replace(expression, operand=self._operand(expression.operand), low=low, high=high)
            case InList():
                items = tuple([self._operand(item) for item in expression.items])
                return replace(expression, operand=self._operand(expression.operand), items=items)
            case QuantifiedComparison(right=QueryExpression() as query):
                return replace(expression, right=self.query(query))
            case Subquery(kind=SubqueryKind.EXISTS | SubqueryKind.SCALAR):
                return replace(expression, query=self.query(expression.query))
            case _:
                return expression

    def _operand(self, expression: Expression) -> Expression:
        match expression:
            case String(value, at) | Number(value, at):
                index = self.places.get(at)
                if index is None or not self._is(value, self.cut.constants[index]):
                    return expression
                self.chosen.append(index)
                return Parameter(len(self.chosen), at)
            case _:
                return self._inside(expression)

    @staticmethod
    def _is(value: str, written: str) -> bool:
        """Whether a constant of the query is what stands at its place, and nothing more."""
        known = _value(written)
        return value == (known if isinstance(known, str) else written)
