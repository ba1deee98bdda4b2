"""The hints that go with a name that finds nothing: what may have been meant.

Source: PostgreSQL 15, errorMissingRTE, errorMissingColumn and updateFuzzyAttrMatchState in parse_relation.c.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from server.query.binder.scope import Entry, Scope

# MAX_FUZZY_DISTANCE: how many letters may be wrong.
_FARTHEST: Final = 3
# Names are no longer than this anywhere that counts; longer ones get no hint.
_LONGEST: Final = 255


def hint_for_table(scope: "Scope", names: tuple[str, ...]) -> str | None:
    """What to say of a table name that FROM has, but not for here; None when FROM has no such table."""
    name = names[-1]
    for entry in _all_entries(scope):
        relation = entry.relation
        is_relation = (
            relation is not None and relation.name == name and (len(names) == 1 or relation.schema == names[-2])
        )
        if not is_relation and entry.name != name:
            continue
        if entry.aliased and entry.name != name and _is_visible(scope, entry):
            return f'Perhaps you meant to reference the table alias "{entry.name}".'
        return f'There is an entry for table "{entry.name}", but it cannot be referenced from this part of the query.'
    return None


def hint_for_column(scope: "Scope", table: str | None, column: str, at: int) -> str | None:
    """The column that exists but cannot be named here, or one or two that are called nearly so."""
    best = _FARTHEST + 1
    near: list[tuple[str, str]] = []
    for entry in _all_entries(scope):
        penalty = 0 if table is None else _distance(table, entry.name, _FARTHEST + 1)
        if penalty == 0 and entry.find(column, at) is not None:
            return (
                f'There is a column named "{column}" in table "{entry.name}", '
                "but it cannot be referenced from this part of the query."
            )
        for name in entry.names:
            if penalty > best:
                break
            distance = _distance(name, column, best + 1 - penalty)
            if distance > len(column) // 2:
                continue
            distance += penalty
            if distance < best:
                best, near = distance, [(entry.name, name)]
            elif distance == best and len(near) == 2:
                best, near = distance - 1, []
            elif distance == best and best <= _FARTHEST:
                near.append((entry.name, name))
    if not near:
        return None
    return "Perhaps you meant to reference " + " or ".join(f'the column "{entry}.{name}"' for entry, name in near) + "."


def _all_entries(scope: "Scope") -> Iterator["Entry"]:
    level: Scope | None = scope
    while level is not None:
        yield from (entry for entry in level.all_entries if entry.item >= 0)
        level = level.parent


def _is_visible(scope: "Scope", entry: "Entry") -> bool:
    """Whether the entry's own alias would find it from here."""
    level: Scope | None = scope
    while level is not None:
        for other in level.entries:
            if other.name == entry.name and other.table_visible and (level.lateral or not other.lateral_only):
                return other is entry
        level = level.parent
    return False


def _distance(first: str, second: str, most: int) -> int:
    """How many letters must be put in, taken out or changed; `most + 1` when more than `most`."""
    if abs(len(first) - len(second)) > most or max(len(first), len(second)) > _LONGEST:
        return most + 1
    row = list(range(len(second) + 1))
    for index, letter in enumerate(first, start=1):
        previous, row[0] = row[0], index
        for place, other in enumerate(second, start=1):
            change = previous + (letter != other)
            previous = row[place]
            row[place] = min(change, previous + 1, row[place - 1] + 1)
    return min(row[-1], most + 1)
