import pytest

from tests.unit.server.query.functions.calling import call


@pytest.mark.parametrize(
    ("function", "address", "result", "value"),
    [
        ("text", "10.0.0.1", "text", "10.0.0.1/32"),
        ("text", "10.0.0.1/8", "text", "10.0.0.1/8"),
        ("text", "::1", "text", "::1/128"),
        ("host", "10.0.0.1/8", "text", "10.0.0.1"),
        ("abbrev", "10.0.0.1/32", "text", "10.0.0.1"),
        ("masklen", "10.0.0.1", "int4", "32"),
        ("masklen", "::/48", "int4", "48"),
        ("family", "::1", "int4", "6"),
        ("family", "10.0.0.1", "int4", "4"),
    ],
)
def test_parts_of_an_address(function: str, address: str, result: str, value: str) -> None:
    assert call(function, [("inet", address)], result) == value
