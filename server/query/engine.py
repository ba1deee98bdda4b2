"""From a SELECT as it was read to a plan that runs: bound, checked, compiled, its columns and parameters known.

The executor of DESIGN 7 is an evaluator of our own; docs/architecture.md has the reasons and the numbers.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, is_dataclass
from typing import Final

import server.query.functions.loading  # noqa: F401 - registers the functions
from protocol.types import JSON, TEXT, XML, Oid
from server.query.binder import bind_query, settle_parameters
from server.query.binder.context import BindingContext
from server.query.bound import Aggregate, Call, OutputColumn, Query, RelationItem, ThroughText, WindowCall
from server.query.evaluator import Plan, compile_query, explain, explain_as
from server.query.evaluator.memory import keep
from server.query.evaluator.references import may_refer, reference_namer
from server.query.evaluator.trees import is_volatile, walk
from server.query.postgres.casts import find_cast
from server.query.postgres.catalog import relation_rows, system_relations
from server.query.postgres.functions import functions_named
from server.query.postgres.operators import operators_named
from server.query.postgres.types import carrier_of, find_type
from server.query.relations.interface import Row
from server.query.runtime import Runtime
from server.results import Column, Columns
from server.statements.select import Explain, ExplainFormat, Select

# Of formats of EXPLAIN that are not here it is text.
_PLAN_TYPES: Final = {ExplainFormat.JSON: JSON, ExplainFormat.XML: XML}
# What runs where it is, without a thread. A regular expression, for one, does not.
_PROBES: Final = frozenset(
    {
        "current_catalog",
        "current_database",
        "current_role",
        "current_schema",
        "current_schemas",
        "current_setting",
        "current_timestamp",
        "current_user",
        "inet_server_addr",
        "inet_server_port",
        "now",
        "pg_backend_pid",
        "pg_encoding_to_char",
        "pg_is_in_recovery",
        "session_user",
        "set_config",
        "version",
    }
)
_READ_OFTEN: Final = ("pg_type", "pg_class", "pg_attribute", "pg_namespace", "pg_description", "pg_proc", "pg_index")
_CHEAP_OPERATORS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "+", "-"})
_NO_PARTS: Final = frozenset({"function", "equals", "less", "columns"})


@dataclass(frozen=True, slots=True)
class PreparedQuery:
    """A SELECT or EXPLAIN, ready to run any number of times.

    Attributes:
        columns: of its result.
        parameter_types: of `$1`, `$2` .., as given or as inferred.
        is_volatile: it calls a function that may give something else each time, or does something.
        is_passing: it reads what may change while the catalog stays as it is.
        is_probe: it reads no relation and calls nothing that takes time or has an effect.
        is_plain: it calls nothing of the kind either, but reads one relation.
        explains: how it writes a plan, where that is all that it does; has_costs: with what the plan costs.
        has_references: a column may hold values of regclass or its kin.
    """

    plan: Plan
    columns: Columns
    parameter_types: tuple[Oid, ...]
    is_volatile: bool
    is_passing: bool
    is_probe: bool
    is_plain: bool
    explains: ExplainFormat | None
    has_costs: bool
    has_references: bool

    def is_short(self, runtime: Runtime) -> bool:
        """Whether running it takes no longer than asking a thread to do so."""
        if self.is_probe or not self.is_plain:
            return self.is_probe
        key = self.plan.find_key(runtime)
        return key is not None and runtime.database.is_short(*key)

    def run(self, runtime: Runtime) -> list[Row]:
        """All rows, as long as `columns`.

        Raises:
            OdpsError, InvalidValue: as they come.
        """
        match self.explains:
            case None:
                pass
            case ExplainFormat.TEXT:
                return [(line,) for line in explain(self.plan, costs=self.has_costs)]
            case _:
                return [(explain_as(self.plan, self.explains, costs=self.has_costs),)]
        rows: Iterable[Row] = self.plan.run(runtime)
        if self.has_references:
            rows = map(_namer(self.columns, runtime), rows)
        return keep(rows, runtime.limits, len(self.columns))


def warm_up() -> None:
    """Read what every SELECT needs and would otherwise read first: some 100 ms, once for a process."""
    find_type(TEXT)
    functions_named("now")
    operators_named("=")
    find_cast(TEXT, TEXT)
    system_relations()
    for table in _READ_OFTEN:
        relation_rows(table)


def prepare(statement: Select | Explain, context: BindingContext) -> PreparedQuery:
    """Bind and compile; `context.parameter_types` gets the types that were inferred.

    Raises:
        OdpsError: with `at` counted in the statement's text.
        InvalidValue: a constant that is not of its type.
    """
    query = bind_query(statement.query, context)
    settle_parameters(context)
    explains = statement.format if isinstance(statement, Explain) else None
    is_cheap = query.combination is None and explains is None and _is_probe(query.targets)
    columns = _columns(statement, query)
    return PreparedQuery(
        plan=compile_query(query),
        columns=columns,
        parameter_types=tuple(context.parameter_types),
        is_volatile=is_volatile(query),
        is_passing=any(type(each) is RelationItem and each.relation.passes for each, _ in walk(query)),
        is_probe=not query.items and is_cheap,
        is_plain=is_cheap and _is_plain(query),
        explains=explains,
        has_costs=isinstance(statement, Explain) and statement.has_costs,
        has_references=any(may_refer(column.type) for column in columns),
    )


def _is_plain(query: Query) -> bool:
    """Whether the rows of one relation are chosen by comparisons and given as they are."""
    more = query.grouped or query.tables or query.windows or query.has_sets
    return len(query.items) == 1 and not more and _is_probe((query.where, query.limit, query.offset))


def _columns(statement: Select | Explain, query: Query) -> Columns:
    if not isinstance(statement, Explain):
        return tuple(map(_wire_column, query.columns))
    return (Column("QUERY PLAN", _PLAN_TYPES.get(statement.format, TEXT)),)


def _wire_column(column: OutputColumn) -> Column:
    """As clients are told of it: a domain is its base type, a row of a relation a record."""
    row, modifier = find_type(column.type), column.modifier
    if row is not None and row.typtype == "d" and modifier < 0:
        modifier = row.base_modifier
    return Column(column.name, carrier_of(column.type), modifier, column.table, column.table_column)


def _is_probe(node: object) -> bool:
    """Whether it costs next to nothing: literals, and the functions that drivers ask at the beginning."""
    match node:
        case Call(function=function, operator=operator):
            if not (function.name in _PROBES or operator in _CHEAP_OPERATORS):
                return False
        case Query() | ThroughText() | Aggregate() | WindowCall():
            return False
        case _:
            pass
    if isinstance(node, tuple):
        return all(_is_probe(each) for each in node)
    if is_dataclass(node):
        return all(_is_probe(getattr(node, each.name)) for each in fields(node) if each.name not in _NO_PARTS)
    return True


def _namer(columns: Columns, runtime: Runtime) -> Callable[[Row], Row]:
    """What turns the references of a row into what is written."""
    names: list[Callable[[object], object] | None] = [reference_namer(column.type, runtime) for column in columns]

    def name_row(row: Row) -> Row:
        return tuple(
            [value if name is None or value is None else name(value) for name, value in zip(names, row, strict=True)]
        )

    return name_row
