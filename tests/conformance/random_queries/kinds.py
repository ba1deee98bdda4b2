"""The kinds of random statements, each with how it is compared and what of it is known to differ."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from psycopg.pq.abc import PGconn

from tests.conformance.corpus_statements import read_corpus
from tests.conformance.random_queries.calls import random_calls
from tests.conformance.random_queries.comparison import Answer, describe, find_difference, run
from tests.conformance.random_queries.mutations import random_mutation
from tests.conformance.random_queries.queries import random_query

SETTINGS: Final = "SET TimeZone = 'America/New_York'; SET statement_timeout = '5s'"
_CONFORMANCE: Final = Path(__file__).parent.parent
_LONGEST_MUTATED: Final = 1500
_QUERY: Final = re.compile(r"\W*(select|values|with|table)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Kind:
    """
    Attributes:
        make: statements without end.
        ask: how a server is asked for its answer.
        places: the place of an error counts.
        different: texts, or differences, that are known, each with the reason.
    """

    make: Callable[[random.Random], Iterator[str]]
    ask: Callable[[PGconn, str], Answer]
    places: bool
    different: tuple[tuple[str, str], ...]


def compare(kind: Kind, text: str, here: PGconn, there: PGconn) -> str | None:
    """What differs and is not known, if anything."""
    difference = find_difference(kind.ask(here, text), kind.ask(there, text), places=kind.places)
    if difference is None:
        return None
    line = f"{text}\n    {difference}"
    return None if any(re.search(pattern, line) for pattern, _ in kind.different) else line


def _calls(dice: random.Random) -> Iterator[str]:
    while True:
        yield from random_calls(dice)


def _queries(dice: random.Random) -> Iterator[str]:
    while True:
        yield random_query(dice)


def _mutations(dice: random.Random) -> Iterator[str]:
    # So many, not what is added later: the statements of a number stay the same.
    texts = _lines("queries.sql")[:600] + _lines("grammar/queries.txt")[:300]
    texts += [f"select {each}" for each in _lines("grammar/expressions.txt")[:450]]
    yield from _mutated(dice, texts)


def _corpus(dice: random.Random) -> Iterator[str]:
    yield from _mutated(dice, [each.text for each in read_corpus() if len(each.text) < _LONGEST_MUTATED])


def _lines(name: str) -> list[str]:
    return (_CONFORMANCE / name).read_text(encoding="utf-8").splitlines()


def _mutated(dice: random.Random, texts: list[str]) -> Iterator[str]:
    while True:
        text = random_mutation(dice, texts)
        if _QUERY.match(text) and "\0" not in text:
            yield text


CALLS: Final = Kind(
    _calls,
    run,
    places=False,
    different=(
        (r'"?(to_date|to_timestamp)"?\(.*BC|make_date.*BC', "years begin with 1"),
        (r"(?s)date|time|interval.*out of range.* (BC|\d{5,}-)", "years are 1 to 9999"),
        (
            r'"(timestamp|timestamptz|time|timetz|interval|bit|varbit)"\(',
            "what casts to a length call is not for people",
        ),
        (r"timezone|AT TIME ZONE", "zones are those of the database of zones, or less than a day from UTC"),
        (r"pg_lsn", "places of the write-ahead log are only read"),
        (
            r"(regr_|covar_|corr|stddev|var_|variance|avg|sum).*(Infinity|NaN|1e308)",
            "sums with infinity differ in words",
        ),
        (r"::\"char\"|\"char\"\(", "a char is ASCII"),
        (r"similar_escape", "what SIMILAR TO became before PostgreSQL 13"),
        (r"abbrev", "an IPv6 network is left as it is"),
        (r"age\"?\(.*::xid", "every transaction is the first one"),
        (r"'-\d+'::int2\)::(reg|oid)", "a negative smallint is no OID"),
        (r"::regclass|\"regclass\"", "a schema that is missing is a relation that is missing"),
        (r"polygon", "more than some points are refused"),
        (r"generate_series.*infinity", "PostgreSQL stops where years end for it"),
        (
            r"array_position|regexp_instr|jsonb_set_lax|\"length\"\(E?'[^']*'::bytea",
            "arguments are checked in another order",
        ),
        (r"\"make_interval\"|inetmi_int8|'-9223372036854775808'", "what overflows in PostgreSQL is refused"),
        (r"\"repeat\"|\"lpad\"|\"rpad\"|requested length too large", "texts are at most 16 MB"),
        (r"statement timeout", "the machine is slow"),
        (
            r"\"(upper|lower|initcap)\"|~~\*|!~~\*|iclike|~\*",
            "letters beyond ASCII have cases here, in PostgreSQL's C they have none",
        ),
    ),
)
QUERIES: Final = Kind(
    _queries,
    run,
    places=False,
    different=(
        (r"(?s)(upper|initcap|ILIKE).*ZO", "letters beyond ASCII have cases here"),
        (r"\('22\w{3}'", "a fault of the data may be met or not, as PostgreSQL's planner decides"),
        (r"statement timeout", "the machine is slow"),
    ),
)
MUTATIONS: Final = Kind(
    _mutations,
    describe,
    places=True,
    different=(
        (r"instead of \('42809', '(WITHIN GROUP|window function|rank)", "a column that is missing may be a function"),
        (r"CUBE is limited", "counted before the elements are read"),
        (r"(?i)order by .* using ", "the place of the operator is not kept"),
        (r"FOR UPDATE is not allowed", "looked at after the names"),
        (r"same number of columns|column definition list|valid ordering operator", "the place is that of the part"),
        (r"type modifiers must be|there is no parameter|DEFAULT is not allowed", "refused when it is read"),
        (
            r"(?i)\b(in|is|and|or|between|like|ilike|similar|at|over|filter|within)\s*(\(|,|\n|from)",
            "no name of a column",
        ),
    ),
)
KINDS: Final = {"calls": CALLS, "queries": QUERIES, "mutations": MUTATIONS, "corpus": replace(MUTATIONS, make=_corpus)}
