"""What a decision gives: the event that would happen, and what to tell the client besides.

An event is a set of record changes with the reason for them. Its guards name the records that the
decision rests on: it may be committed only while these are what they were.
"""

from dataclasses import dataclass

from server.catalog.values import Key, Timestamp, Value
from server.errors import Diagnostic


@dataclass(frozen=True, slots=True)
class Change:
    """Put `value` under `key`; None deletes the key."""

    key: Key
    value: Value | None


@dataclass(frozen=True, slots=True)
class Event:
    """What happened, who did it and when.

    Attributes:
        action: the statement's words, for example `ADD VERSION`.
        target: the full name of the object.
        changes: the records to put and to delete.
        guards: the keys whose records the decision read; a key may be absent from the catalog.
        exclusive: the decision rests on the whole catalog (that a project is empty, for one).
        version: the version that a change of a model is about.
        new_target: the full name of the object from now on, where the event gives it a new one.
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


@dataclass(frozen=True, slots=True)
class Decision:
    """What a statement comes to.

    Attributes:
        event: None when the statement is right and changes nothing.
        reads: what a decision without an event rests on, as `Event.guards` does for one with an event.
    """

    event: Event | None = None
    notices: tuple[Diagnostic, ...] = ()
    reads: tuple[Key, ...] = ()
