"""What the decisions on models have in common: the event of a change, and those that change nothing."""

from msgspec.structs import replace

from server.catalog.events import Change, Decision, Event
from server.catalog.names import Context
from server.catalog.tree import Model
from server.catalog.values import Key, ModelHeader, ModelName, model_key
from server.errors import Condition, Diagnostic, diagnostic


def model_skipped(name: ModelName) -> Decision:
    return nothing(name, diagnostic(Condition.SKIPPED_MISSING, what=f'model "{name}"'))


def nothing(name: ModelName, *notices: Diagnostic) -> Decision:
    """The statement is right as the model stands, and changes nothing."""
    return Decision(None, notices, reads=(model_key(name),))


def touched(model: Model, context: Context) -> ModelHeader:
    """The header again, as every change of a version writes it: that is what guards look at."""
    return replace(model.header, last_modified_time=context.now)


def model_event(
    action: str,
    name: ModelName,
    context: Context,
    changes: tuple[Change, ...],
    *,
    version: str | None = None,
    old: ModelHeader | None = None,
    new: ModelHeader | None = None,
    guards: tuple[Key, ...] = (),
    new_target: ModelName | None = None,
    moves: bool = False,
    drop_id: str | None = None,
) -> Event:
    """The event of a change of one model, whose headers before and after are `old` and `new`."""
    return Event(
        action=action,
        target=str(name),
        principal=context.principal,
        time=context.now,
        changes=changes,
        guards=(*guards, model_key(name)),
        version=version,
        old_default=None if old is None else old.default_version,
        new_default=None if new is None else new.default_version,
        new_target=None if new_target is None else str(new_target),
        subject=model_key(name),
        new_subject=None if new_target is None else model_key(new_target),
        moves=moves,
        drop_id=drop_id,
        origin=context.origin,
    )
