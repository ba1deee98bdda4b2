"""Values of any type as their text, for functions that take "any" and anyelement."""

from collections.abc import Callable

from protocol.types import BOOL, BPCHAR, UNKNOWN, Oid
from server.query.evaluator.casts import text_writer
from server.query.runtime import Runtime

WriteText = Callable[[Runtime, object], str]


def text_writer_of(oid: Oid) -> WriteText:
    """How a value of the type is written, under the settings of the run."""
    if oid == UNKNOWN:
        return lambda runtime, value: str(value)
    make = text_writer(oid)

    def write(runtime: Runtime, value: object) -> str:
        key = ("text writer", oid)
        writer = runtime.scratch.get(key)
        if writer is None:
            writer = runtime.scratch[key] = make(runtime)
        return writer(value)  # type: ignore[operator,no-any-return]  # the writer that was put there

    return write


def cast_to_text(oid: Oid) -> WriteText:
    """How a value of the type is cast to text: as it is written, but for a truth value and for padding."""
    if oid == BOOL:
        return lambda runtime, value: "true" if value else "false"
    if oid == BPCHAR:
        return lambda runtime, value: str(value).rstrip(" ")
    return text_writer_of(oid)
