"""The view `model_grants`: who was granted what on the models, their schema and their project.

Its rows are made for whoever asks: the grants on what one may grant on oneself, and else those to oneself and to one's
roles. What is held without a grant (by owners and administrators) is for SHOW GRANTS and SHOW ACL to say.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from protocol.types import TEXT
from server.catalog.privileges import Authority
from server.catalog.tree import Schema
from server.catalog.values import Grants
from server.query.relations.interface import RelationColumn, Row
from server.query.relations.model_views import ModelView
from server.statements.privileges import ObjectKind

GRANTS_VIEW: Final = ModelView(
    "model_grants",
    "What was granted on the models of the schema, on it and on its project, one row for each action.",
    (
        RelationColumn("project", TEXT, comment="the project"),
        RelationColumn("schema_name", TEXT, comment="the schema; NULL for a grant on the project"),
        RelationColumn("model_name", TEXT, comment="the model; NULL for a grant on the schema or the project"),
        RelationColumn("object_type", TEXT, comment="model, schema or project"),
        RelationColumn("grantee_type", TEXT, comment="user or role"),
        RelationColumn("grantee", TEXT, comment="who may do it"),
        RelationColumn("action", TEXT, comment="what may be done, for example Describe"),
    ),
    None,
)


def make_grant_rows(authority: Authority, schemas: Mapping[str, Schema], model: str | None) -> Iterator[Row]:
    """The rows over these schemas.

    Args:
        model: only of models of this name; None: all, and the grants on schemas and project too.
    """
    project = authority.project
    if project is None:
        return
    if model is None:
        yield from _rows(authority, ObjectKind.PROJECT, None, None, project.header.grants, all_=authority.administers)
    for name, schema in sorted(schemas.items()):
        manages = authority.manages(schema)
        if model is None:
            yield from _rows(authority, ObjectKind.SCHEMA, name, None, schema.header.grants, all_=manages)
        names = sorted(schema.models) if model is None else [model] if model in schema.models else []
        for model_name in names:
            header = schema.models[model_name].header
            if header.grants:
                owns = authority.owns(schema, header)
                yield from _rows(authority, ObjectKind.MODEL, name, model_name, header.grants, all_=owns)


def _rows(
    authority: Authority, kind: ObjectKind, schema: str | None, model: str | None, grants: Grants, *, all_: bool
) -> Iterator[Row]:
    for grant in grants:
        own = grant.grantee in authority.roles if grant.to_role else grant.grantee == authority.principal
        if all_ or (own and authority.is_member):
            grantee_type = "role" if grant.to_role else "user"
            for action in grant.actions:
                yield authority.name, schema, model, kind.lower(), grantee_type, grant.grantee, action
