"""What the history keeps of an event: who, when, from where, which statement, which object, and what was before.

An entry is JSON, which any program can read. Beside it stand the records of the model that the event
overwrote, as they were: undoing one event after the other leads back to any earlier state. A record that
only moves to another place is not kept; secrets are sealed there as everywhere.

Source: SPEC of the view `model_history`; there is nothing like it in MaxCompute's documents.
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Struct

from server.catalog.events import Event
from server.catalog.tree import Catalog
from server.catalog.values import Key, Kind, Timestamp, Value
from server.records import decode_key, decode_value, encode_key, encode_value
from server.store.interface import Note, StoreDamaged

_KEPT: Final = frozenset({Kind.MODEL, Kind.VERSION})
_GRANTS: Final = frozenset({"GRANT", "REVOKE"})


class Entry(Struct, frozen=True, omit_defaults=True):
    """One event.

    Attributes:
        object: the full name of what it was about; `new_object` from then on.
        time: when the statement ran. The commit, at the end of a transaction, may have been later.
        drop_id: as in `Event`.
        address, application, statement, reason: as in `Origin`; empty where there is none.
    """

    principal: str
    time: Timestamp
    action: str
    object: str
    new_object: str | None = None
    version: str | None = None
    old_default: str | None = None
    new_default: str | None = None
    drop_id: str | None = None
    address: str | None = None
    application: str = ""
    statement: str = ""
    reason: str = ""


_encode_entry: Final = msgspec.json.Encoder().encode
_decode_entry: Final = msgspec.json.Decoder(Entry).decode
_encode_undo: Final = msgspec.msgpack.Encoder().encode
_decode_undo: Final = msgspec.msgpack.Decoder(list[tuple[str, bytes | None]]).decode


def make_notes(event: Event, before: Catalog) -> list[Note]:
    """The notes of one commit, one for each statement of a transaction.

    Args:
        before: the catalog that the event was decided on.
    """
    notes: list[Note] = []
    parts = event.parts or (event,)
    for index, part in enumerate(parts):
        notes.append(_make_note(part, before, event.time))
        if index + 1 < len(parts):
            before = before.apply(part.changes, before.revision)
    return notes


def read_entry(note: Note) -> Entry:
    """The entry of a note.

    Raises:
        StoreDamaged: it is none of ours.
    """
    try:
        return _decode_entry(note.entry)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StoreDamaged(f"an entry of the history of {note.subject!r} cannot be read: {error}") from error


def shown_statement(entry: Entry, *, may_grant: bool) -> str | None:
    """The statement, as far as it may be told.

    SILENT: what was granted to whom is for who may grant on the object, here as in SHOW ACL.
    """
    return None if entry.action in _GRANTS and not may_grant else entry.statement or None


class Life:
    """Tells what was done to the model that has a name from what was done to others of that name before.

    Args:
        key: of the model, encoded.
        drop_id: where it lies in the recycle bin; None for the model that is there.
    """

    def __init__(self, key: str, drop_id: str | None = None) -> None:
        self._key = key
        self._drop_id = drop_id
        self.is_over = False

    def holds(self, note: Note) -> bool:
        """Whether the note is of it. Takes the notes of the name one after the other, the newest first."""
        entry = read_entry(note)
        if self.is_over or entry.action == "PURGE MODEL":  # that was another, for this one is there
            return False
        if self._drop_id is not None:
            # While it lay in the bin others may have had the name.
            if (entry.action, entry.drop_id) != ("DROP MODEL", self._drop_id):
                return False
            self._drop_id = None
            return True
        if entry.action == "DROP MODEL" or note.second not in (None, self._key):
            # That was another as well: this one is of a transaction that has not been committed.
            self.is_over = True
            return False
        if entry.action == "UNDROP MODEL":
            self._drop_id = entry.drop_id
        self.is_over = entry.action == "CREATE MODEL" or note.second == self._key
        return True


def read_undo(note: Note) -> Iterator[tuple[Key, Value | None]]:
    """The records that the event overwrote, as they were; None where there was none.

    Raises:
        StoreDamaged: they are none of ours.
    """
    if not note.undo:
        return
    try:
        undo = _decode_undo(note.undo)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StoreDamaged(f"the history of {note.subject!r} cannot be undone: {error}") from error
    for text, value in undo:
        key = decode_key(text)
        yield key, None if value is None else decode_value(key, value)


def _make_note(event: Event, before: Catalog, committed: Timestamp) -> Note:
    origin = event.origin
    entry = Entry(
        principal=event.principal,
        time=event.time,
        action=event.action,
        object=event.target,
        new_object=event.new_target,
        version=event.version,
        old_default=event.old_default,
        new_default=event.new_default,
        drop_id=event.drop_id,
        address=origin.address,
        application=origin.application,
        statement=origin.statement,
        reason=origin.reason,
    )
    return Note(
        subject=event.target if event.subject is None else encode_key(event.subject),
        time=committed,
        entry=_encode_entry(entry),
        undo=_make_undo(event, before),
        second=None if event.new_subject is None else encode_key(event.new_subject),
    )


def _make_undo(event: Event, before: Catalog) -> bytes:
    if event.subject is None or event.subject.kind is not Kind.MODEL:
        return b""
    undo: list[tuple[str, bytes | None]] = []
    for change in event.changes:
        if change.key.kind in _KEPT and not (event.moves and change.key.kind is Kind.VERSION):
            value = before.find_value(change.key)
            undo.append((encode_key(change.key), None if value is None else encode_value(value)))
    return _encode_undo(undo)
