"""Data type editions: which types a session's flags let it use.

MaxCompute's 2.0 edition is what holds here unless a flag says otherwise. Source: "Data type editions",
"MaxCompute V1.0 data type edition", and the documented error for a 2.0 type under the 1.0 edition.
"""

from dataclasses import replace
from typing import Final

from msgspec import Struct

from server.errors import Condition, Diagnostic, OdpsError, diagnostic
from server.statements import DataType

TYPE_SYSTEM_FLAG: Final = "odps.sql.type.system.odps2"
DECIMAL_FLAG: Final = "odps.sql.decimal.odps2"
# ARRAY, MAP and STRUCT are in both editions; INT is read as BIGINT in the first one.
_ONLY_IN_2_0: Final = frozenset(
    "TINYINT SMALLINT FLOAT VARCHAR CHAR BINARY DATE TIMESTAMP TIMESTAMP_NTZ JSON".split()  # noqa: SIM905
)


class Edition(Struct, frozen=True):
    """What the flags of these names say.

    Attributes:
        odps2: the types of the 2.0 edition may be used.
        decimal_odps2: DECIMAL may have a precision and a scale.
    """

    odps2: bool = True
    decimal_odps2: bool = True


EDITION_2_0: Final = Edition()


def read_in_edition(data_type: DataType, edition: Edition) -> tuple[DataType, tuple[Diagnostic, ...]]:
    """The type that `data_type` means in the edition, and warnings.

    SILENT: MaxCompute treats INT as BIGINT under the 1.0 edition "with a warning", whose words are not documented;
    nor are those for DECIMAL with parameters, which get the form of the documented error.

    Raises:
        OdpsError: TYPE_NOT_ENABLED, at the type that the edition lacks.
    """
    if edition == EDITION_2_0:
        return data_type, ()
    name = data_type.name
    if not edition.odps2 and name in _ONLY_IN_2_0:
        raise OdpsError(Condition.TYPE_NOT_ENABLED, at=data_type.at, type=name, flag=TYPE_SYSTEM_FLAG)
    if not edition.decimal_odps2 and name == "DECIMAL" and data_type.arguments:
        shown = f"DECIMAL({','.join(map(str, data_type.arguments))})"
        raise OdpsError(Condition.TYPE_NOT_ENABLED, at=data_type.at, type=shown, flag=DECIMAL_FLAG)
    if not edition.odps2 and name == "INT" and not (data_type.arguments or data_type.elements):
        return replace(data_type, name="BIGINT"), (diagnostic(Condition.INT_IS_BIGINT, at=data_type.at),)
    read = [read_in_edition(element, edition) for element in data_type.elements]
    elements = tuple(element for element, _ in read)
    return replace(data_type, elements=elements), tuple(notice for _, notices in read for notice in notices)
