"""The quick way of reading plain array literals gives what the thorough one gives, errors included."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocol import arrays
from protocol.errors import InvalidValue

PARTS = ("{", "}", ",", '"', "\\", "a", "NULL", "null ", "nUlL", " ", "\t", "\x1f", "[1:1]=", "1.5")
TEXTS = st.lists(st.sampled_from(PARTS), max_size=9).map("".join)


def read(text: str) -> object:
    try:
        return arrays.parse_array(text, str)
    except InvalidValue as error:
        return error.message, error.sqlstate


@given(text=TEXTS | TEXTS.map("{{{}}}".format))
def test_both_ways_of_reading_give_the_same(text: str) -> None:
    quick = read(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arrays, "_PLAIN", re.compile("(?!)"))
        thorough = read(text)

    assert quick == thorough
