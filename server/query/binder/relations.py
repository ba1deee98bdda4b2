"""From the name of a table in FROM to the relation it is.

Source: PostgreSQL 15, parserOpenTable and RangeVarGetRelidExtended.
"""

from server.errors import Condition, OdpsError
from server.query.binder.context import BindingContext
from server.query.binder.scope import Scope
from server.query.relations.interface import Relation


def resolve_relation(names: tuple[str, ...], scope: Scope, at: int) -> Relation:
    """The relation under `name`, looked for in the search path, `schema.name` or `database.schema.name`.

    Raises:
        OdpsError: TABLE_MISSING, CROSS_DATABASE
    """
    context = scope.context
    if len(names) > 3:
        raise OdpsError(Condition.NAMES_TOO_MANY, name=".".join(names), at=at)
    if len(names) == 3 and names[0] != context.session.database:
        raise OdpsError(Condition.CROSS_DATABASE, name=f'"{".".join(names)}"', at=at)
    found = _find_relation(names[-2:], context)
    if found is not None:
        return found
    full = names if len(names) == 3 else (context.session.database, *names)
    detail = hint = None
    if len(names) == 1 and scope.has_future(names[0]):
        detail = f'There is a WITH item named "{names[0]}", but it cannot be referenced from this part of the query.'
        hint = "Use WITH RECURSIVE, or re-order the WITH items to remove forward references."
    raise OdpsError(Condition.TABLE_MISSING, name=".".join(full), detail=detail, hint=hint, at=at)


def _find_relation(names: tuple[str, ...], context: BindingContext) -> Relation | None:
    if len(names) == 2:
        return context.database.find_relation(*names)
    for schema in context.session.search_path:
        found = context.database.find_relation(schema, names[0])
        if found is not None:
            return found
    return None
