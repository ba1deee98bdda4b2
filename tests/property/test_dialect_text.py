"""Any text at all: only OdpsError comes out, and split is exact and stable."""

import re
from contextlib import suppress
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from server.dialect import format_statement, parse, split
from server.errors import OdpsError
from server.statements import Prepare, find_select
from tests.unit.server.dialect.documents import ADD_IMPORTED, ADD_REMOTE, CREATE_IMPORTED

DOCUMENTS: Final = [
    ADD_REMOTE,
    ADD_IMPORTED,
    CREATE_IMPORTED,
    f"PREPARE p (int, varchar(3)) AS {ADD_REMOTE}",
    "DECLARE c BINARY SCROLL CURSOR WITH HOLD FOR SHOW MODELS LIKE 'a\\'b'",
    "COPY (SHOW MODELS LIKE '\\')') TO STDOUT (FORMAT csv, ESCAPE '\\', NULL 'x', FORCE_QUOTE (a))",
    "EXECUTE p ('a', -1.5, CAST (TRUE AS bool), $1::timestamp(3) with time zone)",
    "CREATE USER u WITH LOGIN PASSWORD 'p'",
    "FETCH FORWARD 5 FROM c",
]
SYMBOLS: Final = [*"'\"`;$-/*\\(){}<>[],.=+:#@ \n\r\t\0 \ud800eE1a模"]
MARKS: Final = ["--", "/*", "*/", "''", '""', "``", "\\'", "$$", "$a$", "$1", "E'"]
WORDS: Final = re.findall(
    r"\w+",
    "CREATE ALTER DROP SHOW DESC SELECT MODEL MODELS SCHEMA IF EXISTS SET TIME ZONE BEGIN ROLLBACK TO USE "
    "PREPARE AS EXECUTE DECLARE CURSOR FOR COPY STDOUT FETCH USER PASSWORD int timestamp WITH",
)
PIECES: Final = st.sampled_from([*SYMBOLS, *MARKS, *WORDS])
SOUP: Final = st.lists(PIECES, max_size=25).map("".join) | st.lists(PIECES, max_size=15).map(" ".join)
TEXTS: Final = SOUP | st.text(max_size=30)


@st.composite
def mutated_documents(draw: st.DrawFn) -> str:
    document = draw(st.sampled_from(DOCUMENTS))
    start = draw(st.integers(0, len(document)))
    stop = draw(st.integers(start, min(len(document), start + 20)))
    return document[:start] + draw(TEXTS) + document[stop:]


@given(TEXTS | mutated_documents())
def test_any_text_is_a_statement_or_an_error_with_a_place_in_it(text: str) -> None:
    try:
        statement = parse(text)
    except OdpsError as error:
        diagnostic = error.diagnostic
        assert diagnostic.at is not None
        assert 0 <= diagnostic.at <= len(text)
    else:
        run = statement.statement if isinstance(statement, Prepare) else statement
        # Of a SELECT there is no canonical text.
        assert find_select(run) is not None or parse(format_statement(statement)) == statement


@given(TEXTS | mutated_documents(), st.booleans())
def test_fragments_stand_where_they_say(text: str, standard: bool) -> None:
    fragments = split(text, standard_conforming_strings=standard)

    end = 0
    for fragment in fragments:
        assert fragment.text
        assert fragment.text == fragment.text.lstrip()
        assert fragment.start >= end
        end = fragment.start + len(fragment.text)
        assert text[fragment.start : end] == fragment.text


@given(st.lists(TEXTS | mutated_documents(), max_size=3).map(";".join), st.booleans())
def test_joined_fragments_split_the_same_again(text: str, standard: bool) -> None:
    texts = [fragment.text for fragment in split(text, standard_conforming_strings=standard)]

    again = split(";".join(texts), standard_conforming_strings=standard)

    assert [fragment.text for fragment in again] == texts


@given(TEXTS)
def test_splitting_again_gives_one_fragment_for_one(text: str) -> None:
    for fragment in split(text):
        assert [again.text for again in split(fragment.text)] == [fragment.text]
        with suppress(OdpsError):
            parse(fragment.text)
