from collections import Counter
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol.errors import InvalidValue
from protocol.sqlstate import SqlState
from protocol.types import BOOL, INT4, INT8
from server.errors import Condition, OdpsError
from server.query.bound import (
    DEFAULT_FRAME,
    Aggregate,
    ArrayComparison,
    Call,
    Case,
    CaseOperand,
    Combination,
    CommonItem,
    CommonTable,
    Constant,
    ElementOf,
    Exists,
    Expression,
    FunctionItem,
    GroupingCall,
    InSubquery,
    MakeArray,
    OutputColumn,
    ParameterValue,
    Query,
    QueryItem,
    ScalarSubquery,
    Sort,
    SubqueryColumn,
    ValuesItem,
    Window,
    WindowCall,
)
from server.query.functions.registry import function as register
from server.query.functions.signature import FunctionKind
from server.query.relations.interface import Row
from tests.unit.server.query.answering import answer
from tests.unit.server.query.evaluator.scenes import (
    COUNT_STAR,
    EQ,
    LT,
    SUM,
    Tables,
    ascending,
    column,
    equal,
    function,
    integer,
    item,
    less,
    run,
    select,
    table,
)

NUMBER = st.one_of(st.none(), st.integers(0, 3))
FLAGS = st.tuples(st.booleans(), st.booleans())
ROWS = st.lists(st.tuples(NUMBER, NUMBER), max_size=8)
A, B = table(1), table(2)
COUNT = Aggregate(COUNT_STAR, (), INT8, star=True)


@register("evaluator_test_series")
def _series(stop: int) -> range:
    return range(1, stop + 1)


SERIES = function("evaluator_test_series", (INT4,), INT4, returns_set=True)


def series(stop: Expression) -> Call:
    return Call(SERIES, (stop,), INT4, returns_set=True)


def tables_of(*stored: list[Row]) -> Tables:
    tables = Tables()
    for relation, rows in zip((A, B), stored, strict=False):
        tables.stored[relation.oid] = rows
    return tables


def test_a_query_without_from_gives_one_row() -> None:
    assert run(select([integer(1), ParameterValue(1, INT4)]), values=[7]) == [(1, 7)]


def test_an_equality_with_a_parameter_uses_the_index() -> None:
    tables = tables_of([(1, 10), (2, 20), (1, 30)])

    rows = run(select([column(0, 2)], [item(A)], where=equal(column(0, 1), ParameterValue(1, INT4))), tables, [1])

    assert rows == [(10,), (30,)]
    assert (tables.lookups, tables.scans) == (1, 0)


@given(
    rows=ROWS, descending=st.tuples(st.booleans(), st.booleans()), nulls_first=st.tuples(st.booleans(), st.booleans())
)
def test_order_by_follows_each_key_in_turn(
    rows: list[Row], descending: tuple[bool, bool], nulls_first: tuple[bool, bool]
) -> None:
    keys = tuple(ascending(at, descending=descending[at], nulls_first=nulls_first[at]) for at in (0, 1))

    found = run(select([column(0, 1), column(0, 2)], [item(A)], order_by=keys), tables_of(rows))

    def place(row: Row) -> list[tuple[bool, int]]:
        places: list[tuple[bool, int]] = []
        for value, first, down in zip(row, nulls_first, descending, strict=True):
            number = 0 if value is None else int(str(value))
            places.append(((value is None) != first, -number if down else number))
        return places

    assert found == sorted(rows, key=place)


@given(rows=ROWS)
def test_distinct_takes_null_as_a_value(rows: list[Row]) -> None:
    found = run(select([column(0, 1), column(0, 2)], [item(A)], distinct=(0, 1)), tables_of(rows))

    assert Counter(found) == Counter(set(rows))


def test_distinct_on_keeps_the_first_by_order() -> None:
    query = select(
        [column(0, 1), column(0, 2)], [item(A)], distinct=(0,), order_by=(ascending(0), ascending(1, descending=True))
    )

    assert run(query, tables_of([(1, 1), (2, 5), (1, 3), (2, 4)])) == [(1, 3), (2, 5)]


@given(rows=ROWS)
def test_grouping_counts_and_sums_each_key(rows: list[Row]) -> None:
    total = Aggregate(SUM, (column(0, 2),), INT8)
    query = select([column(0, 1), COUNT, total], [item(A)], grouped=True, group_by=(column(0, 1),))

    found = run(query, tables_of(rows))

    expected: Counter[Row] = Counter()
    for key in {row[0] for row in rows}:
        values = [row[1] for row in rows if row[0] == key]
        present = [value for value in values if isinstance(value, int)]
        expected[key, len(values), sum(present) if present else None] += 1
    assert Counter(found) == expected


def test_aggregates_over_no_rows_make_one_group() -> None:
    query = select([COUNT, Aggregate(SUM, (column(0, 2),), INT8)], [item(A)], grouped=True)

    assert run(query, tables_of([])) == [(0, None)]


def test_grouping_without_rows_has_no_groups_when_there_are_keys() -> None:
    query = select([COUNT], [item(A)], grouped=True, group_by=(column(0, 1),))

    assert run(query, tables_of([])) == []


def test_grouping_sets_tell_which_keys_are_left_out() -> None:
    keys = (column(0, 1), column(0, 2))
    targets: list[Expression] = [*keys, GroupingCall((0, 1), INT4), COUNT]
    query = select(targets, [item(A)], grouped=True, group_by=keys, grouping_sets=((0, 1), (0,), ()))

    found = run(query, tables_of([(1, 5), (1, 6)]))

    assert found == [(1, 5, 0, 1), (1, 6, 0, 1), (1, None, 1, 2), (None, None, 3, 2)]


def test_an_aggregate_within_a_subquery_may_belong_to_the_query_around_it() -> None:
    outer_count = Aggregate(COUNT_STAR, (), INT8, star=True, level=1)
    query = select([ScalarSubquery(select([outer_count]), INT8)], [item(A)], grouped=True)

    assert run(query, tables_of([(1, 1), (2, 2)])) == [(2,)]


def test_distinct_aggregates_take_each_value_once_and_filter_before() -> None:
    total = Aggregate(SUM, (column(0, 2),), INT8, filter=less(column(0, 1), integer(3)))

    assert run(select([total], [item(A)], grouped=True), tables_of([(1, 5), (2, 6), (3, 100)])) == [(11,)]


OPERATORS = ["UNION", "INTERSECT", "EXCEPT"]


def test_what_where_asks_of_no_row_is_asked_before_any_is_read() -> None:
    there = tables_of([(1, 10)])

    assert run(select([column(0, 1)], [item(A)], where=equal(integer(1), integer(2))), there) == []
    assert (there.lookups, there.scans) == (0, 0)


@pytest.mark.parametrize("all_rows", [False, True])
@pytest.mark.parametrize("operator", OPERATORS)
@given(left=ROWS, right=ROWS)
def test_set_operations_count_as_postgresql_does(
    operator: Literal["UNION", "INTERSECT", "EXCEPT"], all_rows: bool, left: list[Row], right: list[Row]
) -> None:
    sides = [select([column(0, 1), column(0, 2)], [item(each)]) for each in (A, B)]
    query = Query(sides[0].columns, combination=Combination(operator, all_rows, *sides))

    found = Counter(run(query, tables_of(left, right)))

    one, other = Counter(left), Counter(right)
    expected = {"UNION": one + other, "INTERSECT": one & other, "EXCEPT": one - other}[operator]
    if not all_rows:
        distinct = {
            "UNION": set(left) | set(right),
            "INTERSECT": set(left) & set(right),
            "EXCEPT": set(left) - set(right),
        }
        expected = Counter(distinct[operator])
    assert found == expected


def plus_one(operand: Expression) -> Call:
    return Call(function("evaluator_test_plus_one", (INT4,), INT4), (operand,), INT4)


@register("evaluator_test_plus_one")
def _plus_one(value: int) -> int:
    return value + 1


@pytest.mark.parametrize("all_rows", [False, True])
def test_a_recursive_common_table_runs_until_nothing_is_new(all_rows: bool) -> None:
    columns = (OutputColumn("n", INT4),)
    seed = select([integer(1)])
    working = CommonItem(0, 2, columns, working=True)
    step = select([plus_one(column(0, 1))], [working], where=less(column(0, 1), integer(4)))
    body = Query(columns, combination=Combination("UNION", all_rows, seed, step))
    query = select([column(0, 1)], [CommonItem(0, 0, columns)], tables=(CommonTable("t", body, recursive=True),))

    assert run(query) == [(1,), (2,), (3,), (4,)]


def test_a_common_table_is_computed_once() -> None:
    columns = (OutputColumn("n", INT4),)
    tables = tables_of([(1, 1), (2, 2)])
    common = CommonTable("t", select([column(0, 1)], [item(A)]))
    items = [CommonItem(0, 0, columns), CommonItem(0, 0, columns)]
    query = select([column(0, 1), column(1, 1)], items, tables=(common,), where=equal(column(0, 1), column(1, 1)))

    assert run(query, tables) == [(1, 1), (2, 2)]
    assert tables.scans == 1


def test_a_correlated_subquery_runs_once_for_each_value_it_reads() -> None:
    tables = tables_of([(1, 0), (1, 0), (2, 0), (None, 0)], [(1, 10), (2, 20)])
    inner = select([column(0, 2)], [item(B)], where=equal(column(0, 1), column(0, 1, level=1)))

    rows = run(select([ScalarSubquery(inner, INT4)], [item(A)]), tables)

    assert rows == [(10,), (10,), (20,), (None,)]
    assert tables.lookups == 2


def test_a_scalar_subquery_of_two_rows_is_an_error() -> None:
    with pytest.raises(InvalidValue, match="more than one row returned") as caught:
        run(select([ScalarSubquery(select([column(0, 1)], [item(A)]), INT4)]), tables_of([(1, 1), (2, 2)]))
    assert caught.value.sqlstate is SqlState.CARDINALITY_VIOLATION


def test_exists_asks_for_each_outer_row() -> None:
    inner = select([integer(1)], [item(B)], where=equal(column(0, 1), column(0, 2, level=1)))

    rows = run(select([column(0, 1)], [item(A)], where=Exists(inner)), tables_of([(1, 5), (2, 6)], [(6, 0)]))

    assert rows == [(2,)]


def test_a_subquery_that_reads_nothing_around_it_is_read_once_for_all_rows() -> None:
    tables = Tables()
    tables.stored[A.oid] = [(number, 0) for number in range(20)]
    left, inner = column(0, 1), select([column(0, 1)], [item(A)])
    question = InSubquery((left,), inner, (equal(left, SubqueryColumn(0, INT4)),), "=", every=False)

    rows = run(select([left], [item(A)], where=question), tables)

    assert len(rows) == 20
    assert tables.scans == 2


@pytest.mark.parametrize(("there", "expected"), [([1, 2], True), ([2], False), ([2, None], None), ([], False)], ids=str)
def test_in_is_unknown_when_null_might_be_it(there: list[int | None], expected: bool | None) -> None:
    inner = select([column(0, 1)], [item(A)])
    question = InSubquery((integer(1),), inner, (equal(integer(1), SubqueryColumn(0, INT4)),), "=", every=False)

    assert run(select([question]), tables_of([(each, 0) for each in there])) == [(expected,)]


def test_any_and_all_over_a_subquery_compare_row_by_row() -> None:
    inner = select([column(0, 1)], [item(A)])
    condition = (less(integer(1), SubqueryColumn(0, INT4)),)
    questions = [InSubquery((integer(1),), inner, condition, "<", every=every) for every in (False, True)]

    assert run(select(questions), tables_of([(1, 0), (2, 0)])) == [(True, False)]


@pytest.mark.parametrize(
    ("elements", "expected"), [([1, 2], True), ([2], False), ([2, None], None), ([], False)], ids=str
)
def test_in_a_list(elements: list[int | None], expected: bool | None) -> None:
    array = MakeArray(tuple(integer(each) for each in elements), INT4, INT4_ARRAY)

    assert run(select([ArrayComparison(integer(1), array, EQ, every=False)])) == [(expected,)]


INT4_ARRAY = type(INT4)(1007)


@pytest.mark.parametrize(("index", "expected"), [(1, 10), (2, 20), (0, None), (3, None)])
def test_a_subscript_out_of_range_is_null(index: int, expected: int | None) -> None:
    array = Constant([10, 20], INT4_ARRAY)

    assert run(select([ElementOf(array, ((None, integer(index)),), False, INT4)])) == [(expected,)]


def test_a_slice_is_cut_to_what_is_there() -> None:
    array = Constant([10, 20, 30], INT4_ARRAY)
    bounds = ((integer(2), integer(9)),)

    assert run(select([ElementOf(array, bounds, True, INT4_ARRAY)])) == [([20, 30],)]


def test_case_computes_its_operand_once_for_all_conditions() -> None:
    branches = tuple((equal(CaseOperand(INT4), integer(at)), integer(at * 10)) for at in (1, 2))
    case = Case(column(0, 1), branches, integer(0), INT4)

    assert run(select([case], [item(A)]), tables_of([(1, 0), (2, 0), (3, 0)])) == [(10,), (20,), (0,)]


def test_sets_in_the_select_list_run_side_by_side() -> None:
    query = select([series(integer(1)), series(integer(3))], has_sets=True)

    assert run(query) == [(1, 1), (None, 2), (None, 3)]


def test_a_set_within_a_set_comes_first() -> None:
    assert run(select([series(series(integer(2)))], has_sets=True)) == [(1,), (1,), (2,)]


def test_a_function_in_from_reads_the_items_before_it() -> None:
    call = FunctionItem((series(column(0, 1)),), (1,), (False,), (OutputColumn("n", INT4),))

    rows = run(select([column(0, 1), column(1, 1)], [item(A), call]), tables_of([(2, 0), (0, 0), (1, 0)]))

    assert rows == [(2, 1), (2, 2), (1, 1)]


def test_functions_side_by_side_with_ordinality() -> None:
    columns = tuple(OutputColumn(name, INT4) for name in ("a", "b", "n"))
    call = FunctionItem((series(integer(1)), series(integer(2))), (1, 1), (False, False), columns, ordinality=True)

    assert run(select([column(0, at) for at in (1, 2, 3)], [call])) == [(1, 1, 1), (None, 2, 2)]


def test_a_lateral_subquery_reads_the_row_to_its_left() -> None:
    inner = select([column(0, 2)], [item(B)], where=equal(column(0, 1), column(0, 1, level=1)))
    lateral = QueryItem(inner, inner.columns, lateral=True)

    rows = run(select([column(0, 2), column(1, 1)], [item(A), lateral]), tables_of([(1, 5), (2, 6)], [(2, 9), (2, 8)]))

    assert rows == [(6, 9), (6, 8)]


def test_values_are_rows() -> None:
    values = ValuesItem(((integer(1),), (integer(2),)), (OutputColumn("n", INT4),))

    assert run(select([column(0, 1)], [values])) == [(1,), (2,)]


@pytest.mark.parametrize(
    ("limit", "offset", "expected"), [(2, None, [1, 2]), (None, 2, [3, 4]), (1, 1, [2]), (0, 0, []), (9, 3, [4])]
)
def test_limit_and_offset(limit: int | None, offset: int | None, expected: list[int]) -> None:
    query = select([series(integer(4))], has_sets=True, limit=Constant(limit, INT8), offset=Constant(offset, INT8))

    assert run(query) == [(each,) for each in expected]


def test_a_negative_limit_is_an_error() -> None:
    with pytest.raises(InvalidValue, match="LIMIT must not be negative") as caught:
        run(select([integer(1)], limit=Constant(-1, INT8)))
    assert caught.value.sqlstate is SqlState.INVALID_ROW_COUNT_IN_LIMIT_CLAUSE


def test_with_ties_takes_in_what_is_equal_to_the_last() -> None:
    query = select([column(0, 1)], [item(A)], order_by=(ascending(0),), limit=Constant(2, INT8), with_ties=True)

    assert run(query, tables_of([(2, 0), (1, 0), (2, 0), (3, 0)])) == [(1,), (2,), (2,)]


def test_a_function_without_implementation_is_an_error_only_when_called() -> None:
    unknown = function("evaluator_test_unknown", (INT4,), BOOL)
    query = select([column(0, 1)], [item(A)], where=Call(unknown, (column(0, 1),), BOOL))

    assert run(query, tables_of([])) == []
    with pytest.raises(OdpsError) as caught:
        run(query, tables_of([(1, 1)]))
    assert caught.value.condition is Condition.FUNCTION_NOT_SUPPORTED


def window(name: str, *arguments: Expression) -> WindowCall:
    kind = FunctionKind.AGGREGATE if name in ("sum", "count") else FunctionKind.WINDOW
    return WindowCall(function(name, [each.type for each in arguments], INT8, kind=kind), arguments, 0, INT8)


BY_SECOND = Window((column(0, 1),), (Sort(column(0, 2), False, False, LT),), DEFAULT_FRAME)
WINDOW_ROWS: list[Row] = [(1, 10), (1, 20), (1, 20), (1, 30), (2, 5)]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (window("row_number"), [1, 2, 3, 4, 1]),
        (window("rank"), [1, 2, 2, 4, 1]),
        (window("dense_rank"), [1, 2, 2, 3, 1]),
        (window("percent_rank"), [0, 1 / 3, 1 / 3, 1, 0]),
        (window("cume_dist"), [0.25, 0.75, 0.75, 1, 1]),
        (window("ntile", integer(3)), [1, 1, 2, 3, 1]),
        (window("lag", column(0, 2)), [None, 10, 20, 20, None]),
        (window("lead", column(0, 2), integer(2), integer(0)), [20, 30, 0, 0, 0]),
        (window("first_value", column(0, 2)), [10, 10, 10, 10, 5]),
        (window("last_value", column(0, 2)), [10, 20, 20, 30, 5]),
        (window("nth_value", column(0, 2), integer(2)), [None, 20, 20, 20, None]),
        (window("sum", column(0, 2)), [10, 50, 50, 80, 5]),
    ],
    ids=lambda each: each.function.name if isinstance(each, WindowCall) else "",
)
def test_window_functions(call: WindowCall, expected: list[object]) -> None:
    rows = run(select([call], [item(A)], windows=(BY_SECOND,)), tables_of(WINDOW_ROWS))

    assert [row[0] for row in rows] == expected


@pytest.mark.parametrize("joined", ["WHERE", "JOIN (VALUES (1)) AS w ON"])
def test_what_a_null_is_compared_with_is_computed_all_the_same(joined: str) -> None:
    with pytest.raises(InvalidValue, match="division by zero"):
        answer(f"SELECT * FROM (VALUES (NULL::int, 0), (1, 1)) AS v(a, k) {joined} a = 1 / k")
