"""pg_operator: the operators by name and by OID.

Source: PostgreSQL manual, "pg_operator".
"""

from dataclasses import dataclass
from functools import lru_cache

from protocol.types import Oid
from server.query.postgres.files import read_file


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator; `left` is 0 for a prefix operator, `commutator` and `negator` are OIDs of operators or 0.

    Attributes:
        merges, hashes: what it equates can be joined by sorting both sides, or by a hash of one.
    """

    oid: Oid
    name: str
    left: Oid
    right: Oid
    result: Oid
    function: Oid
    commutator: Oid
    negator: Oid
    merges: bool = False
    hashes: bool = False


def operators_named(name: str) -> tuple[Operator, ...]:
    """All operators of this name."""
    return _names().get(name, ())


def find_operator_by_oid(oid: int) -> Operator | None:
    return _oids().get(oid)


def all_operators() -> tuple[Operator, ...]:
    """Every operator, by OID."""
    return tuple(_oids().values())


@lru_cache(maxsize=1)
def _oids() -> dict[int, Operator]:
    file = read_file("pg_operator")
    assert file is not None, "the data files come with this package"  # noqa: S101  a fault of ours
    names = ("oid", "oprleft", "oprright", "oprresult", "oprcode", "oprcom", "oprnegate")
    places = [file.columns[each] for each in names]
    name, merges, hashes = (file.columns[each] for each in ("oprname", "oprcanmerge", "oprcanhash"))
    found: dict[int, Operator] = {}
    for row in file.rows:
        oid, left, right, result, function, commutator, negator = (Oid(int(row[place] or 0)) for place in places)
        found[oid] = Operator(
            oid,
            row[name] or "",
            left,
            right,
            result,
            function,
            commutator,
            negator,
            merges=row[merges] == "t",
            hashes=row[hashes] == "t",
        )
    return found


@lru_cache(maxsize=1)
def _names() -> dict[str, tuple[Operator, ...]]:
    found: dict[str, list[Operator]] = {}
    for operator in _oids().values():
        found.setdefault(operator.name, []).append(operator)
    return {name: tuple(operators) for name, operators in found.items()}
