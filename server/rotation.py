"""Brings every secret of the catalog under the first key of the ring, while the server goes on.

Two things together see to that, and to no secret being lost on the way:

- whatever is committed is sealed with the first key (`renew_secrets` at the committer's door), so that a statement
  or a transaction which sealed its secret with an older key cannot bring that back;
- a pass over the catalog writes each record once more that an older key has sealed.

Only when a look at the durable catalog afterwards finds nothing under a key is that key called unused, and only an
unused one is ever taken out of the key file. Stopped or killed at any instant, the server has both keys, and goes
on with the pass when it starts again.
"""

import asyncio
from collections.abc import Iterable, Iterator, Set
from functools import partial
from itertools import islice
from pathlib import Path

import structlog
from msgspec.structs import replace

from server.catalog import Catalog, Decision, ModelName
from server.catalog.decide_users import PASSWORD
from server.catalog.events import Change, Event
from server.catalog.privileges import OPERATOR
from server.catalog.values import (
    NO_VERIFIER,
    Key,
    Kind,
    ModelVersion,
    Principal,
    Timestamp,
    dropped_version_key,
    principal_key,
    version_key,
)
from server.engine import Engine
from server.errors import Condition, OdpsError
from server.key_file import mark_unused, read_keys
from server.sealing import purpose_of
from server.secrets import Keyring, SecretsError, Tampered, key_id_of

_log = structlog.get_logger("modeld")

ACTION = "ROTATE KEY"
# Records that one commit of the pass writes anew: some milliseconds of work, so that others have their turn.
_BATCH = 64


def find_key_ids(catalog: Catalog) -> set[bytes]:
    """The keys that the catalog's secrets were sealed with."""
    return {key_id_of(sealed) for _, _, sealed in find_secrets(catalog)}


def renew_secrets(keyring: Keyring, event: Event) -> Event:
    """The event, its secrets sealed with the first key.

    Raises:
        OdpsError: SECRET_KEY_LOST: it would put a secret into the catalog that nobody can open.
    """
    first = keyring.key_ids[0]
    if not any(key_id_of(sealed) != first for change in event.changes for sealed in _secrets_of(change)):
        return event
    return replace(
        event,
        changes=tuple(_renew_change(keyring, change) for change in event.changes),
        parts=tuple(renew_secrets(keyring, part) for part in event.parts),
    )


class Rotation:
    """The pass over the catalog, in the background. Belongs to one event loop.

    Args:
        key_file: None when the keys come from the environment.
    """

    def __init__(self, engine: Engine, key_file: Path | None) -> None:
        self._engine = engine
        self._key_file = key_file
        self._task: asyncio.Task[None] | None = None
        self._again = False
        # The keys in use as loading or a whole pass has found them, besides the one that has been the first ever since;
        # None: nobody knows.
        self._known: Set[bytes] | None = engine.sealed_with

    def begin(self) -> None:
        """Begin a pass, or another one after that under way."""
        if self._task is not None and not self._task.done():
            self._again = True
            return
        self._task = asyncio.create_task(self._run(), name="rotation")

    def reload(self) -> None:
        """Read the key file again and begin a pass. When it cannot be used, the keys stay those they were."""
        if self._key_file is None:
            self.begin()
            return
        keyring = self._engine.keyring
        try:
            keys = [line.key for line in read_keys(self._key_file)]
        except (SecretsError, OSError) as error:
            _log.error("keys not reloaded", reason=str(error))
            return
        before = keyring.key_ids[0]
        keyring.adopt(keys)
        if keyring.key_ids[0] != before:
            # What was committed since was sealed with a key that is no longer the first.
            self._known = None
            _log.info("keys reloaded", key=keyring.key_ids[0].hex())
        self.begin()

    async def run(self) -> int:
        """One pass; how many records were sealed anew.

        Raises:
            OdpsError: what the store said.
        """
        committer, keyring = self._engine.committer, self._engine.keyring
        count = 0
        # As they are now: one that takes the first place during the pass is not judged by it, and another pass follows.
        first, *others = keyring.key_ids
        if self._known is not None and self._known <= {first}:
            # Most often so: every start begins a pass, and what is committed is sealed with the first key anyway.
            await asyncio.to_thread(self._mark, set(others))
            return count
        self._known = None
        # What was sealed before the first key was, and is on its way to the store, is in the catalog afterwards.
        await committer.submit(lambda catalog: Decision())
        old = await asyncio.to_thread(_find_old, committer.catalog, first)
        while keys := tuple(islice(old, _BATCH)):
            decision = await committer.submit(partial(_touch, keys, self._engine.clock.now()))
            if decision.event is not None:
                count += len(keys)
        needed = await asyncio.to_thread(find_key_ids, committer.catalog)
        await asyncio.to_thread(self._mark, set(others) - needed)
        left = needed.intersection(others)
        if left:
            _log.error("secrets not re-encrypted", keys=", ".join(sorted(map(bytes.hex, left))))
        self._known = None if self._again else needed
        return count

    async def stop(self) -> None:
        """Leave the pass where it is; the next start goes on with it."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])

    async def _run(self) -> None:
        while True:
            self._again = False
            try:
                count = await self.run()
            except OdpsError as error:
                _log.error("secrets not re-encrypted", reason=str(error))
            else:
                if count:
                    _log.info("secrets re-encrypted", records=count, key=self._engine.keyring.key_ids[0].hex())
            if not self._again:
                return

    def _mark(self, unused: set[bytes]) -> None:
        if self._key_file is None or not unused:
            return
        try:
            mark_unused(self._key_file, unused)
        except (SecretsError, OSError) as error:
            _log.warning("key file not changed", reason=str(error))


def _touch(keys: Iterable[Key], now: Timestamp, catalog: Catalog) -> Decision:
    """Write these records once more, as they are; the committer's door seals them anew."""
    changes: dict[Key, Change] = {}
    for key in keys:
        value = catalog.find_value(key)
        # A version goes with the header of its model, which every change writes, since that is what guards look at.
        head = _head(key)
        header = catalog.find_value(head)
        if value is not None and header is not None:
            changes[head] = Change(head, header)
            changes[key] = Change(key, value)
    if not changes:
        return Decision()
    guards = tuple(dict.fromkeys(map(_head, changes)))
    return Decision(Event(ACTION, "", OPERATOR, now, tuple(changes.values()), guards))


def _head(key: Key) -> Key:
    match key.kind:
        case Kind.VERSION:
            return Key(Kind.MODEL, key.path[:-1])
        case Kind.DROPPED_VERSION:
            return Key(Kind.DROPPED, key.path[:-1])
        case _:
            return key


def _find_old(catalog: Catalog, first: bytes) -> Iterator[Key]:
    """The records that hold a secret which another key has sealed."""
    found = {key: None for key, _, sealed in find_secrets(catalog) if key_id_of(sealed) != first}
    return iter(found)


def find_secrets(catalog: Catalog) -> Iterator[tuple[Key, str, bytes]]:
    """Every secret: the record that holds it, what it is called there, and itself, sealed."""
    for name, role in catalog.principals.items():
        if role.header.verifier != NO_VERIFIER:
            yield principal_key(name), PASSWORD, role.header.verifier
    for project_name, project in catalog.projects.items():
        for schema_name, schema in project.schemas.items():
            for model_name, model in schema.models.items():
                name_of_model = ModelName(project_name, schema_name, model_name)
                for version, option, sealed in model.versions.secrets():
                    yield version_key(name_of_model, version), option, sealed
    for path, of_name in catalog.dropped.items():
        for drop_id, dropped in of_name.items():
            for version, option, sealed in dropped.versions.secrets():
                yield dropped_version_key(ModelName(*path), drop_id, version), option, sealed


def _secrets_of(change: Change) -> tuple[bytes, ...]:
    match change.value:
        case ModelVersion(secrets=secrets):
            return tuple(sealed for _, sealed in secrets)
        case Principal(verifier=verifier):
            return () if verifier == NO_VERIFIER else (verifier,)
        case _:
            return ()


def _renew_change(keyring: Keyring, change: Change) -> Change:
    match change.value:
        case ModelVersion(secrets=secrets) as version if secrets:
            renewed = tuple((key, _renew(keyring, key, sealed, change)) for key, sealed in secrets)
            return Change(change.key, replace(version, secrets=renewed))
        case Principal(verifier=verifier) as principal if verifier != NO_VERIFIER:
            return Change(change.key, replace(principal, verifier=_renew(keyring, PASSWORD, verifier, change)))
        case _:
            return change


def _renew(keyring: Keyring, key: str, sealed: bytes, change: Change) -> bytes:
    if key_id_of(sealed) == keyring.key_ids[0]:
        return sealed
    purpose = purpose_of(key, change.key.path[-1])
    try:
        return keyring.seal(keyring.unseal(sealed, purpose=purpose), purpose=purpose)
    except Tampered:
        # As damaged as before, and no worse.
        return sealed
    except SecretsError as error:
        what = f"{change.key.kind} {'.'.join(change.key.path)}"
        raise OdpsError(Condition.SECRET_KEY_LOST, object=what, key=key_id_of(sealed).hex()) from error
