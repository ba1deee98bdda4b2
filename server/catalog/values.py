"""What the catalog keeps: one frozen struct for each kind of record.

The same values are held in memory and written to the store, each under its key. A new field needs a
default, so that older records can still be read. Times are microseconds since 1970-01-01 UTC. Strings
of the statement's author (comments, option values) are kept as they were given; names are folded.

The structs stay out of the cyclic garbage collector (`gc=False`): they hold only strings, numbers and
tuples, and a catalog has millions of them.
"""

from enum import StrEnum

from msgspec import Struct

Timestamp = int

DEFAULT_SCHEMA = "default"
NO_VERIFIER = b""


class ModelName(Struct, frozen=True, gc=False):
    """The full name of a model."""

    project: str
    schema: str
    name: str

    def __str__(self) -> str:
        return f"{self.project}.{self.schema}.{self.name}"


class Column(Struct, frozen=True, gc=False, array_like=True):
    """An input column; `type` is the canonical lower-case text, for example `decimal(10,2)`."""

    name: str
    type: str
    comment: str = ""


class Grant(Struct, frozen=True, gc=False, array_like=True):
    """What a user or a role of the project may do with the object whose record holds it.

    Attributes:
        grantee: a principal, or with `to_role` a role of the project.
        actions: in the order of `privileges.Action`; never empty.
    """

    grantee: str
    actions: tuple[str, ...]
    to_role: bool = False


Grants = tuple[Grant, ...]
"""Sorted by grantee, users before roles; each grantee once."""


class ModelVersion(Struct, frozen=True, gc=False, omit_defaults=True):
    """A version of a model.

    Attributes:
        options: (key, value) sorted by key; keys upper case. MODEL_SOURCE_TYPE and MODEL_TYPE belong to
            the model and are not among them, secrets neither.
        secrets: (key, sealed value) sorted by key; only the server's keyring can open them.
        added: made by ADD VERSION, not by CREATE MODEL (the documented DESC output tells them apart).
        labels: (key, value) sorted by key.
        lifecycle: days after the last modification, then the server drops it; 0 for never, or as the model says.
    """

    name: str
    create_time: Timestamp
    last_modified_time: Timestamp
    input: tuple[Column, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    secrets: tuple[tuple[str, bytes], ...] = ()
    comment: str = ""
    added: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    lifecycle: int = 0

    def find_option(self, key: str) -> str | None:
        return next((value for name, value in self.options if name == key), None)


class ModelHeader(Struct, frozen=True, gc=False, omit_defaults=True):
    """What is said of the model as a whole. Every change of the model or of a version rewrites it.

    Attributes:
        aliases: (alias, version) sorted by alias; each version is one of the model's.
        labels: as a version's.
        lifecycle: that of the versions that have none of their own.
        grants: on the model; they live and go with it.
    """

    owner: str
    source_type: str
    model_type: str
    default_version: str
    create_time: Timestamp
    last_modified_time: Timestamp
    comment: str = ""
    aliases: tuple[tuple[str, str], ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    lifecycle: int = 0
    grants: Grants = ()

    def find_alias(self, alias: str) -> str | None:
        """The version that it stands for."""
        return next((version for name, version in self.aliases if name == alias), None)


class DroppedModel(Struct, frozen=True, gc=False):
    """A model in the recycle bin: its header as it was, who dropped it and when."""

    header: ModelHeader
    principal: str
    drop_time: Timestamp


class SchemaHeader(Struct, frozen=True, gc=False, omit_defaults=True):
    owner: str
    create_time: Timestamp
    grants: Grants = ()


class ProjectHeader(Struct, frozen=True, gc=False, omit_defaults=True):
    """`public` projects hold the service's own models and refuse every change."""

    owner: str
    create_time: Timestamp
    public: bool = False
    grants: Grants = ()


class Member(Struct, frozen=True, gc=False, omit_defaults=True):
    """A principal in a project, with the roles it has there, sorted."""

    roles: tuple[str, ...] = ()


class Role(Struct, frozen=True, gc=False):
    """A role that a project has made; those that every project has are in `privileges`."""


class Principal(Struct, frozen=True, gc=False, omit_defaults=True):
    """Who may log in; the role name and the principal (`ALIYUN$...`, `RAM$...:...`) are one string.

    Attributes:
        verifier: what is kept of the password, sealed; NO_VERIFIER where there is none.
        superuser: may do everything, in every project, as in PostgreSQL.
    """

    create_time: Timestamp
    verifier: bytes = NO_VERIFIER
    superuser: bool = False


Value = ModelVersion | ModelHeader | DroppedModel | SchemaHeader | ProjectHeader | Principal | Member | Role


class Kind(StrEnum):
    """The first part of a record's key."""

    PRINCIPAL = "principal"
    PROJECT = "project"
    SCHEMA = "schema"
    MODEL = "model"
    VERSION = "version"
    DROPPED = "dropped"
    DROPPED_VERSION = "dropped_version"
    MEMBER = "member"
    ROLE = "role"


class Key(Struct, frozen=True, gc=False):
    """What a record is about: the kind and the names from the outermost inwards.

    The shapes: (PRINCIPAL, name), (PROJECT, project), (SCHEMA, project, schema),
    (MODEL, project, schema, model), (VERSION, project, schema, model, version),
    (DROPPED, project, schema, model, id), (DROPPED_VERSION, project, schema, model, id, version),
    (MEMBER, project, principal), (ROLE, project, role),
    where the id tells apart those of one name that were dropped: the time, in digits.
    """

    kind: Kind
    path: tuple[str, ...]


def principal_key(name: str) -> Key:
    return Key(Kind.PRINCIPAL, (name,))


def project_key(project: str) -> Key:
    return Key(Kind.PROJECT, (project,))


def member_key(project: str, principal: str) -> Key:
    return Key(Kind.MEMBER, (project, principal))


def role_key(project: str, role: str) -> Key:
    return Key(Kind.ROLE, (project, role))


def schema_key(project: str, schema: str) -> Key:
    return Key(Kind.SCHEMA, (project, schema))


def model_key(model: ModelName) -> Key:
    return Key(Kind.MODEL, (model.project, model.schema, model.name))


def version_key(model: ModelName, version: str) -> Key:
    return Key(Kind.VERSION, (model.project, model.schema, model.name, version))


def dropped_key(model: ModelName, drop_id: str) -> Key:
    return Key(Kind.DROPPED, (model.project, model.schema, model.name, drop_id))


def dropped_version_key(model: ModelName, drop_id: str, version: str) -> Key:
    return Key(Kind.DROPPED_VERSION, (model.project, model.schema, model.name, drop_id, version))
