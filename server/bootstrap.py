"""Opens a data folder: the store, the key file, the catalog; seeds it on the first start."""

import gc
from collections.abc import Awaitable
from functools import partial
from importlib.resources import files
from pathlib import Path

import msgspec
import structlog
from msgspec.structs import replace

from server.catalog.events import Change, Decision, Event
from server.catalog.names import Context, check_namespace_name
from server.catalog.privileges import OPERATOR
from server.catalog.seed import PublicModel, seed_project, seed_public_models
from server.catalog.tree import Catalog
from server.catalog.values import Member, member_key, principal_key
from server.committer import Committer
from server.engine import Engine
from server.key_file import KEY_FILE, open_keyring
from server.retention import DEFAULT_RETENTION, Retention
from server.rotation import find_key_ids, renew_secrets
from server.secrets import UnknownKey
from server.statements import Identifier
from server.store.interface import Store
from server.times import Clock
from server.users import seal_password

_log = structlog.get_logger("modeld")

# Microseconds since 1970; later than any time that there is.
_END_OF_TIME = 2**62


async def open_engine(
    store: Store,
    folder: Path,
    *,
    project: str,
    owner: str,
    environment_key: str | None,
    owner_password: str | None = None,
    retention: Retention = DEFAULT_RETENTION,
    opening: Awaitable[None] | None = None,
) -> Engine:
    """Open the store and load its catalog; an empty one is seeded.

    Args:
        project: the first project, made in an empty catalog; later it has no effect.
        owner: the principal that owns it, likewise.
        owner_password: that principal's password, likewise.
        environment_key: the key for secrets, in place of the key file; base64 of 32 bytes.
        retention: how long is kept what is no longer current.
        opening: of the store, where it has begun already.

    Raises:
        StoreError: the store cannot be opened or read.
        SecretsError: the key file cannot be used, or does not hold the key of the stored secrets.
        OdpsError: the project's name is not valid.
    """
    engine = await load_engine(store, folder, environment_key=environment_key, retention=retention, opening=opening)
    if not engine.committer.catalog.projects:
        await _seed(engine, project.lower(), owner, owner_password)
        _log.info("catalog created", project=project.lower(), owner=owner, folder=str(folder))
    else:
        await _introduce_privileges(engine)
    # Of what the start has left; the catalog itself is frozen already.
    gc.collect()
    gc.freeze()
    return engine


async def load_engine(
    store: Store,
    folder: Path,
    *,
    environment_key: str | None,
    retention: Retention = DEFAULT_RETENTION,
    opening: Awaitable[None] | None = None,
) -> Engine:
    """Open the store and load its catalog as it is.

    Raises:
        StoreError, SecretsError: as `open_engine`.
    """
    await (store.open() if opening is None else opening)
    committer = Committer(store)
    # The collector would walk the growing catalog again and again; afterwards it never needs to.
    gc.disable()
    try:
        sealed_with = await committer.load()
        gc.freeze()
    finally:
        gc.enable()
    keyring = open_keyring(folder / KEY_FILE, environment_key=environment_key, make=not sealed_with)
    if not sealed_with <= set(keyring.key_ids):
        # Or what stands there is no secret at all, which this says.
        sealed_with = find_key_ids(committer.catalog)
    # Before anything is added to a catalog whose secrets cannot be opened.
    for key_id in sealed_with - set(keyring.key_ids):
        raise UnknownKey(key_id)
    committer.renew = partial(renew_secrets, keyring)
    clock = Clock((await store.find_moment(_END_OF_TIME)).time)
    engine = Engine(committer, keyring, clock, retention=retention, sealed_with=frozenset(sealed_with))
    committer.on_commit = engine.note_commit
    return engine


async def seed_public_project(engine: Engine) -> None:
    """Make the public project alone, in an empty catalog that is to be loaded from a dump."""
    event = seed_public_models(_read_public_models(), engine.clock.now())
    await engine.committer.submit(lambda catalog: Decision(event))


def _read_public_models() -> list[PublicModel]:
    data = files("server.catalog").joinpath("public_models.json").read_bytes()
    return msgspec.json.decode(data, type=list[PublicModel])


async def _introduce_privileges(engine: Engine) -> None:
    """Make what an earlier modeld has left, where every user could do everything, a catalog with privileges.

    The user that was made first becomes a superuser, all users members of all projects, and administrators of none.
    """
    catalog = engine.committer.catalog
    principals = {name: account.header for name, account in catalog.principals.items()}
    own = {name: node for name, node in catalog.projects.items() if not node.header.public}
    has_privileges = any(each.superuser for each in principals.values()) or any(node.members for node in own.values())
    if has_privileges or not principals:
        return
    first = min(principals, key=lambda name: (principals[name].create_time, name))
    changes = (
        Change(principal_key(first), replace(principals[first], superuser=True)),
        *(Change(member_key(project, name), Member()) for project in own for name in principals),
    )
    event = Event("INTRODUCE PRIVILEGES", first, OPERATOR, engine.clock.now(), changes, guards=())
    await engine.committer.submit(lambda catalog: Decision(event))
    _log.info("privileges introduced", superuser=first)


async def _seed(engine: Engine, project: str, owner: str, owner_password: str | None) -> None:
    verifier, _ = seal_password(engine.keyring, owner, owner_password)
    now = engine.clock.now()
    check_namespace_name("project", Identifier(project), Context(owner, project, "", now))
    events = (seed_project(project, owner, now, verifier), seed_public_models(_read_public_models(), now))

    def decide(catalog: Catalog) -> Decision:
        # One event, so that no crash leaves half a seed behind.
        changes = tuple(change for event in events for change in event.changes)
        guards = tuple(guard for event in events for guard in event.guards)
        return Decision(Event("SEED", project, owner, now, changes, guards, subject=events[0].subject))

    await engine.committer.submit(decide)
