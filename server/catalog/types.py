"""The data types of input columns: MaxCompute's 2.0 type edition, checked and written canonically.

Source: "MaxCompute V2.0 data type edition". Canonical text is lower case without blanks, as DESC prints
it: `decimal(10,2)`, `array<string>`, `map<string,bigint>`, `struct<a:bigint,b:string>`.
"""

from server.catalog.names import COLUMN_CHARACTERS, COLUMN_NAME
from server.errors import Condition, OdpsError
from server.statements import DataType

# Name: (how many numbers it takes at least, at most).
_PRIMITIVE = {
    "TINYINT": (0, 0),
    "SMALLINT": (0, 0),
    "INT": (0, 0),
    "BIGINT": (0, 0),
    "FLOAT": (0, 0),
    "DOUBLE": (0, 0),
    "DECIMAL": (0, 2),
    "VARCHAR": (1, 1),
    "CHAR": (1, 1),
    "STRING": (0, 0),
    "BINARY": (0, 0),
    "BOOLEAN": (0, 0),
    "DATE": (0, 0),
    "DATETIME": (0, 0),
    "TIMESTAMP": (0, 0),
    "TIMESTAMP_NTZ": (0, 0),
    "JSON": (0, 0),
}
_NESTED = {"ARRAY": 1, "MAP": 2}
_LENGTH_LIMITS = {"VARCHAR": 65535, "CHAR": 255}
_DECIMAL_PRECISION = 38
_DECIMAL_SCALE = 18


def format_type(data_type: DataType) -> str:
    """The canonical text of a type.

    Raises:
        OdpsError: TYPE_UNKNOWN, or TYPE_PARAMETER when its numbers or element types are wrong.
    """
    name = data_type.name
    if name in _PRIMITIVE:
        return _format_primitive(data_type)
    if name in _NESTED:
        return _format_collection(data_type)
    if name == "STRUCT":
        return _format_struct(data_type)
    hint = f"There are {', '.join((*_PRIMITIVE, *_NESTED))} and STRUCT."
    raise OdpsError(Condition.TYPE_UNKNOWN, at=data_type.at, type=name, hint=hint)


def _format_primitive(data_type: DataType) -> str:
    name, arguments = data_type.name, data_type.arguments
    if data_type.elements:
        raise _wrong(data_type, "takes no element types")
    least, most = _PRIMITIVE[name]
    if not least <= len(arguments) <= most:
        if most == 0:
            raise _wrong(data_type, "takes no parameters")
        raise _wrong(data_type, "needs a length" if not arguments else "takes fewer parameters")
    if not arguments:
        return name.lower()
    if name == "DECIMAL":
        _check_decimal(data_type)
    elif not 1 <= arguments[0] <= _LENGTH_LIMITS[name]:
        raise _wrong(data_type, f"the length must be from 1 to {_LENGTH_LIMITS[name]}")
    return f"{name.lower()}({','.join(map(str, arguments))})"


def _check_decimal(data_type: DataType) -> None:
    precision, *rest = data_type.arguments
    scale = rest[0] if rest else 0
    if not 1 <= precision <= _DECIMAL_PRECISION:
        raise _wrong(data_type, f"the precision must be from 1 to {_DECIMAL_PRECISION}")
    if not 0 <= scale <= min(_DECIMAL_SCALE, precision):
        raise _wrong(data_type, f"the scale must be from 0 to {min(_DECIMAL_SCALE, precision)}")


def _format_collection(data_type: DataType) -> str:
    name, elements = data_type.name, data_type.elements
    if data_type.arguments or data_type.field_names or len(elements) != _NESTED[name]:
        raise _wrong(data_type, "needs an element type" if name == "ARRAY" else "needs a key type and a value type")
    if name == "MAP" and elements[0].name not in _PRIMITIVE:
        raise _wrong(data_type, "the key type must be a primitive type")
    return f"{name.lower()}<{','.join(map(format_type, elements))}>"


def _format_struct(data_type: DataType) -> str:
    names = [identifier.name for identifier in data_type.field_names]
    if data_type.arguments or not names or len(names) != len(data_type.elements):
        raise _wrong(data_type, "needs fields, each with a name and a type")
    for identifier in data_type.field_names:
        if COLUMN_NAME.fullmatch(identifier.name) is None:
            raise OdpsError(
                Condition.NAME_INVALID,
                at=identifier.at,
                kind="struct field",
                name=identifier.name,
                allowed=COLUMN_CHARACTERS,
            )
    if len(set(names)) != len(names):
        raise _wrong(data_type, "a field name is used more than once")
    inner = ",".join(f"{name}:{format_type(each)}" for name, each in zip(names, data_type.elements, strict=True))
    return f"struct<{inner}>"


def _wrong(data_type: DataType, reason: str) -> OdpsError:
    return OdpsError(Condition.TYPE_PARAMETER, at=data_type.at, type=data_type.name, reason=reason)
