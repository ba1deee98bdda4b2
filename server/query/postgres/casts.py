"""pg_cast: which type becomes which, how, and when by itself.

Source: PostgreSQL manual, "pg_cast".
"""

from dataclasses import dataclass
from functools import lru_cache

from protocol.types import Oid
from server.query.postgres.files import read_file


@dataclass(frozen=True, slots=True)
class Cast:
    """One cast.

    Attributes:
        function: 0 where none is called.
        context: `i` by itself, `a` in assignments too, `e` only when it is written.
        method: `f` by the function, `b` without any change, `i` through text.
    """

    source: Oid
    target: Oid
    function: Oid
    context: str
    method: str


def find_cast(source: int, target: int) -> Cast | None:
    return _casts().get((source, target))


def all_casts() -> tuple[Cast, ...]:
    """Every cast."""
    return tuple(_casts().values())


@lru_cache(maxsize=1)
def _casts() -> dict[tuple[int, int], Cast]:
    file = read_file("pg_cast")
    assert file is not None, "the data files come with this package"  # noqa: S101  a fault of ours
    at = file.columns
    found: dict[tuple[int, int], Cast] = {}
    for row in file.rows:
        source, target, function = (int(row[at[name]] or 0) for name in ("castsource", "casttarget", "castfunc"))
        context, method = row[at["castcontext"]] or "", row[at["castmethod"]] or ""
        found[source, target] = Cast(Oid(source), Oid(target), Oid(function), context, method)
    return found
