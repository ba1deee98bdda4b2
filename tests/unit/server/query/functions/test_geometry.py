"""Geometric functions; every expectation was taken from PostgreSQL 15. tests/conformance asks 1,500 times more."""

import pytest

from tests.unit.server.query.answering import answer_texts


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("point '(1,2)' * point '(3,4)'", "(-5,10)"),
        ("lseg '[(0,0),(1,1)]' # lseg '[(0,1),(1,0)]'", "(0.5,0.5)"),
        ("point '(0,3)' ## lseg '[(0,0),(2,2)]'", "(1.5,1.5)"),
        ("line '{1,0,5}' ?-| line '{0,-1,5}'", "t"),
        ("box '(2,2),(0,0)' # box '(3,3),(1,1)'", "(2,2),(1,1)"),
        ("box '(2,2),(0,0)' * point '(0,1)'", "(0,2),(-2,0)"),
        ("circle '<(0,0),2>' && circle '<(3,0),1>'", "t"),
        ("area(path '((0,0),(4,0),(4,3))')", "6"),
        ("area(path '[(0,0),(4,0),(4,3)]')", None),
        ("polygon '((0,0),(4,0),(4,4),(0,4))' @> polygon '((1,1),(2,1),(2,2))'", "t"),
        ("polygon '((0,0),(4,0),(4,4),(0,4))' @> polygon '((1,1),(5,1),(2,2))'", "f"),
        ("polygon '((0,0),(0,4),(4,0))' ~= polygon '((4,0),(0,4),(0,0))'", "t"),
    ],
)
def test_shapes_in_the_plane(expression: str, text: str | None) -> None:
    assert answer_texts(f"SELECT {expression}") == [(text,)]
