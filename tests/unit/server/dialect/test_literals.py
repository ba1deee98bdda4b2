import pytest

from server.dialect.literals import format_literal, format_postgres_literal, unescape, unescape_postgres
from server.errors import Condition, OdpsError


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("''", ""),
        ("'a b'", "a b"),
        (r"'\'\"\\\n\t\r\b'", "'\"\\\n\t\r\b"),
        (r"'\101x\102'", "AxB"),
        (r"'\377'", "\xff"),
        ("'it''s'", "it's"),
        ("'a\"\"b'", 'a""b'),
        ('"a""b"', 'a"b'),
        ("\"it''s\"", "it''s"),
        ("'line\r\nline'", "line\r\nline"),
        ("'模型'", "模型"),
    ],
)
def test_escapes_of_maxcompute(raw: str, value: str) -> None:
    assert unescape(raw, 0) == value


@pytest.mark.parametrize(
    ("raw", "sequence", "at"),
    [
        (r"'\01'", "01", 8),
        (r"'\0001'", "0001", 8),
        (r"'\1'", "1", 8),
        (r"'\400'", "400", 8),
        (r"'\189'", "189", 8),
        (r"'ab\q'", "q", 10),
        (r"'\%'", "%", 8),
        (r"'\_'", "_", 8),
        ("'\\\n'", "U+000A", 8),
        (r"'\\\z'", "z", 10),
    ],
)
def test_other_escapes_are_errors_at_their_backslash(raw: str, sequence: str, at: int) -> None:
    with pytest.raises(OdpsError) as caught:
        unescape(raw, 7)

    assert caught.value.condition is Condition.INVALID_ESCAPE
    assert caught.value.diagnostic.text == f"unexpected escape sequence: {sequence}"
    assert caught.value.diagnostic.at == at


@pytest.mark.parametrize("raw", [r"'a\0'", r"'a\000'"])
def test_nul_is_refused_as_postgresql_does(raw: str) -> None:
    with pytest.raises(OdpsError) as caught:
        unescape(raw, 0)

    assert caught.value.condition is Condition.CHARACTER_INVALID
    assert caught.value.condition.sqlstate == "22021"
    assert caught.value.diagnostic.at == 2


@pytest.mark.parametrize(
    ("value", "literal"),
    [
        ("", "''"),
        ("plain 模型", "'plain 模型'"),
        ("it's", '"it\'s"'),
        ('say "x"', "'say \"x\"'"),
        ("'\"", r"""'\047"'"""),
        ("'\"'1", r"""'\047"\047' '1'"""),
        ("a\\b\n\t\r\b", r"'a\\b\n\t\r\b'"),
        ("\x01", r"'\001'"),
        ("\x017", r"'\001' '7'"),
    ],
)
def test_the_canonical_literal(value: str, literal: str) -> None:
    assert format_literal(value) == literal


@pytest.mark.parametrize(
    ("raw", "value"), [("'a''b'", "a'b"), (r"'a\b'", r"a\b"), (r"E'a\\b\n'", "a\\b\n"), ("e''", ""), (r"E'\''", "'")]
)
def test_strings_of_postgresql(raw: str, value: str) -> None:
    assert unescape_postgres(raw, 0) == value


@pytest.mark.parametrize(("value", "literal"), [("a'b", "'a''b'"), (r"a\'b", r"E'a\\''b'"), ("", "''")])
def test_the_literal_for_a_statement_of_the_session(value: str, literal: str) -> None:
    assert format_postgres_literal(value) == literal
    assert unescape_postgres(literal, 0) == value
