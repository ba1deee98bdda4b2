"""What a new catalog starts with: its project and owner, and the public models.

Source of the public project's name and list: "MaxCompute models". SILENT: the document gives neither
versions nor owners of public models; each has one version `v1` here, owned by the system account.
"""

from collections.abc import Iterable

from msgspec import Struct

from server.catalog.events import Change, Event
from server.catalog.privileges import SUPER_ADMINISTRATOR
from server.catalog.values import (
    DEFAULT_SCHEMA,
    NO_VERIFIER,
    Member,
    ModelHeader,
    ModelName,
    ModelVersion,
    Principal,
    ProjectHeader,
    SchemaHeader,
    Timestamp,
    member_key,
    model_key,
    principal_key,
    project_key,
    schema_key,
    version_key,
)
from server.public_project import PUBLIC_PROJECT

SYSTEM_ACCOUNT = "ALIYUN$maxcompute"
"""Owns the public models; no user has this name."""
_PUBLIC_VERSION = "v1"


class PublicModel(Struct, frozen=True):
    """A public model as the data file lists it."""

    name: str
    model_type: str
    tasks: str
    comment: str


def seed_project(project: str, owner: str, now: Timestamp, verifier: bytes = NO_VERIFIER) -> Event:
    """The first project with its `default` schema, and its owner: a superuser, with what is kept of a password."""
    changes = (
        Change(principal_key(owner), Principal(now, verifier, superuser=True)),
        Change(project_key(project), ProjectHeader(owner, now)),
        Change(schema_key(project, DEFAULT_SCHEMA), SchemaHeader(owner, now)),
        Change(member_key(project, owner), Member((SUPER_ADMINISTRATOR,))),
    )
    key = project_key(project)
    return Event("SEED", project, owner, now, changes, guards=(key,), subject=key)


def seed_public_models(models: Iterable[PublicModel], now: Timestamp) -> Event:
    """The public project with its models."""
    changes = [
        Change(project_key(PUBLIC_PROJECT), ProjectHeader(SYSTEM_ACCOUNT, now, public=True)),
        Change(schema_key(PUBLIC_PROJECT, DEFAULT_SCHEMA), SchemaHeader(SYSTEM_ACCOUNT, now)),
    ]
    for model in models:
        name = ModelName(PUBLIC_PROJECT, DEFAULT_SCHEMA, model.name.lower())
        header = ModelHeader(
            owner=SYSTEM_ACCOUNT,
            source_type="REMOTE",
            model_type=model.model_type,
            default_version=_PUBLIC_VERSION,
            create_time=now,
            last_modified_time=now,
            comment=model.comment,
        )
        version = ModelVersion(
            name=_PUBLIC_VERSION,
            create_time=now,
            last_modified_time=now,
            options=(("TASKS", model.tasks),),
            comment=model.comment,
        )
        changes += [
            Change(model_key(name), header),
            Change(version_key(name, _PUBLIC_VERSION), version),
        ]
    key = project_key(PUBLIC_PROJECT)
    return Event("SEED", PUBLIC_PROJECT, SYSTEM_ACCOUNT, now, tuple(changes), guards=(key,), subject=key)
