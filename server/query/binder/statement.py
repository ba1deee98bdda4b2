"""A whole statement: its query, then its parameters.

Source: PostgreSQL 15, parse_analyze_varparams and exec_parse_message.
"""

from protocol.types import NO_TYPE, UNKNOWN
from server.errors import Condition, OdpsError
from server.query import bound
from server.query.binder.context import BindingContext
from server.query.binder.queries import bind_query_in
from server.statements.select import QueryExpression


def bind_query(query: QueryExpression, context: BindingContext) -> bound.Query:
    """The query with everything resolved; `context.parameter_types` gets what it says of `$1`, `$2` ..

    Raises:
        OdpsError: with the place in the statement.
        InvalidConstant: a constant that is no value of its type.
    """
    return bind_query_in(query, context, None)


def settle_parameters(context: BindingContext) -> None:
    """Raise PARAMETER_UNDETERMINED for a parameter whose type nothing has said."""
    for number, oid in enumerate(context.parameter_types, start=1):
        if oid in (NO_TYPE, UNKNOWN):
            raise OdpsError(Condition.PARAMETER_UNDETERMINED, number=number)
