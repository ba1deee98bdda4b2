"""SELECT as it is written: what the dialect reads and the query engine binds.

PostgreSQL's grammar, one frozen value for each of its constructs, names as written (unquoted and folded). Nothing
is resolved yet: whether a name is a column or a row, which function is meant and what type anything has is
for the binder. Places (`at`) are counted in characters from 0 in the text of the statement, are where PostgreSQL
points in its errors, and are left out of comparisons.

Source: PostgreSQL manual, "SELECT", "VALUES", "Value Expressions"; its raw parse tree, parsenodes.h.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from server.statements.values import Identifier, Parameter


@dataclass(frozen=True, slots=True)
class TypeName:
    """A type as written.

    Attributes:
        names: `("int4",)`, `("pg_catalog", "regclass")`. SQL's own spellings stand as PostgreSQL's grammar maps
            them: `integer` is ("pg_catalog", "int4"), `timestamp with time zone` ("pg_catalog", "timestamptz").
        modifiers: the numbers in parentheses; for an interval's fields, the number PostgreSQL's grammar gives.
        dimensions: how many `[]` follow; only whether there are any means something.
        percent_type: `t.c%TYPE`.
    """

    names: tuple[str, ...]
    modifiers: tuple[int, ...] = ()
    dimensions: int = 0
    at: int = field(default=0, compare=False)


# Constants. An integer that fits no int8 and a number with a point or exponent are Number.


@dataclass(frozen=True, slots=True)
class String:
    """A string constant, of unknown type as yet."""

    value: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Number:
    """A numeric constant as written: `1`, `1.5`, `1e9`; a minus directly before it belongs to it, as in PostgreSQL."""

    text: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class BitString:
    """`B'101'` or, with `hexadecimal`, `X'1F'`; the digits as written."""

    digits: str
    hexadecimal: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Boolean:
    value: bool
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Null:
    at: int = field(default=0, compare=False)


# Names.


@dataclass(frozen=True, slots=True)
class ColumnName:
    """`c`, `t.c`, `s.t.c`, `d.s.t.c`: one to four names."""

    names: tuple[str, ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Star:
    """`*` or `t.*` (`qualifier` is then `("t",)`), in a select list or as the argument of a function or row."""

    qualifier: tuple[str, ...] = ()
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FieldOf:
    """`(expression).name`; `name` is None for `(expression).*`."""

    operand: "Expression"
    name: str | None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Subscript:
    """`[index]`, or `[lower:upper]` where `slice`; a bound left out is None."""

    upper: "Expression | None"
    lower: "Expression | None" = None
    slice: bool = False


@dataclass(frozen=True, slots=True)
class Subscripted:
    """`operand[..][..]`, all its subscripts."""

    operand: "Expression"
    subscripts: tuple[Subscript, ...]
    at: int = field(default=0, compare=False)


# Operators.


@dataclass(frozen=True, slots=True)
class Operation:
    """An operator between or before its operands.

    LIKE, ILIKE and NOT LIKE are `~~`, `~~*`, `!~~` as in PostgreSQL's grammar; SIMILAR TO is `~` and `!~` over
    similar_to_escape, ESCAPE like_escape. `!=` is `<>`.

    Attributes:
        name: the operator's characters.
        schema: of `OPERATOR(schema.name)`.
        left: None for a prefix operator.
        at: of the operator.
    """

    name: str
    left: "Expression | None"
    right: "Expression"
    schema: str | None = None
    at: int = field(default=0, compare=False)


class Quantifier(StrEnum):
    ANY = "ANY"
    ALL = "ALL"


@dataclass(frozen=True, slots=True)
class QuantifiedComparison:
    """`left operator ANY (array or subquery)`; `x IN (SELECT ..)` is `= ANY`, NOT IN a Not around it."""

    name: str
    quantifier: Quantifier
    left: "Expression"
    right: "Expression | QueryExpression"
    schema: str | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class InList:
    """`x [NOT] IN (a, b)`."""

    operand: "Expression"
    items: tuple["Expression", ...]
    negated: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Between:
    operand: "Expression"
    low: "Expression"
    high: "Expression"
    negated: bool = False
    symmetric: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """Two or more terms."""

    terms: tuple["Expression", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple["Expression", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    operand: "Expression"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class NullTest:
    """`IS [NOT] NULL`."""

    operand: "Expression"
    negated: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class TruthTest:
    """`IS [NOT] TRUE`, `FALSE` or, with `value` None, `UNKNOWN`."""

    operand: "Expression"
    value: bool | None
    negated: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class DistinctTest:
    """`IS [NOT] DISTINCT FROM`."""

    left: "Expression"
    right: "Expression"
    negated: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Cast:
    """`CAST(x AS t)`, `x::t` and `t 'string'`."""

    operand: "Expression"
    type: TypeName
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Collate:
    operand: "Expression"
    collation: tuple[str, ...]
    at: int = field(default=0, compare=False)


# Constructs with words of their own.


@dataclass(frozen=True, slots=True)
class When:
    """`at` is of the word WHEN."""

    condition: "Expression"
    result: "Expression"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Case:
    """`operand` is what the conditions are compared with, if any."""

    operand: "Expression | None"
    branches: tuple[When, ...]
    default: "Expression | None"
    at: int = field(default=0, compare=False)


class Choice(StrEnum):
    COALESCE = "coalesce"
    GREATEST = "greatest"
    LEAST = "least"
    NULLIF = "nullif"


@dataclass(frozen=True, slots=True)
class Choose:
    """COALESCE, GREATEST, LEAST, NULLIF (the last has two arguments)."""

    choice: Choice
    arguments: tuple["Expression", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ArrayOf:
    """`ARRAY[..]`; within one, a nested `[..]` is an ArrayOf too."""

    elements: tuple["Expression", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class RowOf:
    """`ROW(..)` or `(a, b)`; only the first is `explicit`."""

    fields: tuple["Expression | Star", ...]
    explicit: bool = True
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Grouping:
    """`GROUPING(..)`."""

    arguments: tuple["Expression", ...]
    at: int = field(default=0, compare=False)


class SubqueryKind(StrEnum):
    SCALAR = "scalar"
    EXISTS = "exists"
    ARRAY = "array"


@dataclass(frozen=True, slots=True)
class Subquery:
    """`(SELECT ..)`, `EXISTS (..)`, `ARRAY(..)`."""

    kind: SubqueryKind
    query: "QueryExpression"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class SortItem:
    """`expression [ASC | DESC | USING operator] [NULLS FIRST | LAST]`; `nulls_first` is None when not said."""

    expression: "Expression"
    descending: bool = False
    nulls_first: bool | None = None
    using: str | None = None


@dataclass(frozen=True, slots=True)
class FrameBound:
    """`offset` is None for UNBOUNDED; CURRENT ROW is neither preceding nor following."""

    preceding: bool = False
    following: bool = False
    offset: "Expression | None" = None


@dataclass(frozen=True, slots=True)
class Frame:
    """`unit` is ROWS, RANGE or GROUPS; `exclude` is CURRENT ROW, GROUP, TIES or None."""

    unit: str
    start: FrameBound
    end: FrameBound
    exclude: str | None = None


@dataclass(frozen=True, slots=True)
class WindowDefinition:
    """What stands in the parentheses of OVER or WINDOW; `base` is the window it refines, `OVER w` has only that."""

    base: str | None = None
    partition_by: tuple["Expression", ...] = ()
    order_by: tuple[SortItem, ...] = ()
    frame: Frame | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of a function; `name` for `name => value`."""

    value: "Expression"
    name: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A call, and what SQL spells otherwise but PostgreSQL's grammar makes a call.

    `EXTRACT(f FROM x)` is pg_catalog.extract('f', x), `SUBSTRING(x FROM a FOR b)` pg_catalog.substring(x, a, b),
    `POSITION(a IN b)` pg_catalog.position(b, a), `TRIM(BOTH a FROM b)` pg_catalog.btrim(b, a), `OVERLAY`,
    `x AT TIME ZONE z` pg_catalog.timezone(z, x), `x IS NORMALIZED`, and so on.
    CURRENT_USER, CURRENT_DATE, LOCALTIMESTAMP(n) and their like are calls with `keyword` set: their column is named
    like the function.

    Attributes:
        star: `count(*)`.
        variadic: the last argument is marked VARIADIC.
        within_group: the ORDER BY of WITHIN GROUP.
        over: None where there is no OVER.
    """

    names: tuple[str, ...]
    arguments: tuple[Argument, ...] = ()
    star: bool = False
    distinct: bool = False
    variadic: bool = False
    order_by: tuple[SortItem, ...] = ()
    within_group: tuple[SortItem, ...] = ()
    filter: "Expression | None" = None
    over: WindowDefinition | None = None
    keyword: bool = False
    at: int = field(default=0, compare=False)


Expression = (
    String
    | Number
    | BitString
    | Boolean
    | Null
    | Parameter
    | ColumnName
    | Star
    | FieldOf
    | Subscripted
    | Operation
    | QuantifiedComparison
    | InList
    | Between
    | And
    | Or
    | Not
    | NullTest
    | TruthTest
    | DistinctTest
    | Cast
    | Collate
    | Case
    | Choose
    | ArrayOf
    | RowOf
    | Grouping
    | Subquery
    | FunctionCall
)


# FROM.


@dataclass(frozen=True, slots=True)
class Alias:
    """`AS name (columns)`."""

    name: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TableName:
    """`[ONLY] [[database.]schema.]name [*] [AS alias]`."""

    names: tuple[str, ...]
    alias: Alias | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class DerivedTable:
    """A subquery in FROM."""

    query: "QueryExpression"
    alias: Alias | None
    lateral: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ColumnDefinition:
    """One of `AS t(name type, ..)` after a function that returns records."""

    name: str
    type: TypeName


@dataclass(frozen=True, slots=True)
class FunctionTable:
    """A function in FROM, or several side by side: `ROWS FROM (..)`.

    Attributes:
        definitions: for each function, its own column definitions.
    """

    functions: tuple[Expression, ...]
    definitions: tuple[tuple[ColumnDefinition, ...], ...]
    ordinality: bool = False
    alias: Alias | None = None
    lateral: bool = False
    at: int = field(default=0, compare=False)


class JoinKind(StrEnum):
    INNER = "INNER"
    LEFT = "LEFT"
    RIGHT = "RIGHT"
    FULL = "FULL"
    CROSS = "CROSS"


@dataclass(frozen=True, slots=True)
class Join:
    """`using` is None without USING; `alias` names the whole join, in parentheses or after USING (..)."""

    kind: JoinKind
    left: "FromItem"
    right: "FromItem"
    on: Expression | None = None
    using: tuple[Identifier, ...] | None = None
    natural: bool = False
    alias: Alias | None = None
    using_alias: str | None = None
    at: int = field(default=0, compare=False)


FromItem = TableName | DerivedTable | FunctionTable | Join


# Queries.


@dataclass(frozen=True, slots=True)
class Target:
    """One entry of a select list; `name` is None without AS."""

    expression: Expression
    name: str | None = None


@dataclass(frozen=True, slots=True)
class GroupingSet:
    """`ROLLUP`, `CUBE`, `GROUPING SETS`, or "" for a list in parentheses, within them."""

    kind: str
    items: tuple["Expression | GroupingSet", ...]
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class NamedWindow:
    name: str
    definition: WindowDefinition


@dataclass(frozen=True, slots=True)
class SelectCore:
    """One SELECT without what may follow a set operation.

    Attributes:
        distinct: None, () for DISTINCT, or the expressions of DISTINCT ON.
        group_distinct: GROUP BY DISTINCT.
    """

    targets: tuple[Target, ...]
    from_items: tuple[FromItem, ...] = ()
    where: Expression | None = None
    group_by: tuple["Expression | GroupingSet", ...] = ()
    group_distinct: bool = False
    having: Expression | None = None
    windows: tuple[NamedWindow, ...] = ()
    distinct: tuple[Expression, ...] | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class ValuesList:
    """`VALUES (..), (..)`."""

    rows: tuple[tuple[Expression, ...], ...]
    at: int = field(default=0, compare=False)


class SetOperator(StrEnum):
    UNION = "UNION"
    INTERSECT = "INTERSECT"
    EXCEPT = "EXCEPT"


@dataclass(frozen=True, slots=True)
class SetOperation:
    operator: SetOperator
    all: bool
    left: "SelectCore | ValuesList | SetOperation | QueryExpression"
    right: "SelectCore | ValuesList | SetOperation | QueryExpression"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class CommonTable:
    """One of WITH; `materialized` is None when not said. `search` and `cycle` clauses are not kept."""

    name: str
    columns: tuple[str, ...]
    query: "QueryExpression"
    materialized: bool | None = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class QueryExpression:
    """A whole query: WITH, the body, ORDER BY, LIMIT, OFFSET, FOR UPDATE.

    Attributes:
        limit: None for LIMIT ALL and for none.
        with_ties: FETCH FIRST .. WITH TIES.
        locking: FOR UPDATE or SHARE: taken, since the views it names cannot change under a reader.
    """

    body: "SelectCore | ValuesList | SetOperation | QueryExpression"
    tables: tuple[CommonTable, ...] = ()
    recursive: bool = False
    order_by: tuple[SortItem, ...] = ()
    limit: Expression | None = None
    offset: Expression | None = None
    with_ties: bool = False
    locking: bool = False
    at: int = field(default=0, compare=False)


# Statements.


@dataclass(frozen=True, slots=True)
class Select:
    """SELECT, VALUES, TABLE or WITH as a statement.

    Attributes:
        constants: what stands in its text where the query has `$1`, `$2` ..: strings, of unknown type as yet, and whole
            numbers.
        text: the statement as written, where constants were taken out of it.
        length: of its text, where that may be a long one.
    """

    query: QueryExpression
    constants: tuple[str | int, ...] = ()
    text: str = ""
    length: int = field(default=0, compare=False)


class ExplainFormat(StrEnum):
    """How EXPLAIN writes a plan."""

    TEXT = "text"
    JSON = "json"
    XML = "xml"
    YAML = "yaml"


@dataclass(frozen=True, slots=True)
class Explain:
    """EXPLAIN of a SELECT; `length` as there."""

    query: QueryExpression
    format: ExplainFormat = ExplainFormat.TEXT
    has_costs: bool = True
    length: int = field(default=0, compare=False)
