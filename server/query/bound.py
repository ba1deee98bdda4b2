"""A query whose every name, type and function is known: what the binder gives and the evaluator runs.

As in PostgreSQL's primnodes.h and its Query node, with the parts that a reader's query can have. All values are
frozen and compare by what they mean, so that "is this expression one of GROUP BY" is `==`.
`type` is always the OID of the expression's type, `modifier` its type modifier (-1: none).

A row source ("item") of a query has a number, its index in `Query.items`. A column is named by its item, its number
in it (from 1; negative for system columns, 0 for the row as a whole) and how many queries outwards the item is
(`level`, 0 for the query the expression stands in).
"""

from dataclasses import dataclass
from typing import Final, Literal

from protocol.types import BOOL, NO_TYPE, Oid
from server.query.functions.signature import Function
from server.query.relations.interface import Relation


@dataclass(frozen=True, slots=True)
class Constant:
    """`value` is the Python value of the type (protocol/codecs.py), None for NULL."""

    value: object
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class ParameterValue:
    """`$number`; its value comes with each run."""

    number: int
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class Column:
    item: int
    number: int
    type: Oid
    modifier: int = -1
    level: int = 0


@dataclass(frozen=True, slots=True)
class GroupedColumn:
    """Never made by the binder: what the evaluator puts in the place of what GROUP BY has computed."""

    index: int
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class Call:
    """A function, or the function behind an operator.

    Attributes:
        arguments: already coerced to the function's types; the arguments of a variadic function stand one by one
            unless `variadic` says that the last one is the array.
        operator: the operator's name where it was written as one: `=` between values of one type may be hashed.
        returns_set: stands in FROM or in a select list.
        fields: (name, type, modifier) of the row that it gives, where nothing but its place of use says so.
    """

    function: Function
    arguments: tuple["Expression", ...]
    type: Oid
    modifier: int = -1
    operator: str = ""
    variadic: bool = False
    returns_set: bool = False
    fields: tuple[tuple[str, Oid, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Logical:
    """AND, OR of two or more, or NOT of one; three-valued."""

    operator: Literal["AND", "OR", "NOT"]
    arguments: tuple["Expression", ...]
    type: Oid = BOOL
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class IsNull:
    """`IS [NOT] NULL`. Of a row (`of_row`): all its fields are (not) NULL."""

    operand: "Expression"
    negated: bool = False
    of_row: bool = False
    type: Oid = BOOL
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class IsTruth:
    operand: "Expression"
    value: bool | None
    negated: bool = False
    type: Oid = BOOL
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class IsDistinct:
    """`equals` is the function of `=` for the two, already coerced."""

    left: "Expression"
    right: "Expression"
    equals: Function
    negated: bool = False
    type: Oid = BOOL
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class ArrayComparison:
    """`left operator ANY|ALL (array)`, also for IN over a list; `function` takes an element of the array."""

    left: "Expression"
    array: "Expression"
    function: Function
    every: bool
    operator: str = "="
    type: Oid = BOOL
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class RowComparison:
    """`(a, b) < (c, d)`: one function of `operator` and one of `=` for each pair, with `=` and `<>` only the first.

    `functions[i]` compares pair i by `operator` ("<", "<=", ">", ">=", "=", "<>"), `equals[i]` tells that it is equal.
    """

    left: tuple["Expression", ...]
    right: tuple["Expression", ...]
    operator: str
    functions: tuple[Function, ...]
    equals: tuple[Function, ...]
    type: Oid = BOOL
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class CaseOperand:
    """Within the conditions of a CASE with an operand: its value, computed once."""

    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class Case:
    """`branches` are (condition, result); conditions are boolean and contain CaseOperand if there is an operand."""

    operand: "Expression | None"
    branches: tuple[tuple["Expression", "Expression"], ...]
    default: "Expression | None"
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class Coalesce:
    arguments: tuple["Expression", ...]
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class NullIf:
    """`equals` takes `left` and `right` as coerced in `arguments`; the result is `result`, the left one as it was."""

    result: "Expression"
    arguments: tuple["Expression", "Expression"]
    equals: Function
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class Extreme:
    """GREATEST and LEAST; `less` is `<` of the common type."""

    arguments: tuple["Expression", ...]
    greatest: bool
    less: Function
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class MakeArray:
    """ARRAY[..]; `nested`: the elements are arrays themselves and become its dimensions."""

    elements: tuple["Expression", ...]
    element_type: Oid
    type: Oid
    nested: bool = False
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class MakeRow:
    """ROW(..): a `protocol.arrays.Record` of the fields' types and values; `names` are f1, f2 .. or the columns'."""

    fields: tuple["Expression", ...]
    names: tuple[str, ...]
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class Field:
    """Field `index` (from 0) of a record."""

    operand: "Expression"
    index: int
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class ElementOf:
    """`array[i]..`, or a slice: then `subscripts` are pairs (lower, upper), None where left out.

    Vectors (int2vector, oidvector) count from 0.
    """

    operand: "Expression"
    subscripts: tuple[tuple["Expression | None", "Expression | None"], ...]
    slice: bool
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class Relabel:
    """The same value under another type: a binary-coercible cast, a domain, an enum's text."""

    operand: "Expression"
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class ThroughText:
    """A cast by writing the value as text and reading that as the type (PostgreSQL's CoerceViaIO)."""

    operand: "Expression"
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class ConvertElements:
    """An array cast element by element; `element` converts `CaseOperand`, which stands for one."""

    operand: "Expression"
    element: "Expression"
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class ScalarSubquery:
    """The value of the only row's only column; NULL without a row, error 21000 with more than one."""

    query: "Query"
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class ArraySubquery:
    query: "Query"
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class Exists:
    query: "Query"
    type: Oid = BOOL
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class InSubquery:
    """`left operator ANY|ALL (query)`, `left` with one expression or more.

    Attributes:
        conditions: for each pair the comparison, a boolean expression in which CaseOperand is not used: the left side
            stands as it is, the right side as `SubqueryColumn`.
        operator: `=`, `<>`, `<` ..; with `=` and no `every` it may be hashed.
    """

    left: tuple["Expression", ...]
    query: "Query"
    conditions: tuple["Expression", ...]
    operator: str
    every: bool
    type: Oid = BOOL
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class SubqueryColumn:
    """Within the conditions of InSubquery: column `index` (from 0) of the subquery's row."""

    index: int
    type: Oid
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class Sort:
    """`less` is `<` of the type: the evaluator may use any order that agrees with it."""

    expression: "Expression"
    descending: bool
    nulls_first: bool
    less: Function


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregate of the query at `level`.

    Attributes:
        direct: the direct arguments of an ordered-set aggregate; its `order_by` is WITHIN GROUP.
    """

    function: Function
    arguments: tuple["Expression", ...]
    type: Oid
    distinct: bool = False
    star: bool = False
    order_by: tuple[Sort, ...] = ()
    direct: tuple["Expression", ...] = ()
    filter: "Expression | None" = None
    variadic: bool = False
    level: int = 0
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class WindowCall:
    """A window function, or an aggregate as one (`function.kind` tells); `window` is an index of Query.windows."""

    function: Function
    arguments: tuple["Expression", ...]
    window: int
    type: Oid
    star: bool = False
    filter: "Expression | None" = None
    modifier: int = -1


@dataclass(frozen=True, slots=True)
class GroupingCall:
    """GROUPING(..): indexes of Query.group_by, the first one is the most significant bit."""

    keys: tuple[int, ...]
    type: Oid
    modifier: int = -1


Expression = (
    Constant
    | ParameterValue
    | Column
    | GroupedColumn
    | Call
    | Logical
    | IsNull
    | IsTruth
    | IsDistinct
    | ArrayComparison
    | RowComparison
    | CaseOperand
    | Case
    | Coalesce
    | NullIf
    | Extreme
    | MakeArray
    | MakeRow
    | Field
    | ElementOf
    | Relabel
    | ThroughText
    | ConvertElements
    | ScalarSubquery
    | ArraySubquery
    | Exists
    | InSubquery
    | SubqueryColumn
    | Aggregate
    | WindowCall
    | GroupingCall
)


# Row sources.


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """A column of a row source or of a result, and where it comes from, for RowDescription (0: from no table)."""

    name: str
    type: Oid
    modifier: int = -1
    table: Oid = NO_TYPE
    table_column: int = 0


@dataclass(frozen=True, slots=True)
class RelationItem:
    """The rows of a relation that has rows of its own; a view with a definition is a QueryItem."""

    relation: Relation
    columns: tuple[OutputColumn, ...]


@dataclass(frozen=True, slots=True)
class QueryItem:
    """A subquery in FROM, or a view.

    Attributes:
        lateral: it may name columns of the items before it (level 1 within the query).
        view: the OID of the view it stands for, else 0.
    """

    query: "Query"
    columns: tuple[OutputColumn, ...]
    lateral: bool = False
    view: Oid = NO_TYPE


@dataclass(frozen=True, slots=True)
class FunctionItem:
    """Functions side by side, their rows padded with NULL.

    The expressions may name columns of the items before (level 0, since they stand in this very query).

    Attributes:
        widths: how many columns each function gives: one value, or the fields of a tuple where `returns_row` says so.
        ordinality: a last column counts the rows from 1.
    """

    functions: tuple[Expression, ...]
    widths: tuple[int, ...]
    returns_row: tuple[bool, ...]
    columns: tuple[OutputColumn, ...]
    ordinality: bool = False


@dataclass(frozen=True, slots=True)
class ValuesItem:
    """VALUES: rows of expressions, all as long as `columns`; they name other items only where `lateral`."""

    rows: tuple[tuple[Expression, ...], ...]
    columns: tuple[OutputColumn, ...]
    lateral: bool = False


@dataclass(frozen=True, slots=True)
class CommonItem:
    """A reference to a common table: `index` in the `tables` of the query `level` queries outwards.

    `working`: within the recursive part, the rows of the last round only.
    """

    index: int
    level: int
    columns: tuple[OutputColumn, ...]
    working: bool = False


Item = RelationItem | QueryItem | FunctionItem | ValuesItem | CommonItem


@dataclass(frozen=True, slots=True)
class ItemSource:
    """One item, by its index in Query.items."""

    item: int


@dataclass(frozen=True, slots=True)
class JoinSource:
    """CROSS is INNER without a condition. Columns that USING merges are already Coalesce or a side's column."""

    kind: Literal["INNER", "LEFT", "RIGHT", "FULL"]
    left: "Source"
    right: "Source"
    condition: Expression | None


Source = ItemSource | JoinSource


# Queries.


@dataclass(frozen=True, slots=True)
class TargetColumn:
    """A column that the query computes; `hidden` ones are only for ORDER BY, DISTINCT ON."""

    name: str
    expression: Expression
    hidden: bool = False
    table: Oid = NO_TYPE
    table_column: int = 0


@dataclass(frozen=True, slots=True)
class OrderKey:
    """`target` is an index of Query.targets, or of the columns of a set operation."""

    target: int
    descending: bool
    nulls_first: bool
    less: Function


@dataclass(frozen=True, slots=True)
class FrameEdge:
    """`kind`: UNBOUNDED PRECEDING, PRECEDING, CURRENT ROW, FOLLOWING, UNBOUNDED FOLLOWING.

    PRECEDING and FOLLOWING have an `offset`.
    """

    kind: str
    offset: Expression | None = None


@dataclass(frozen=True, slots=True)
class WindowFrame:
    """For RANGE with an offset, `in_range` are the functions `key - offset` and `key + offset` of the ORDER BY type."""

    unit: Literal["ROWS", "RANGE", "GROUPS"]
    start: FrameEdge
    end: FrameEdge
    exclude: str | None = None
    subtract: Function | None = None
    add: Function | None = None


@dataclass(frozen=True, slots=True)
class Window:
    partition_by: tuple[Expression, ...]
    order_by: tuple[Sort, ...]
    frame: WindowFrame


@dataclass(frozen=True, slots=True)
class CommonTable:
    """`recursive`: `query` is a set operation UNION [ALL] whose right side reads itself as a `working` CommonItem."""

    name: str
    query: "Query"
    recursive: bool = False


@dataclass(frozen=True, slots=True)
class Combination:
    """A set operation over queries whose columns already have the common types."""

    operator: Literal["UNION", "INTERSECT", "EXCEPT"]
    all: bool
    left: "Query"
    right: "Query"


DEFAULT_FRAME: Final = WindowFrame("RANGE", FrameEdge("UNBOUNDED PRECEDING"), FrameEdge("CURRENT ROW"))


@dataclass(frozen=True, slots=True)
class Query:
    """A SELECT, or a set operation: then `combination` is set and only `tables`, `order_by`, `limit`, `offset` besides.

    Attributes:
        columns: the visible columns of the result.
        sources: what FROM lists, crossed; lateral items come after what they name.
        group_by: the expressions; () with aggregates makes one group. `grouped` says that there is grouping at all.
        grouping_sets: each a set of indexes of `group_by`; () for plain GROUP BY.
        distinct: None, or the targets that must differ (all visible ones for plain DISTINCT).
        has_sets: a target holds a call that returns a set.
        limit, offset: of type int8; NULL is none.
        with_ties: LIMIT takes in the rows equal to the last one by `order_by`.
    """

    columns: tuple[OutputColumn, ...]
    items: tuple[Item, ...] = ()
    sources: tuple[Source, ...] = ()
    where: Expression | None = None
    targets: tuple[TargetColumn, ...] = ()
    grouped: bool = False
    group_by: tuple[Expression, ...] = ()
    grouping_sets: tuple[tuple[int, ...], ...] = ()
    having: Expression | None = None
    windows: tuple[Window, ...] = ()
    distinct: tuple[int, ...] | None = None
    order_by: tuple[OrderKey, ...] = ()
    limit: Expression | None = None
    offset: Expression | None = None
    with_ties: bool = False
    tables: tuple[CommonTable, ...] = ()
    combination: Combination | None = None
    has_sets: bool = False
