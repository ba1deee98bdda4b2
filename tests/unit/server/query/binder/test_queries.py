"""Queries over PostgreSQL's own catalogs: what they are bound to. tests/conformance compares errors and names."""

import pytest

from protocol.types import INT4, INT8, NAME, NUMERIC, OID, TEXT
from server.errors import Condition, OdpsError
from server.query import bound
from tests.unit.server.query.binder.catalog_only import bind_text, columns_of, item_of, make_context

PG_CLASS = 1259


def test_a_column_is_named_by_item_number_and_level() -> None:
    query = bind_text("select (select c.relname from pg_am limit 1) from pg_type t, pg_class c")

    subquery = query.targets[0].expression
    assert isinstance(subquery, bound.ScalarSubquery)
    assert item_of(subquery.query.targets[0].expression) == (1, 2, 1)


def test_a_lateral_subquery_is_one_query_further_in() -> None:
    query = bind_text("select * from pg_class c, lateral (select c.oid) x")

    item = query.items[1]
    assert isinstance(item, bound.QueryItem)
    assert item.lateral
    assert item_of(item.query.targets[0].expression) == (0, 1, 1)


def test_a_functions_arguments_are_of_this_very_query() -> None:
    query = bind_text("select * from pg_class c, generate_series(1, c.relnatts) g")

    item = query.items[1]
    assert isinstance(item, bound.FunctionItem)
    assert "level=0" in repr(item.functions)


def test_origins_go_through_subqueries_and_common_tables() -> None:
    query = bind_text("with a as (select relname as n from pg_class) select s.n from (select n from a) s")

    assert query.columns == (bound.OutputColumn("n", NAME, -1, PG_CLASS, 2),)  # type: ignore[arg-type]


def test_a_view_is_its_query_and_its_columns_are_its_own() -> None:
    query = bind_text("select tablename from pg_tables")

    item = query.items[0]
    assert isinstance(item, bound.QueryItem)
    assert item.view == query.columns[0].table != PG_CLASS


def test_a_view_is_bound_once() -> None:
    context = make_context()

    first = bind_text("select * from pg_tables", context).items[0]
    second = bind_text("select * from pg_tables", context).items[0]

    assert isinstance(first, bound.QueryItem)
    assert isinstance(second, bound.QueryItem)
    assert first.query is second.query


def test_merged_columns_come_first() -> None:
    names = [name for name, _ in columns_of("select * from pg_am a join pg_type t using (oid)")]

    assert names[:3] == ["oid", "amname", "amhandler"]
    assert names.count("oid") == 1


@pytest.mark.parametrize(("kind", "item"), [("left", 0), ("right", 1), ("inner", 0)])
def test_a_merged_column_is_that_of_the_side_that_is_always_there(kind: str, item: int) -> None:
    query = bind_text(f"select oid from pg_am a {kind} join pg_type t using (oid)")

    assert item_of(query.targets[0].expression) == (item, 1, 0)


def test_a_merged_column_of_a_full_join_is_whichever_is_there() -> None:
    query = bind_text("select oid from pg_am a full join pg_type t using (oid)")

    assert isinstance(query.targets[0].expression, bound.Coalesce)


def test_order_by_what_is_not_shown_adds_a_hidden_target() -> None:
    query = bind_text("select relname from pg_class order by oid, relname")

    assert [target.hidden for target in query.targets] == [False, True]
    assert [key.target for key in query.order_by] == [1, 0]
    assert len(query.columns) == 1


def test_order_by_a_name_means_the_result_and_group_by_the_input() -> None:
    query = bind_text("select max(oid) as relkind, count(*) from pg_class group by relkind order by relkind")

    assert query.order_by[0].target == 0
    assert item_of(query.group_by[0]) == (0, 17, 0)


@pytest.mark.parametrize(
    ("group_by", "sets"),
    [
        ("relkind, relname", ()),
        ("(relkind, relname)", ()),
        ("rollup(relkind, relname)", ((0, 1), (0,), ())),
        ("cube(relkind, relname)", ((0, 1), (1,), (0,), ())),
        ("grouping sets ((relkind), (relname), ())", ((0,), (1,), ())),
        ("relkind, rollup(relname)", ((0, 1), (0,))),
        ("()", ()),
    ],
)
def test_grouping_sets(group_by: str, sets: tuple[tuple[int, ...], ...]) -> None:
    found = bind_text(f"select count(*) from pg_class group by {group_by}")

    assert found.grouped
    assert sorted(tuple(sorted(each)) for each in found.grouping_sets) == sorted(sets)


def test_grouping_names_keys() -> None:
    query = bind_text("select grouping(relname, relkind) from pg_class group by rollup(relkind, relname)")

    assert query.targets[0].expression == bound.GroupingCall((1, 0), INT4)


def test_what_a_primary_key_determines_need_not_be_grouped() -> None:
    assert bind_text("select relname, count(*) from pg_class group by oid").grouped
    with pytest.raises(OdpsError) as caught:
        bind_text("select relname, count(*) from pg_class group by relkind")
    assert caught.value.condition is Condition.COLUMN_UNGROUPED
    assert caught.value.diagnostic.at == len("select ")


def test_windows_are_shared_by_equal_definitions() -> None:
    query = bind_text(
        "select rank() over (order by oid), sum(relnatts) over (order by oid), rank() over w from pg_class "
        "window w as (partition by relkind)"
    )

    calls = [target.expression for target in query.targets if not target.hidden]
    assert [call.window for call in calls if isinstance(call, bound.WindowCall)] == [1, 1, 0]
    assert len(query.windows) == 2


def test_the_arms_of_a_set_operation_get_common_types() -> None:
    query = bind_text("select 1 as a, 'x' union all select 2.5, 'y'::name")

    assert [column.type for column in query.columns] == [NUMERIC, NAME]
    assert query.combination is not None
    for arm in (query.combination.left, query.combination.right):
        assert [column.type for column in arm.columns] == [NUMERIC, NAME]


def test_an_arm_that_sorts_is_converted_from_outside() -> None:
    query = bind_text("(select 1 as a order by 1 limit 1) union all select 2.5")

    assert query.combination is not None
    arm = query.combination.left
    assert isinstance(arm.items[0], bound.QueryItem)
    assert arm.items[0].query.order_by


def test_outer_columns_keep_their_query_when_an_arm_is_converted_from_outside() -> None:
    query = bind_text(
        "select (select max(x) from ((select c.relnatts order by 1) union select 2.5) s(x)) from pg_class c"
    )

    scalar = query.targets[0].expression
    assert isinstance(scalar, bound.ScalarSubquery)
    item = scalar.query.items[0]
    assert isinstance(item, bound.QueryItem)
    assert item.query.combination is not None
    inner = item.query.combination.left.items[0]
    assert isinstance(inner, bound.QueryItem)
    # select, union, the conversion, the arm: four queries within that of pg_class.
    assert item_of(inner.query.targets[0].expression) == (0, 18, 4)


def test_a_recursive_query_reads_the_last_round() -> None:
    query = bind_text("with recursive t(n) as (select 1 union all select n + 1 from t) select * from t")

    table = query.tables[0]
    assert table.recursive
    assert table.query.combination is not None
    working = table.query.combination.right.items[0]
    assert isinstance(working, bound.CommonItem)
    assert (working.index, working.level, working.working) == (0, 2, True)
    outer = query.items[0]
    assert isinstance(outer, bound.CommonItem)
    assert (outer.level, outer.working) == (0, False)


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("values (1, 'a'), (2.5, null)", [("column1", NUMERIC), ("column2", TEXT)]),
        ("select * from generate_series(1, 2) g", [("g", INT4)]),
        ("select * from generate_series(1, 2) with ordinality", [("generate_series", INT4), ("ordinality", INT8)]),
        ("select * from unnest(array[1], array['a']) u(a)", [("a", INT4), ("unnest", TEXT)]),
        ("select * from jsonb_to_record('{}') as x(a int, b text)", [("a", INT4), ("b", TEXT)]),
        ("select 'x', null", [("?column?", TEXT), ("?column?", TEXT)]),
        ("select tableoid, oid from pg_class", [("tableoid", OID), ("oid", OID)]),
    ],
)
def test_columns(text: str, columns: list[tuple[str, int]]) -> None:
    assert columns_of(text) == columns


def test_limit_is_an_int8_whatever_it_is_written_as() -> None:
    context = make_context()

    query = bind_text("select 1 limit $1 offset '2'", context)

    assert context.parameter_types == [INT8]
    assert query.offset == bound.Constant(2, INT8)


def test_a_parameter_of_no_known_type_is_refused() -> None:
    with pytest.raises(OdpsError) as caught:
        bind_text("select 1 where $2 is null and $1 = 1")

    assert caught.value.condition is Condition.PARAMETER_UNDETERMINED


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("select * from nosuch", "ODPS-0130131:[1,15] Table not found - table postgres.nosuch cannot be resolved"),
        ("select nosuch", "ODPS-0130071:[1,8] Semantic analysis exception - column nosuch cannot be resolved"),
    ],
)
def test_what_cannot_be_resolved_is_said_in_the_words_of_maxcompute(text: str, message: str) -> None:
    with pytest.raises(OdpsError) as caught:
        bind_text(text)

    report = caught.value.diagnostic
    assert report.message(text, report.at) == message
