"""The names of columns without AS."""

import pytest

from tests.unit.server.query.binder.stub_scope import bind_text


@pytest.mark.parametrize(
    ("expression", "name"),
    [
        ("1", "?column?"),
        ("t.i", "i"),
        ("i + 1", "?column?"),
        ("true", "?column?"),
        ("abs(i)", "abs"),
        ("pg_catalog.abs(i)", "abs"),
        ("'1'::integer", "int4"),
        ("i::text", "i"),
        ("'{1}'::bigint[]", "int8"),
        ("case when bo then x end", "case"),
        ("case when bo then 'a' else x end", "x"),
        ("case when bo then 1 else 2::bigint end", "case"),
        ("coalesce(i, 1)", "coalesce"),
        ("nullif(i, 1)", "nullif"),
        ("greatest(i, 1)", "greatest"),
        ("array[1]", "array"),
        ("row(1)", "row"),
        ("(1, 2)", "row"),
        ("ia[1]", "ia"),
        ("(row(1, 2)).f2", "f2"),
        ("exists (select 1)", "exists"),
        ("array(select 1)", "array"),
        ("(select 1)", "?column?"),
        ("(select i as other)", "other"),
        ("(select x)::name", "x"),
        ('x collate "C"', "x"),
        ("extract(year from d)", "extract"),
        ("ts at time zone 'UTC'", "timezone"),
        ("current_user", "current_user"),
        ("user", "user"),
        ("trim(x)", "btrim"),
        ("$1::int", "int4"),
    ],
)
def test_is_named_by_what_it_is(expression: str, name: str) -> None:
    assert bind_text(f"SELECT {expression} FROM t").columns[0].name == name
