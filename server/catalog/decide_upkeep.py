"""What the server changes by itself: versions whose life cycle has ended, models that were dropped long ago.

SILENT: MaxCompute's document gives models no life cycle. As the partitions of its tables do, each version ends its
own many days after its last modification: its own LIFECYCLE, or the model's where it has none. The default version and
those with an alias stay, so that what is in use never goes; the day after they are neither, they go too.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from server.catalog.events import Change, Decision
from server.catalog.model_events import model_event, touched
from server.catalog.names import Context
from server.catalog.tree import Catalog, Model
from server.catalog.values import (
    ModelName,
    ModelVersion,
    Timestamp,
    dropped_key,
    dropped_version_key,
    model_key,
    version_key,
)

DAY: Final = 86_400_000_000
"""In microseconds."""

SERVER: Final = "(server)"
"""Who it was, in the history."""


@dataclass(frozen=True, slots=True)
class Expired:
    """A version to drop: its life cycle of `days` has ended at `end`."""

    model: ModelName
    version: str
    days: int
    end: Timestamp


@dataclass(frozen=True, slots=True)
class Overdue:
    """A model to take out of the recycle bin, where it has been since `drop_time`."""

    model: ModelName
    drop_id: str
    drop_time: Timestamp


def find_expired(catalog: Catalog) -> Iterator[Expired]:
    """The versions that go when their time has come, now or later."""
    for project_name, project in catalog.projects.items():
        if project.header.public:
            continue
        for schema_name, schema in project.schemas.items():
            for model_name, model in schema.models.items():
                name = ModelName(project_name, schema_name, model_name)
                yield from _find_in_model(name, model)


def find_overdue(catalog: Catalog) -> Iterator[Overdue]:
    """What is in the recycle bin."""
    for path, dropped_of_name in catalog.dropped.items():
        for drop_id, dropped in dropped_of_name.items():
            yield Overdue(ModelName(*path), drop_id, dropped.header.drop_time)


def expire(catalog: Catalog, expired: Expired, context: Context) -> Decision:
    """Drop the version, if it is still what was found."""
    name = expired.model
    model = catalog.find_model(name)
    if model is None or expired not in _find_in_model(name, model, only=expired.version):
        return Decision()
    header = touched(model, context)
    changes = (Change(model_key(name), header), Change(version_key(name, expired.version), None))
    event = model_event("EXPIRE VERSION", name, context, changes, version=expired.version, old=model.header, new=header)
    return Decision(event)


def purge_overdue(catalog: Catalog, overdue: Overdue, context: Context) -> Decision:
    """Take the model out of the recycle bin, if it is still there."""
    name = overdue.model
    found = dict(catalog.list_dropped(name)).get(overdue.drop_id)
    if found is None:
        return Decision()
    keys = [dropped_version_key(name, overdue.drop_id, version) for version in sorted(found.versions)]
    key = dropped_key(name, overdue.drop_id)
    changes = tuple(Change(each, None) for each in (*keys, key))
    event = model_event("PURGE MODEL", name, context, changes, guards=(key,), drop_id=overdue.drop_id)
    return Decision(event)


def _find_in_model(name: ModelName, model: Model, only: str | None = None) -> Iterator[Expired]:
    header = model.header
    if not header.lifecycle and only is None and not model.versions.has_lifecycles:
        return
    used = {header.default_version, *(version for _, version in header.aliases)}
    versions = model.versions.values() if only is None else filter(None, [model.versions.get(only)])
    for version in versions:
        days = version.lifecycle or header.lifecycle
        if days and version.name not in used:
            yield Expired(name, version.name, days, _end(version, days))


def _end(version: ModelVersion, days: int) -> Timestamp:
    return version.last_modified_time + days * DAY
