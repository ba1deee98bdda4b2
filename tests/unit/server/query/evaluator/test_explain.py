import json

from server.query.bound import ItemSource, JoinSource
from server.query.evaluator import compile_query, explain, explain_as
from server.statements.select import ExplainFormat
from tests.unit.server.query.evaluator.scenes import ascending, column, equal, integer, item, less, select, table

COSTS = "  (cost=0.00..0.00 rows=1 width=0)"


def test_a_plan_is_written_as_a_tree() -> None:
    source = JoinSource("FULL", ItemSource(0), ItemSource(1), equal(column(0, 1), column(1, 1)))
    query = select([column(0, 1)], [item(table(1)), item(table(2))], [source], order_by=(ascending(0),))

    assert explain(compile_query(query)) == [
        f"Sort{COSTS}",
        "  Sort Key: c0",
        f"  ->  Hash Full Join{COSTS}",
        f"        ->  Seq Scan on t1{COSTS}",
        f"        ->  Hash{COSTS}",
        f"              ->  Seq Scan on t2{COSTS}",
    ]


def test_a_lookup_is_an_index_scan_and_a_condition_a_filter() -> None:
    looked_up = select([integer(1)], [item(table(1))], where=equal(column(0, 2), integer(1)))
    filtered = select([integer(1)], [item(table(1))], where=less(column(0, 2), integer(1)))

    assert explain(compile_query(looked_up)) == [f"Index Scan on t1{COSTS}", "  Index Cond: c2"]
    assert explain(compile_query(filtered)) == [f"Seq Scan on t1{COSTS}", "  Filter"]


def test_a_condition_on_no_row_is_a_filter_of_its_own() -> None:
    query = select([integer(1)], [item(table(1))], where=equal(integer(1), integer(1)))

    assert explain(compile_query(query)) == [
        f"Result{COSTS}",
        "  One-Time Filter",
        f"  ->  Seq Scan on t1{COSTS}",
    ]


def test_a_plan_is_written_as_json() -> None:
    query = select([column(0, 1)], [item(table(1))], order_by=(ascending(0),))

    ((plan,),) = [each.values() for each in json.loads(explain_as(compile_query(query), ExplainFormat.JSON))]

    assert (plan["Node Type"], plan["Sort Key"], plan["Plan Rows"]) == ("Sort", ["c0"], 1)
    assert [(each["Node Type"], each["Relation Name"]) for each in plan["Plans"]] == [("Seq Scan", "t1")]


def test_costs_can_be_left_out() -> None:
    plan = compile_query(select([column(0, 1)], [item(table(1))], order_by=(ascending(0),)))

    ((written,),) = [each.values() for each in json.loads(explain_as(plan, ExplainFormat.JSON, costs=False))]

    assert explain(plan, costs=False) == ["Sort", "  Sort Key: c0", "  ->  Seq Scan on t1"]
    assert not {
        key for each in (written, *written["Plans"]) for key in each if "Cost" in key or key.startswith("Plan ")
    }


def test_a_plan_is_written_as_xml_and_as_yaml() -> None:
    plan = compile_query(select([column(0, 1)], [item(table(1))], order_by=(ascending(0),)))
    xml, yaml = (explain_as(plan, form, costs=False) for form in (ExplainFormat.XML, ExplainFormat.YAML))

    assert "<Sort-Key>\n        <Item>c0</Item>\n      </Sort-Key>\n      <Plans>\n        <Plan>" in xml
    assert xml.count("<Parallel-Aware>false</Parallel-Aware>") == 2
    assert yaml.splitlines()[:7] == [
        "- Plan: ",
        '    Node Type: "Sort"',
        "    Parallel Aware: false",
        "    Async Capable: false",
        "    Sort Key: ",
        '      - "c0"',
        "    Plans: ",
    ]
    assert yaml.splitlines()[7] == '      - Node Type: "Seq Scan"'
