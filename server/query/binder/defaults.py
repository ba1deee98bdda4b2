"""The defaults of the parameters that may be left out of a call.

Source: PostgreSQL 15, pg_get_function_arguments of every function of pg_catalog with defaults.
"""

from typing import Final

from protocol.types import BOOL, FLOAT8, INT4, INT8, JSONB, TEXT, Oid
from server.query.bound import Constant
from server.query.functions.signature import Function

_FALSE: Final = Constant(False, BOOL)
_TRUE: Final = Constant(True, BOOL)
_ZERO: Final = Constant(0, INT4)
_TEXT_ARRAY: Final = Oid(1009)
_NO_VARS: Final = (Constant("{}", JSONB), _FALSE)
_NORMAL_FORM: Final = (Constant("NFC", TEXT),)
_NO_OPTIONS: Final = (Constant([], _TEXT_ARRAY),)

_DEFAULTS: Final[dict[str, tuple[Constant, ...]]] = {
    "is_normalized": _NORMAL_FORM,
    "normalize": _NORMAL_FORM,
    "json_populate_record": (_FALSE,),
    "json_populate_recordset": (_FALSE,),
    "jsonb_insert": (_FALSE,),
    "jsonb_path_exists": _NO_VARS,
    "jsonb_path_exists_tz": _NO_VARS,
    "jsonb_path_match": _NO_VARS,
    "jsonb_path_match_tz": _NO_VARS,
    "jsonb_path_query": _NO_VARS,
    "jsonb_path_query_tz": _NO_VARS,
    "jsonb_path_query_array": _NO_VARS,
    "jsonb_path_query_array_tz": _NO_VARS,
    "jsonb_path_query_first": _NO_VARS,
    "jsonb_path_query_first_tz": _NO_VARS,
    "jsonb_set": (_TRUE,),
    "jsonb_set_lax": (_TRUE, Constant("use_json_null", TEXT)),
    "make_interval": (*[_ZERO] * 6, Constant(0.0, FLOAT8)),
    "parse_ident": (_TRUE,),
    "pg_backup_start": (_FALSE,),
    "pg_backup_stop": (_TRUE,),
    "pg_create_logical_replication_slot": (_FALSE, _FALSE),
    "pg_create_physical_replication_slot": (_FALSE, _FALSE),
    "pg_logical_slot_get_binary_changes": _NO_OPTIONS,
    "pg_logical_slot_get_changes": _NO_OPTIONS,
    "pg_logical_slot_peek_binary_changes": _NO_OPTIONS,
    "pg_logical_slot_peek_changes": _NO_OPTIONS,
    "pg_promote": (_TRUE, Constant(60, INT4)),
    "pg_terminate_backend": (Constant(0, INT8),),
}


def default_of(function: Function, parameter: int) -> Constant:
    """The default of a parameter, counted from 0."""
    values = _DEFAULTS[function.name]
    return values[parameter - (len(function.arguments) - len(values))]
