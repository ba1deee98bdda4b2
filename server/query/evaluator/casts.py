"""Values by way of their text, and parameters: whatever needs a codec or the names of objects."""

from collections.abc import Callable
from typing import Final

from protocol import types
from protocol.arrays import Array
from protocol.codec import ObjectReference
from protocol.codecs import CODECS
from protocol.errors import InvalidValue
from protocol.numerals import parse_integer
from protocol.sqlstate import SqlState
from protocol.types import TYPES, Oid
from server.query import bound
from server.query.evaluator import calls, expressions
from server.query.evaluator.references import may_refer, reference_namer
from server.query.evaluator.scope import UNSET, Code, Frame, Run, Scope
from server.query.relations.interface import Row
from server.query.runtime import Runtime

# What PostgreSQL says of a name that regclass and its kin do not find.
_MISSING: Final[dict[Oid, tuple[str, SqlState]]] = {
    types.REGCLASS: ('relation "{}" does not exist', SqlState.UNDEFINED_TABLE),
    types.REGTYPE: ('type "{}" does not exist', SqlState.UNDEFINED_OBJECT),
    types.REGPROC: ('function "{}" does not exist', SqlState.UNDEFINED_FUNCTION),
    types.REGPROCEDURE: ('function "{}" does not exist', SqlState.UNDEFINED_FUNCTION),
    types.REGOPER: ("operator does not exist: {}", SqlState.UNDEFINED_FUNCTION),
    types.REGOPERATOR: ("operator does not exist: {}", SqlState.UNDEFINED_FUNCTION),
    types.REGNAMESPACE: ('schema "{}" does not exist', SqlState.INVALID_SCHEMA_NAME),
    types.REGROLE: ('role "{}" does not exist', SqlState.UNDEFINED_OBJECT),
    types.REGCONFIG: ('text search configuration "{}" does not exist', SqlState.UNDEFINED_OBJECT),
    types.REGDICTIONARY: ('text search dictionary "{}" does not exist', SqlState.UNDEFINED_OBJECT),
    types.REGCOLLATION: ('collation "{}" for encoding "UTF8" does not exist', SqlState.UNDEFINED_OBJECT),
}
# Of these the text of the OID 0 is a number, since an operator may be named `-`.
_OPERATORS: Final = frozenset((types.REGOPER, types.REGOPERATOR))


def read_reference(runtime: Runtime, oid: Oid, text: str) -> int:
    """The OID that a text of a reg* type means.

    Raises:
        InvalidValue: there is no such object.
    """
    name = text.strip()
    if name == "-" and oid not in _OPERATORS:
        return 0
    if name.isascii() and name.isdigit():
        value = parse_integer(name, types.OID)
        assert isinstance(value, int)  # noqa: S101  a fault of ours
        return value
    found = runtime.references.find(oid, name)
    if found is None:
        message, sqlstate = _MISSING[oid]
        raise InvalidValue(message.format(name), sqlstate=sqlstate)
    return found


def text_writer(oid: Oid) -> Callable[[Runtime], Callable[[object], str]]:
    """How values of a type become text in a run."""
    if oid in _MISSING:

        def writer(runtime: Runtime) -> Callable[[object], str]:
            def write(value: object) -> str:
                if isinstance(value, ObjectReference):
                    return value.name
                return value if isinstance(value, str) else runtime.references.format(oid, int(value))  # type: ignore[call-overload]  # an OID

            return write

        return writer
    if may_refer(oid):

        def naming_writer(runtime: Runtime) -> Callable[[object], str]:
            write, name = CODECS[oid].format(runtime.settings), reference_namer(oid, runtime)
            assert name is not None  # noqa: S101  that is what may_refer says
            return lambda value: write(name(value))

        return naming_writer
    return lambda runtime: CODECS[oid].format(runtime.settings)


def text_reader(oid: Oid) -> Callable[[Runtime], Callable[[str], object]]:
    """How text becomes a value of a type in a run."""
    if oid in _MISSING:
        return lambda runtime: lambda text: read_reference(runtime, oid, text)
    row = TYPES.get(oid)
    if row is not None and row.element in _MISSING:
        element = row.element

        def array_reader(runtime: Runtime) -> Callable[[str], object]:
            parse = CODECS[oid].parse(runtime.settings)
            return lambda text: _with_oids(parse(text), element, runtime)

        return array_reader
    return lambda runtime: CODECS[oid].parse(runtime.settings)


def _with_oids(value: object, element: Oid, runtime: Runtime) -> object:
    if isinstance(value, Array):
        return Array([_with_oids(each, element, runtime) for each in value.items], value.lower_bounds)
    if isinstance(value, list):
        return [_with_oids(each, element, runtime) for each in value]
    return read_reference(runtime, element, value) if isinstance(value, str) else value


def compile_relabel(expression: bound.Relabel, scope: Scope) -> Code:
    """The same value as another type; but an integer and an OID read one and the same 32 bits each in its own way."""
    operand = expressions.compile_expression(expression.operand, scope)
    source, target = calls.base_of(expression.operand.type), calls.base_of(expression.type)
    if source == types.INT4 and _is_reference(target):
        return _converted(operand, lambda number: number & 0xFFFF_FFFF)
    if target == types.INT4 and _is_reference(source):
        return _converted(operand, lambda number: number - (1 << 32) if number >= 1 << 31 else number)
    return operand


def _is_reference(oid: Oid) -> bool:
    return oid == types.OID or oid in _MISSING


def _converted(operand: Code, convert: Callable[[int], int]) -> Code:
    inner = operand.run

    def run(row: Row, frame: Frame) -> object:
        value = inner(row, frame)
        return convert(value) if isinstance(value, int) else value

    return Code(run, closed=operand.closed)


def compile_through_text(expression: bound.ThroughText, scope: Scope) -> Code:
    operand = expressions.compile_expression(expression.operand, scope)
    writer = text_writer(calls.base_of(expression.operand.type))
    reader = text_reader(calls.base_of(expression.type))
    cell = scope.context.cells.take()
    inner = operand.run

    def run(row: Row, frame: Frame) -> object:
        value = inner(row, frame)
        if value is None:
            return None
        pair = frame.cells[cell]
        if pair is UNSET:
            pair = frame.cells[cell] = (writer(frame.runtime), reader(frame.runtime))
        write: Callable[[object], str]
        read: Callable[[str], object]
        write, read = pair  # type: ignore[misc]  # what stands there is the pair
        return read(write(value))

    return Code(run, closed=operand.closed)


def compile_parameter(parameter: bound.ParameterValue) -> Code:
    index, oid = parameter.number - 1, calls.base_of(parameter.type)
    run: Run
    if oid in _MISSING:

        def of_reference(row: Row, frame: Frame) -> object:
            # A name that came in as text stays text until here.
            value = frame.runtime.values[index]
            return read_reference(frame.runtime, oid, value) if isinstance(value, str) else value

        run = of_reference
    elif TYPES[oid].element in _MISSING if oid in TYPES else False:
        element = TYPES[oid].element

        def of_references(row: Row, frame: Frame) -> object:
            value = frame.runtime.values[index]
            return None if value is None else _with_oids(value, element, frame.runtime)

        run = of_references
    else:

        def plain(row: Row, frame: Frame) -> object:
            return frame.runtime.values[index]

        run = plain
    return Code(run, closed=True)
