"""From a SELECT as written to one whose every name, type and function is known.

`bind_query` is the way in; `settle_parameters` comes after it. Nothing here reads a row.
"""

from server.query.binder.context import BindingContext
from server.query.binder.statement import bind_query, settle_parameters

__all__ = ["BindingContext", "bind_query", "settle_parameters"]
