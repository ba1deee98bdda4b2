"""What a decision gives: the event that would happen, and what to tell the client besides.

An event is a set of record changes with the reason for them. Its guards name the records that the
decision rests on: it may be committed only while these are what they were.
"""

from typing import Final

from msgspec import Struct

from server.catalog.values import Key, Timestamp, Value
from server.errors import Diagnostic


class Change(Struct, frozen=True):
    """Put `value` under `key`; None deletes the key."""

    key: Key
    value: Value | None


class Origin(Struct, frozen=True):
    """Where an event comes from, for the history.

    Attributes:
        address: of the client; None when it has none, or when the server did it by itself.
        application: what the client calls itself; the server's own work has a name too.
        statement: the canonical text, secrets masked.
        reason: why the server did it by itself.
    """

    address: str | None = None
    application: str = ""
    statement: str = ""
    reason: str = ""


NO_ORIGIN: Final = Origin()


class Event(Struct, frozen=True):
    """What happened, who did it and when.

    Attributes:
        action: the statement's words, for example `ADD VERSION`.
        target: the full name of the object.
        changes: the records to put and to delete.
        guards: the keys whose records the decision read; a key may be absent from the catalog.
        exclusive: the decision rests on the whole catalog (that a project is empty, for one).
        version: the version that a change of a model is about.
        new_target: the full name of the object from now on, where the event gives it a new one.
        subject: the key of the object; None where no record stands for it.
        new_subject: likewise, where the event gives it a new name.
        drop_id: which model of this name in the recycle bin it put there or took out.
        moves: the versions go to another place as they are, so that the history needs to keep none of them.
        old_default, new_default: the model's default version before and after; None where there is no model.
        parts: the events of a transaction, when this one stands for all of them.
    """

    action: str
    target: str
    principal: str
    time: Timestamp
    changes: tuple[Change, ...]
    guards: tuple[Key, ...]
    exclusive: bool = False
    version: str | None = None
    old_default: str | None = None
    new_default: str | None = None
    new_target: str | None = None
    parts: tuple["Event", ...] = ()
    subject: Key | None = None
    new_subject: Key | None = None
    moves: bool = False
    drop_id: str | None = None
    origin: Origin = NO_ORIGIN


class Decision(Struct, frozen=True):
    """What a statement comes to.

    Attributes:
        event: None when the statement is right and changes nothing.
        reads: what a decision without an event rests on, as `Event.guards` does for one with an event.
    """

    event: Event | None = None
    notices: tuple[Diagnostic, ...] = ()
    reads: tuple[Key, ...] = ()
