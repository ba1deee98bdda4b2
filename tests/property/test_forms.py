"""A text of a known form says what it says when it is read word by word, and at the same places."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from server.dialect import PlacedStatement, _read, _read_each, format_statement, forms, read
from server.dialect.literals import format_literal
from server.errors import OdpsError

# `#` is a name, `@` a string.
_SHAPES: Final = (
    "ALTER MODEL # ADD VERSION # INPUT (# STRING, b MAP<STRING, STRUCT<#:INT>> COMMENT @) WITH OPTIONS (TASKS = @,"
    " APIKEY = @) COMMENT @",
    "  alter model if exists #.#.# add version if not exists # options (TASKS=@, PAI_EAS_SYNC_REQUEST_TIMEOUT = 5000);",
    "CREATE MODEL IF NOT EXISTS # WITH VERSION # OPTIONS (MODEL_TYPE = @, APIKEY = (@), # = @)",
    "CREATE OR REPLACE MODEL # WITH VERSION # OPTIONS (MODEL_TYPE = @ @)",
    "ALTER MODEL # SET DEFAULT_VERSION = # IF DEFAULT_VERSION = #",
    "ALTER MODEL # DROP VERSION IF EXISTS #",
    "ALTER MODEL # RENAME TO #",
    "ALTER MODEL # CHANGEOWNER TO @",
    "ALTER MODEL # MODIFY VERSION # SET LABELS (@ = @, @ = @)",
    "ALTER MODEL # SET ALIAS # FOR VERSION #",
    "ALTER MODEL # SET LIFECYCLE 7",
    "DESC MODEL #",
    "DESC MODEL EXTENDED # VERSION # AS OF TIMESTAMP @",
    "DESCRIBE MODEL # AS OF REVISION 12",
    "DROP MODEL #.#;",
    "DROP MODEL # /* it's # */",
    'ALTER MODEL # SET COMMENT "it is @',
    "DROP MODEL #; DROP MODEL #",
)
_NAMES: Final = st.from_regex(r"[A-Za-z_]{1,3}[0-9][A-Za-z0-9_]{0,4}", fullmatch=True) | st.sampled_from(
    ["m", "EXTENDED", "if", "version", "1m", "e1", "x1", "_1", "`a1`", '"a1"', "é1", "default_version1"]
)
_STRINGS: Final = st.text(st.characters(exclude_categories=["Cs"]), max_size=6).map(format_literal) | st.sampled_from(
    ["'a''b'", "e'a'", "E'a\\tb'", "'a1' 'b2'", "''", "'--'", "'/*'", "'\0'", "'open", "'********'"]
)


@given(st.sampled_from(_SHAPES), st.data())
def test_a_form_says_what_the_text_says(shape: str, data: st.DataObject) -> None:
    forms._FORMS.clear()
    for number in range(2):
        _told(_read, shape.replace("#", f"n{number}").replace("@", f"'s{number}'"))
    # Now and then there is a string in the place of a name, or the other way round.
    pieces = {"#": _NAMES | _NAMES | _STRINGS, "@": _STRINGS | _STRINGS | _NAMES}
    for _ in range(4):
        text = "".join([data.draw(pieces[c]) if c in pieces else c for c in shape])

        assert _told(_read, text) == _told(_read_each, text)


def test_the_forms_are_learned() -> None:
    for shape in _SHAPES[:13]:
        texts = [shape.replace("#", f"n{number}").replace("@", f"'s{number}'") for number in range(3)]
        for text in texts:
            read(text)
        found = forms.cut(texts[0])
        # Not those of which a piece is more, or less, than a name or a literal.
        is_learned = found is not None and forms.read_form(found) is not None
        assert is_learned == ("@ @" not in shape and ", # =" not in shape), shape
        if is_learned and "DESC" not in shape:
            assert read(texts[2])[0].masked is not None, shape


def _told(read: object, text: str) -> object:
    assert callable(read)
    try:
        placed: tuple[PlacedStatement, ...] = read(text, True)
    except OdpsError as error:
        return error.diagnostic
    for each in placed:
        assert each.masked in (None, format_statement(each.statement, mask_secrets=True))
    return [(each.statement, each.start, each.parameters, [*_places(each.statement, each)]) for each in placed]


def _places(node: object, placed: PlacedStatement) -> Iterator[int]:
    if isinstance(node, tuple):
        for each in node:
            yield from _places(each, placed)
    elif is_dataclass(node):
        for field in fields(node):
            value = getattr(node, field.name)
            if field.name in ("at", "options_at"):
                yield placed.places.find(value)
            else:
                yield from _places(value, placed)
