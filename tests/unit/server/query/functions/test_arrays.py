"""Arrays: how large they are, put together, searched and compared.

The expected values are those of PostgreSQL 15, in the zone America/New_York.
"""

import pytest

from protocol.errors import InvalidValue
from tests.unit.server.query.functions.calling import call

Argument = tuple[str, str | None]


@pytest.mark.parametrize(
    ("function", "arguments", "result", "expected"),
    [
        ("width_bucket(anycompatible,anycompatiblearray)", (("text", "aaa"), ("_text", "{b,a,b}")), "int4", "2"),
        ("array_eq", (("_int4", "{1,2,NULL}"), ("_int4", "{1,2,NULL}")), "bool", "t"),
        ("array_eq", (("_int4", "[0:1]={1,2}"), ("_int4", "{1,2}")), "bool", "f"),
        ("array_eq", (("_numeric", "{1.0}"), ("_numeric", "{1.00}")), "bool", "t"),
        ("array_lt", (("_int4", "{1,2}"), ("_int4", "{1,2,3}")), "bool", "t"),
        ("array_gt", (("_int4", "{1,3}"), ("_int4", "{1,2,9}")), "bool", "t"),
        ("arraycontains", (("_int4", "{1,4,3}"), ("_int4", "{3,1,3}")), "bool", "t"),
        ("arraycontains", (("_int4", "{1,NULL}"), ("_int4", "{NULL}")), "bool", "f"),
        ("arraycontained", (("_int4", "{2,2}"), ("_int4", "{1,2}")), "bool", "t"),
        ("arrayoverlap", (("_text", "{a,b}"), ("_text", "{b,c}")), "bool", "t"),
        ("arrayoverlap", (("_text", "{a,NULL}"), ("_text", "{NULL}")), "bool", "f"),
        ("array_cat", (("_int4", "{1,2}"), ("_int4", "{{3,4},{5,6}}")), "_int4", "{{1,2},{3,4},{5,6}}"),
        ("array_cat", (("_int4", "{{1,2}}"), ("_int4", "{{3,4}}")), "_int4", "{{1,2},{3,4}}"),
        ("array_cat", (("_int4", "{{1,2}}"), ("_int4", "{3,4}")), "_int4", "{{1,2},{3,4}}"),
        ("array_cat", (("_int4", None), ("_int4", "{3,4}")), "_int4", "{3,4}"),
        ("array_append", (("_int4", "[0:1]={1,2}"), ("int4", "9")), "_int4", "[0:2]={1,2,9}"),
        ("array_append", (("_int4", None), ("int4", None)), "_int4", "{NULL}"),
        ("array_prepend", (("int4", "0"), ("_int4", "[5:6]={1,2}")), "_int4", "[5:7]={0,1,2}"),
        ("array_dims", (("_int4", "{{1,2,3},{4,5,6}}"),), "text", "[1:2][1:3]"),
        ("array_dims", (("_int4", "{}"),), "text", None),
        ("array_ndims", (("_int4", "{{1},{2}}"),), "int4", "2"),
        ("array_length", (("_int4", "{{1},{2}}"), ("int4", "2")), "int4", "1"),
        ("array_length", (("_int4", "{}"), ("int4", "1")), "int4", None),
        ("array_lower", (("_int4", "[3:4]={1,2}"), ("int4", "1")), "int4", "3"),
        ("array_upper", (("_int4", "[3:4]={1,2}"), ("int4", "1")), "int4", "4"),
        ("cardinality", (("_int4", "{{1,2},{3,4}}"),), "int4", "4"),
        ("array_position", (("_int4", "{1,4,2,3,4}"), ("int4", "4"), ("int4", "3")), "int4", "5"),
        ("array_position", (("_int4", "[0:1]={1,2}"), ("int4", "2")), "int4", "1"),
        ("array_positions", (("_text", "{A,A,B,A}"), ("text", "A")), "_int4", "{1,2,4}"),
        ("array_remove", (("_int4", "[3:5]={1,2,3}"), ("int4", "2")), "_int4", "[3:4]={1,3}"),
        ("array_remove", (("_int4", "{1,NULL}"), ("int4", None)), "_int4", "{1}"),
        ("array_replace", (("_int4", "{{1,2},{2,NULL}}"), ("int4", "2"), ("int4", "9")), "_int4", "{{1,9},{9,NULL}}"),
        ("trim_array", (("_int4", "[0:2]={1,2,3}"), ("int4", "1")), "_int4", "{1,2}"),
    ],
)
def test_gives_what_postgres_gives(
    function: str, arguments: tuple[Argument, ...], result: str, expected: str | None
) -> None:
    assert call(function, arguments, result) == expected


@pytest.mark.parametrize(
    ("function", "arguments", "result", "sqlstate", "message"),
    [
        (
            "array_cat",
            (("_int4", "{{1,2}}"), ("_int4", "{{3,4,5}}")),
            "_int4",
            "2202E",
            "cannot concatenate incompatible arrays",
        ),
        (
            "array_append",
            (("_int4", "{{1}}"), ("int4", "2")),
            "_int4",
            "22000",
            "argument must be empty or one-dimensional array",
        ),
        (
            "array_position",
            (("_int4", "{{1}}"), ("int4", "2")),
            "int4",
            "0A000",
            "searching for elements in multidimensional arrays is not supported",
        ),
        (
            "array_remove",
            (("_int4", "{{1}}"), ("int4", "2")),
            "_int4",
            "0A000",
            "removing elements from multidimensional arrays is not supported",
        ),
        (
            "trim_array",
            (("_int4", "{1,2}"), ("int4", "3")),
            "_int4",
            "2202E",
            "number of elements to trim must be between 0 and 2",
        ),
    ],
)
def test_refuses_what_postgres_refuses(
    function: str, arguments: tuple[Argument, ...], result: str, sqlstate: str, message: str
) -> None:
    with pytest.raises(InvalidValue) as raised:
        call(function, arguments, result)

    assert (raised.value.sqlstate, raised.value.message) == (sqlstate, message)
