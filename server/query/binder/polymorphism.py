"""What anyelement and its kin stand for in one call.

Source: PostgreSQL 15, enforce_generic_type_consistency in parse_coerce.c; PostgreSQL manual, "Polymorphic Types".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from protocol.types import NO_TYPE, TEXT, UNKNOWN, Oid
from server.errors import Condition, OdpsError
from server.query.binder import type_facts as facts
from server.query.binder.casts import Unmatched, all_coerce, find_common_type
from server.query.binder.type_facts import format_type
from server.query.postgres.types import base_type


@dataclass(slots=True)
class _Family:
    """What the arguments of one family of polymorphic types tell."""

    element: Oid = NO_TYPE
    array: Oid = NO_TYPE
    range: Oid = NO_TYPE
    multirange: Oid = NO_TYPE
    elements: list[Oid] = field(default_factory=list)


def settle_types(actual: Sequence[Oid], declared: Sequence[Oid], result: Oid) -> tuple[list[Oid], Oid]:
    """The types that the arguments are to have, and the type of the result.

    A polymorphic type stays in the arguments where the value is to stay as it is.

    Raises:
        OdpsError: the arguments do not agree, or tell too little.
    """
    settled = list(declared)
    first = [index for index, each in enumerate(declared) if each in facts.FIRST_FAMILY]
    second = [index for index, each in enumerate(declared) if each in facts.SECOND_FAMILY]
    if first:
        family = _read_first(actual, declared, first, result)
        for index in first:
            if actual[index] == UNKNOWN:
                settled[index] = _first_type(declared[index], family)
        if result in facts.FIRST_FAMILY:
            result = _first_type(result, family)
    if second:
        family = _read_second(actual, declared, second)
        for index in second:
            settled[index] = _second_type(declared[index], family)
        if result in facts.SECOND_FAMILY:
            result = _second_type(result, family)
    return settled, result


def _read_first(actual: Sequence[Oid], declared: Sequence[Oid], indexes: Sequence[int], result: Oid) -> _Family:
    family = _Family()
    for index in indexes:
        source, target = actual[index], declared[index]
        if source == UNKNOWN:
            continue
        match target:
            case facts.ANYARRAY:
                family.array = _same("anyarray", family.array, base_type(source))
            case facts.ANYRANGE:
                family.range = _same("anyrange", family.range, base_type(source))
            case facts.ANYMULTIRANGE:
                family.multirange = _same("anymultirange", family.multirange, base_type(source))
            case _:
                family.element = _same("anyelement", family.element, source)
    if family.array == facts.ANYARRAY:
        if len(indexes) != 1 or (result != facts.ANYARRAY and result in facts.FIRST_FAMILY):
            what = 'cannot determine element type of "anyarray" argument'
            raise OdpsError(Condition.TYPE_UNFIT, what=what)
        family.element = facts.ANYELEMENT
    elif family.array:
        _agree(family, "anyarray", family.array, facts.element_of(family.array), "an array")
    if family.multirange:
        range_ = facts.range_of(family.multirange)
        if not range_:
            raise _not_a("anymultirange", "a multirange", family.multirange)
        family.range = family.range or range_
        if family.range != range_:
            raise _inconsistent("anymultirange", "anyrange", family.multirange, family.range)
    if family.range:
        _agree(family, "anyrange", family.range, facts.subtype_of(family.range), "a range type")
    if not family.element:
        what = "could not determine polymorphic type because input has type unknown"
        raise OdpsError(Condition.TYPE_UNFIT, what=what)
    _check_element(family.element, [declared[index] for index in indexes])
    return family


def _agree(family: _Family, name: str, whole: Oid, element: Oid, kind: str) -> None:
    """Take the element type of an array or a range, or see that it is the one that is known."""
    if not element:
        raise _not_a(name, kind, whole)
    family.element = family.element or element
    if family.element != element:
        raise _inconsistent(name, "anyelement", whole, family.element)


def _same(name: str, known: Oid, seen: Oid) -> Oid:
    if known not in (NO_TYPE, seen):
        raise OdpsError(
            Condition.TYPE_UNFIT,
            what=f'arguments declared "{name}" are not all alike',
            detail=f"{format_type(known)} versus {format_type(seen)}",
        )
    return seen


def _not_a(name: str, kind: str, oid: Oid) -> OdpsError:
    what = f"argument declared {name} is not {kind} but type {format_type(oid)}"
    return OdpsError(Condition.TYPE_UNFIT, what=what)


def _inconsistent(first: str, second: str, whole: Oid, element: Oid) -> OdpsError:
    return OdpsError(
        Condition.TYPE_UNFIT,
        what=f"argument declared {first} is not consistent with argument declared {second}",
        detail=f"{format_type(whole)} versus {format_type(element)}",
    )


def _check_element(element: Oid, declared: Sequence[Oid]) -> None:
    if element == facts.ANYELEMENT:
        return
    if facts.ANYNONARRAY in declared and facts.element_of_base(element):
        what = f"type matched to anynonarray is an array type: {format_type(element)}"
        raise OdpsError(Condition.TYPE_UNFIT, what=what)
    if facts.ANYENUM in declared and facts.type_row(element).typtype != "e":
        what = f"type matched to anyenum is not an enum type: {format_type(element)}"
        raise OdpsError(Condition.TYPE_UNFIT, what=what)


def _first_type(declared: Oid, family: _Family) -> Oid:
    match declared:
        case facts.ANYARRAY:
            return family.array or _array_of(family.element)
        case facts.ANYRANGE:
            return family.range or _undetermined("anyrange")
        case facts.ANYMULTIRANGE:
            return family.multirange or facts.multirange_of(family.range) or _undetermined("anymultirange")
        case _:
            return family.element


def _read_second(actual: Sequence[Oid], declared: Sequence[Oid], indexes: Sequence[int]) -> _Family:
    family = _Family()
    for index in indexes:
        source, target = actual[index], declared[index]
        if source == UNKNOWN:
            continue
        match target:
            case facts.ANYCOMPATIBLEARRAY:
                element = facts.element_of_base(source)
                if not element:
                    raise _not_a("anycompatiblearray", "an array", source)
                family.elements.append(element)
            case facts.ANYCOMPATIBLERANGE:
                family.range = _same("anycompatiblerange", family.range, base_type(source))
            case facts.ANYCOMPATIBLEMULTIRANGE:
                family.multirange = _same("anycompatiblemultirange", family.multirange, base_type(source))
            case _:
                family.elements.append(source)
    if family.multirange:
        family.range = family.range or facts.range_of(family.multirange)
    if family.range:
        family.elements.insert(0, facts.subtype_of(family.range))
    common = find_common_type(family.elements) if family.elements else TEXT
    if isinstance(common, Unmatched):
        what = f"argument types {format_type(common.first)} and {format_type(common.second)} cannot be matched"
        raise OdpsError(Condition.TYPE_UNFIT, what=what)
    if not all_coerce(family.elements, common):
        what = "arguments of anycompatible family cannot be cast to a common type"
        raise OdpsError(Condition.TYPE_UNFIT, what=what)
    if facts.ANYCOMPATIBLENONARRAY in declared and facts.element_of_base(common):
        what = f"type matched to anycompatiblenonarray is an array type: {format_type(common)}"
        raise OdpsError(Condition.TYPE_UNFIT, what=what)
    family.element = common
    return family


def _second_type(declared: Oid, family: _Family) -> Oid:
    match declared:
        case facts.ANYCOMPATIBLEARRAY:
            return _array_of(family.element)
        case facts.ANYCOMPATIBLERANGE:
            return family.range or _undetermined("anycompatiblerange")
        case facts.ANYCOMPATIBLEMULTIRANGE:
            range_ = facts.multirange_of(family.range)
            return family.multirange or range_ or _undetermined("anycompatiblemultirange")
        case _:
            return family.element


def _array_of(element: Oid) -> Oid:
    array = facts.array_of(element)
    if not array:
        raise OdpsError(Condition.ARRAY_TYPE_MISSING, type=format_type(element))
    return array


def _undetermined(name: str) -> Oid:
    what = f"could not determine polymorphic type {name} because input has type unknown"
    raise OdpsError(Condition.TYPE_UNFIT, what=what)
