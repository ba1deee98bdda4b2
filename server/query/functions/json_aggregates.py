"""json_agg, json_object_agg and the same of jsonb.

Source: PostgreSQL manual, "Aggregate Functions"; json_agg_transfn and its kin in json.c and jsonb.c of version 15.
"""

from protocol.jsonb import canonical_jsonb
from server.query.functions.json_conversion import Write, is_structured, json_writer, jsonb_writer, key_writer
from server.query.functions.registry import CallTypes, aggregate
from server.query.functions.value_errors import check_length, invalid_parameter
from server.query.runtime import Runtime


class _Array:
    def __init__(self, runtime: Runtime, write: Write, separator: str) -> None:
        self._runtime = runtime
        self._write = write
        self._separator = separator
        self._parts: list[str] = []

    def add(self, *arguments: object) -> None:
        part = self._write(self._runtime, arguments[0])
        self._runtime.limits.hold(len(part))
        self._parts.append(part)

    def result(self) -> object:
        if not self._parts:
            return None
        check_length(sum(map(len, self._parts)))
        return "[" + self._separator.join(self._parts) + "]"


class _Object:
    def __init__(self, runtime: Runtime, key: Write, value: Write, null_key: str) -> None:
        self._runtime = runtime
        self._key = key
        self._value = value
        self._null_key = null_key
        self._parts: list[str] = []

    def add(self, *arguments: object) -> None:
        key, value = arguments
        if key is None:
            raise invalid_parameter(self._null_key)
        part = f"{self._key(self._runtime, key)} : {self._value(self._runtime, value)}"
        self._runtime.limits.hold(len(part))
        self._parts.append(part)

    def result(self) -> object:
        if not self._parts:
            return None
        check_length(sum(map(len, self._parts)))
        return "{ " + ", ".join(self._parts) + " }"


class _Canonical:
    """The same as jsonb."""

    def __init__(self, inner: _Object) -> None:
        self.add = inner.add
        self._inner = inner

    def result(self) -> object:
        text = self._inner.result()
        return None if text is None else canonical_jsonb(str(text))


@aggregate("json_agg")
def collect_array(types: CallTypes, runtime: Runtime) -> _Array:
    oid = types.arguments[0]
    return _Array(runtime, json_writer(oid), ", \n " if is_structured(oid) else ", ")


@aggregate("jsonb_agg")
def collect_jsonb_array(types: CallTypes, runtime: Runtime) -> _Array:
    return _Array(runtime, jsonb_writer(types.arguments[0]), ", ")


@aggregate("json_object_agg")
def collect_object(types: CallTypes, runtime: Runtime) -> _Object:
    key, value = types.arguments
    return _Object(runtime, key_writer(key), json_writer(value), "field name must not be null")


@aggregate("jsonb_object_agg")
def collect_jsonb_object(types: CallTypes, runtime: Runtime) -> _Canonical:
    key, value = types.arguments
    return _Canonical(_Object(runtime, key_writer(key), jsonb_writer(value), "field name must not be null"))
