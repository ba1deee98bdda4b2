"""Whether and how a value of one type becomes one of another.

Source: PostgreSQL 15, find_coercion_pathway, can_coerce_type, select_common_type and check_generic_type_consistency
in parse_coerce.c; PostgreSQL manual, "Type Conversion".
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from protocol.types import INT2VECTOR, NO_TYPE, OIDVECTOR, RECORD, TEXT, UNKNOWN, Oid
from server.query.binder import type_facts as facts
from server.query.postgres.casts import find_cast
from server.query.postgres.types import base_type

How = Literal["implicit", "assignment", "explicit"]

_RANKS: Final[dict[str, int]] = {"implicit": 0, "assignment": 1, "explicit": 2}
_CONTEXTS: Final[dict[str, int]] = {"i": 0, "a": 1, "e": 2}


@dataclass(frozen=True, slots=True)
class Pathway:
    """How to convert: `function` is set for that method only.

    "relabel" changes nothing, "text" writes and reads, "elements" converts an array element by element.
    """

    method: Literal["relabel", "function", "text", "elements"]
    function: Oid = NO_TYPE


_RELABEL: Final = Pathway("relabel")
_TEXT: Final = Pathway("text")
_ELEMENTS: Final = Pathway("elements")


@lru_cache(maxsize=4096)
def find_pathway(source: Oid, target: Oid, how: How) -> Pathway | None:
    """None when there is no such cast, or none that may be used here."""
    source, target = base_type(source), base_type(target)
    if source == target:
        return _RELABEL
    cast = find_cast(source, target)
    if cast is not None:
        if _RANKS[how] < _CONTEXTS[cast.context]:
            return None
        match cast.method:
            case "f":
                return Pathway("function", cast.function)
            case "i":
                return _TEXT
            case _:
                return _RELABEL
    if target not in (OIDVECTOR, INT2VECTOR):
        target_element, source_element = facts.element_of(target), facts.element_of(source)
        if target_element and source_element and find_pathway(source_element, target_element, how):
            return _ELEMENTS
    if how != "implicit" and facts.category_of(target) == facts.STRING_CATEGORY:
        return _TEXT
    if how == "explicit" and facts.category_of(source) == facts.STRING_CATEGORY:
        return _TEXT
    return None


def can_coerce(sources: Sequence[Oid], targets: Sequence[Oid], how: How = "implicit") -> bool:
    """Whether each source can become its target, polymorphic targets taken together."""
    generic = False
    for source, target in zip(sources, targets, strict=False):
        if source == target or target == facts.ANY:
            continue
        if target in facts.POLYMORPHIC:
            generic = True
        elif source != UNKNOWN and not _can_coerce(source, target, how):
            return False
    return not generic or is_consistent(sources, targets)


def _can_coerce(source: Oid, target: Oid, how: How) -> bool:
    return (
        find_pathway(source, target, how) is not None
        or (source == RECORD and facts.is_composite(target))
        or (target == RECORD and facts.is_composite(source))
        or (target == facts.RECORD_ARRAY and facts.is_composite(facts.element_of(source) or RECORD))
    )


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Two types without a common one; `index` tells which of the types did not fit."""

    first: Oid
    second: Oid
    index: int


def find_common_type(types: Sequence[Oid]) -> Oid | Unmatched:
    """The type that UNION, CASE and their kin give values of different types."""
    chosen = types[0]
    if chosen != UNKNOWN and all(each == chosen for each in types):
        return chosen
    chosen = base_type(chosen)
    for index, each in enumerate(types):
        other = base_type(each)
        if other in (UNKNOWN, chosen):
            continue
        if chosen == UNKNOWN:
            chosen = other
        elif facts.category_of(other) != facts.category_of(chosen):
            return Unmatched(chosen, other, index)
        elif not facts.type_row(chosen).preferred and _only_coerces(chosen, other):
            chosen = other
    return TEXT if chosen == UNKNOWN else chosen


def _only_coerces(source: Oid, target: Oid) -> bool:
    """Whether the one becomes the other by itself, and not the other the one."""
    return can_coerce((source,), (target,)) and not can_coerce((target,), (source,))


def all_coerce(sources: Iterable[Oid], target: Oid) -> bool:
    return all(can_coerce((source,), (target,)) for source in sources)


def is_consistent(actual: Sequence[Oid], declared: Sequence[Oid]) -> bool:
    """Whether the actual types agree on what the polymorphic types among the declared ones stand for."""
    simple = [(source, target) for source, target in zip(actual, declared, strict=False) if source != UNKNOWN]
    return _first_family_consistent(simple, declared) and _second_family_consistent(simple, declared)


def _first_family_consistent(pairs: Sequence[tuple[Oid, Oid]], declared: Sequence[Oid]) -> bool:
    elements: set[Oid] = set()
    for source, target in pairs:
        match target:
            case facts.ANYELEMENT | facts.ANYNONARRAY | facts.ANYENUM:
                elements.add(source)
            case facts.ANYARRAY:
                base = base_type(source)
                if base == facts.ANYARRAY:
                    continue  # statistics' values; whether it will do is seen later, with a better error
                elements.add(facts.element_of(base))
            case facts.ANYRANGE:
                elements.add(facts.subtype_of(base_type(source)))
            case facts.ANYMULTIRANGE:
                elements.add(facts.subtype_of(facts.range_of(base_type(source))))
            case _:
                pass
    if len(elements) > 1 or NO_TYPE in elements:
        return False
    element = next(iter(elements), NO_TYPE)
    if facts.ANYENUM in declared and (not element or facts.type_row(element).typtype != "e"):
        return False
    return not (element and facts.ANYNONARRAY in declared and facts.element_of_base(element))


def _second_family_consistent(pairs: Sequence[tuple[Oid, Oid]], declared: Sequence[Oid]) -> bool:
    elements: list[Oid] = []
    fixed: set[Oid] = set()
    for source, target in pairs:
        match target:
            case facts.ANYCOMPATIBLE | facts.ANYCOMPATIBLENONARRAY:
                elements.append(source)
            case facts.ANYCOMPATIBLEARRAY:
                element = facts.element_of_base(source)
                if not element:
                    return False
                elements.append(element)
            case facts.ANYCOMPATIBLERANGE:
                fixed.add(facts.subtype_of(base_type(source)))
            case facts.ANYCOMPATIBLEMULTIRANGE:
                fixed.add(facts.subtype_of(facts.range_of(base_type(source))))
            case _:
                pass
    if len(fixed) > 1 or NO_TYPE in fixed:
        return False
    if not elements and not fixed:
        return True
    common = next(iter(fixed)) if fixed else find_common_type(elements)
    if isinstance(common, Unmatched) or not all_coerce(elements, common):
        return False
    return not (facts.ANYCOMPATIBLENONARRAY in declared and facts.element_of_base(common))
