import pytest

from protocol.errors import InvalidValue
from tests.unit.server.query.functions.calling import call


@pytest.mark.parametrize(
    ("function", "type_", "bits", "length", "made"),
    [
        ("bit", "bit", "101", "5", "10100"),
        ("bit", "bit", "101", "2", "10"),
        ("bit", "bit", "101", "-1", "101"),
        ("varbit", "varbit", "101", "5", "101"),
        ("varbit", "varbit", "101", "2", "10"),
    ],
)
def test_a_cast_makes_it_fit(function: str, type_: str, bits: str, length: str, made: str) -> None:
    assert call(function, [(type_, bits), ("int4", length), ("bool", "t")], type_) == made


@pytest.mark.parametrize(
    ("type_", "message"),
    [
        ("bit", "bit string length 3 does not match type bit(2)"),
        ("varbit", "bit string too long for type bit varying(2)"),
    ],
)
def test_without_a_cast_it_must_fit(type_: str, message: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        call(type_, [(type_, "101"), ("int4", "2"), ("bool", "f")], type_)
    assert str(caught.value) == message
