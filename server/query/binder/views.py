"""Views: their definitions, bound once."""

from dataclasses import replace

from server.query import bound
from server.query.binder.context import BindingContext
from server.query.relations.interface import Relation

# What a definition calls by a bare name is there; the relations and information_schema's functions are qualified.
_SEARCH_PATH = ("pg_catalog",)


def bind_view(relation: Relation, definition: str, context: BindingContext) -> bound.Query:
    """The query that the view is, from what was bound before or anew."""
    kept = context.views.get(relation.oid)
    if kept is not None and (kept[0] is relation or kept[0] == relation):
        return kept[1]
    from server.query.binder.queries import bind_query_in

    surroundings = replace(context, session=replace(context.session, search_path=_SEARCH_PATH), parameter_types=[])
    query = bind_query_in(context.parse_view(definition), surroundings, None)
    context.views[relation.oid] = (relation, query)
    return query
