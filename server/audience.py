"""Who may know of what happened: of a change that was committed, of a model that is no longer what it was.

Source: SPEC of privileges: a principal never learns of a model that it may not see. SILENT: what is gone belongs to who
administers its place, and to its owner while it lies in the recycle bin.
"""

from msgspec.structs import replace

from server.catalog.decide_recovery import list_own_dropped
from server.catalog.events import Event
from server.catalog.privileges import OPERATOR, find_authority, is_superuser, is_user_of
from server.catalog.tree import Catalog, Model
from server.catalog.values import Key, Kind, ModelHeader, ModelName, Timestamp
from server.statements.privileges import Action


def may_hear(event: Event, before: Catalog, after: Catalog, principal: str) -> bool:
    """Whether the principal may be told of an event that led from one catalog to the other.

    Of a model: who may describe it before or afterwards. Of a project, its schemas, members and roles: who administers
    it. Of users, and of the server as a whole: superusers.
    """
    keys = [key for key in (event.subject, event.new_subject) if key is not None]
    if not keys:
        return is_superuser(after, principal)
    return any(_may_know(key, catalog, principal) for key in keys for catalog in (after, before))


def knows_past(catalog: Catalog, name: ModelName, principal: str) -> bool:
    """Whether the principal may know what was under a name that no model has now that it may see."""
    if catalog.find_model(name) is None and list_own_dropped(catalog, name, principal):
        return True
    return knows_all(catalog, name, principal)


def knows_all(catalog: Catalog, name: ModelName, principal: str) -> bool:
    """Whether the principal may know of every model that ever had the name, since it administers the place."""
    authority = find_authority(catalog, name.project, principal)
    schema = catalog.find_schema(name.project, name.schema)
    return authority.administers or (schema is not None and authority.manages(schema))


def history_begins(catalog: Catalog, project: str, principal: str) -> Timestamp:
    """From when on the principal may know of what was done in a project.

    SILENT: what was done in an earlier project of its name is for superusers.
    """
    node = catalog.find_project(project)
    return 0 if node is None or is_superuser(catalog, principal) else node.header.create_time


def header_of_today(catalog: Catalog, then: Model, now: Model | None) -> ModelHeader:
    """By whose owner and grants an earlier state is read: today's, or its owner's alone where that model is no more.

    SILENT: a model that was renamed since is known to its owner alone under the old name.
    """
    header = then.header
    if now is not None and now.header.create_time == header.create_time:
        return now.header
    owner = header.owner if is_user_of(catalog, header.owner, header.last_modified_time) else OPERATOR
    return replace(header, owner=owner, grants=())


def _may_know(key: Key, catalog: Catalog, principal: str) -> bool:
    if key.kind is Kind.PRINCIPAL:
        return is_superuser(catalog, principal)
    authority = find_authority(catalog, key.path[0], principal)
    if key.kind is not Kind.MODEL:
        return authority.administers
    name = ModelName(*key.path)
    model, schema = catalog.find_model(name), catalog.find_schema(name.project, name.schema)
    if model is None or schema is None:
        return authority.administers
    return authority.on_model(schema, model.header, Action.DESCRIBE)
