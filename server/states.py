"""What a model was at an earlier revision: the newest state, with everything undone that came after.

The way there follows the model, not the name: through RENAME to its later name, through DROP into the recycle
bin and through UNDROP out of it again. Where it ends, in the catalog or in the bin, is the state from which on
the notes that were passed are undone, the newest first. Commits up to a revision never change, so that a state
once found holds whatever is committed later.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from protocol.timestamps import Infinity
from server.catalog.names import Earlier
from server.catalog.tree import Catalog, Dropped, Model
from server.catalog.values import Kind, ModelHeader, ModelName, ModelVersion, Timestamp, model_key
from server.catalog.versions import Versions
from server.committer import store_error
from server.errors import Condition, OdpsError
from server.history import read_entry, read_undo
from server.records import decode_key, encode_key
from server.store.interface import Moment, Revision, Store, StoredNote, StoreError
from server.times import to_timestamp

_CREATE: Final = "CREATE MODEL"
_DROP: Final = "DROP MODEL"
_UNDROP: Final = "UNDROP MODEL"
# What can put one model in the place of another.
_REPLACING: Final = frozenset({"REPLACE MODEL", "ROLLBACK MODEL"})

Place = tuple[Revision, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a statement names the model and the moment, for errors: in characters from 0."""

    name: int | None = None
    moment: int | None = None


_NOWHERE: Final = Asked()


@dataclass(frozen=True, slots=True)
class Purged:
    """A model that is gone for good, under the name it had last."""

    name: ModelName


class States:
    """The earlier states of the models in a store.

    Every method takes the newest committed catalog, and raises besides what it says what the store said.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    async def find_revision(
        self, time: datetime | Infinity, shown: str, now: Timestamp, newest: Catalog, at: int | None = None
    ) -> Revision:
        """The newest revision that is not later than `time`.

        Args:
            shown: the time as it was written, at `at`.

        Raises:
            OdpsError: MOMENT_TO_COME, STATE_NOT_KEPT.
        """
        match time:
            case Infinity.POSITIVE:
                asked = now + 1
            case Infinity.NEGATIVE:
                asked = -1
            case _:
                asked = to_timestamp(time)
        if asked > now:
            raise OdpsError(Condition.MOMENT_TO_COME, at=at, moment=shown, newest=newest.revision)
        moment = await self._find_moment(asked)
        if moment.time > asked or moment.revision == 0:
            raise OdpsError(Condition.STATE_NOT_KEPT, at=at, moment=shown, first=max(moment.revision, 1))
        return min(moment.revision, newest.revision)

    async def find(self, name: ModelName, revision: Revision, newest: Catalog, asked: Asked = _NOWHERE) -> Model:
        """What was called `name` after the commit `revision`.

        Raises:
            OdpsError: MODEL_NOT_THERE, MOMENT_TO_COME, STATE_NOT_KEPT, STATE_PURGED.
        """
        state, _ = await self._find(name, revision, newest, asked)
        return state

    async def find_earlier(
        self, name: ModelName, revision: Revision, newest: Catalog, asked: Asked = _NOWHERE
    ) -> Earlier:
        """What the model that is called `name` now was then, under whatever name.

        Raises:
            OdpsError: as `find`.
        """
        await self._check_kept(revision, newest, asked)
        model = newest.find_model(name)
        then = None if model is None else await self._find_name(name, revision, newest)
        if model is None or then is None:
            raise not_there(name, revision, asked)
        state, actions = await self._find(then, revision, newest, asked)
        create_time = model.header.create_time
        # RECORD may have given the same model another time.
        replaced = state.header.create_time != create_time and not _REPLACING.isdisjoint(actions)
        return Earlier(state, create_time, replaced)

    async def _find(self, name: ModelName, revision: Revision, newest: Catalog, asked: Asked) -> tuple[Model, set[str]]:
        """The state, and the actions that came after it."""
        await self._check_kept(revision, newest, asked)
        passed, end = await self._go_back(name, revision, newest)
        # What was let go of while it was read may be missing.
        await self._check_kept(revision, newest, asked)
        match end:
            case None:
                raise not_there(name, revision, asked)
            case Purged():
                raise OdpsError(Condition.STATE_PURGED, at=asked.moment, model=end.name, revision=revision)
            case _:
                return _undo(passed, end, revision), {read_entry(stored.note).action for stored in passed}

    async def _check_kept(self, revision: Revision, newest: Catalog, asked: Asked) -> None:
        shown = f"revision {revision}"
        if revision > newest.revision:
            raise OdpsError(Condition.MOMENT_TO_COME, at=asked.moment, moment=shown, newest=newest.revision)
        try:
            begin = await self._store.notes_begin()
        except StoreError as error:
            raise store_error(error) from error
        # Before the first commit there is nothing.
        first = max(begin.revision, 1)
        if revision < first:
            raise OdpsError(Condition.STATE_NOT_KEPT, at=asked.moment, moment=shown, first=first)

    async def _find_name(self, name: ModelName, revision: Revision, newest: Catalog) -> ModelName | None:
        """The name that the model called `name` now had then; None when it is younger."""
        before: Place = (newest.revision + 1, 0)
        while True:
            earlier = None
            drop_id = None
            async for stored in self._notes(name, above=revision, upto=before[0], newest_first=True):
                place, entry = (stored.revision, stored.part), read_entry(stored.note)
                if place >= before:
                    continue
                if drop_id is not None:
                    # While it was in the recycle bin others may have had the name.
                    drop_id = None if (entry.action, entry.drop_id) == (_DROP, drop_id) else drop_id
                elif stored.note.second == encode_key(model_key(name)):
                    earlier, before = decode_key(stored.note.subject), place
                    break
                elif entry.action == _CREATE:
                    return None
                elif entry.action == _UNDROP:
                    drop_id = entry.drop_id
            if earlier is None:
                return name
            name = ModelName(*earlier.path)

    async def _go_back(
        self, name: ModelName, revision: Revision, newest: Catalog
    ) -> tuple[list[StoredNote], Model | Dropped | Purged | None]:
        """What came after, and what the model is now; None when there was none."""
        passed: list[StoredNote] = []
        after: Place = (revision + 1, 0)
        while True:
            later = None
            drop_id = None
            async for stored in self._notes(name, above=revision, upto=newest.revision):
                place, entry = (stored.revision, stored.part), read_entry(stored.note)
                if place <= after:
                    continue
                if drop_id is not None:
                    drop_id = None if (entry.action, entry.drop_id) == (_UNDROP, drop_id) else drop_id
                    continue
                if stored.note.subject != encode_key(model_key(name)) or entry.action in (_CREATE, _UNDROP):
                    return [], None  # the name was free until then
                passed.append(stored)
                if stored.note.second is not None:
                    later, after = decode_key(stored.note.second), place
                    break
                if entry.action == _DROP:
                    drop_id = entry.drop_id or ""
            if later is None:
                return passed, _find_end(name, drop_id, newest)
            name = ModelName(*later.path)

    async def _notes(
        self, name: ModelName, *, above: Revision, upto: Revision, newest_first: bool = False
    ) -> AsyncIterator[StoredNote]:
        subject = encode_key(model_key(name))
        try:
            pages = self._store.read_notes(subject=subject, above=above, upto=upto, newest_first=newest_first)
            async for page in pages:
                for stored in page:
                    yield stored
        except StoreError as error:
            raise store_error(error) from error

    async def _find_moment(self, time: Timestamp) -> Moment:
        try:
            return await self._store.find_moment(time)
        except StoreError as error:
            raise store_error(error) from error


def _find_end(name: ModelName, drop_id: str | None, newest: Catalog) -> Model | Dropped | Purged | None:
    """What the model is now: in the catalog, or under this id in the recycle bin."""
    if drop_id is None:
        return newest.find_model(name)
    return dict(newest.list_dropped(name)).get(drop_id, Purged(name))


def _undo(passed: list[StoredNote], end: Model | Dropped, revision: Revision) -> Model:
    """Undo what was passed, the newest first."""
    header = end.header if isinstance(end.header, ModelHeader) else end.header.header
    versions = dict(end.versions)
    for stored in reversed(passed):
        for key, value in read_undo(stored.note):
            match key.kind:
                case Kind.MODEL if value is not None:
                    header = cast("ModelHeader", value)
                case Kind.VERSION if value is None:
                    versions.pop(key.path[3], None)
                case Kind.VERSION:
                    versions[key.path[3]] = cast("ModelVersion", value)
                case _:
                    pass  # the other name of a renamed model
    return Model(header, Versions.of(versions), revision)


def not_there(name: ModelName, revision: Revision, asked: Asked, hint: str | None = None) -> OdpsError:
    return OdpsError(
        Condition.MODEL_NOT_THERE,
        at=asked.name,
        model=name,
        revision=revision,
        detail=f"Model: {name}",
        hint=hint,
    )
