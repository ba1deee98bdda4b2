"""The sequential model: a few models with their versions, and transactions over them, as plain as can be."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tests.integration.statements import add_version, create


class Verb(StrEnum):
    CREATE = "create"
    ADD = "add"
    DEFAULT = "default"
    DROP_VERSION = "drop version"
    DROP = "drop"
    READ = "read"
    READ_ALL = "read all"


@dataclass(frozen=True, slots=True)
class Step:
    """One statement; `model` counts within the group, `version` is a number."""

    verb: Verb
    model: int
    version: int = 1

    def text(self, group: int) -> str:
        name = model_name(group, self.model)
        match self.verb:
            case Verb.CREATE:
                return create(name)
            case Verb.ADD:
                return add_version(name, f"v{self.version}")
            case Verb.DEFAULT:
                return f"ALTER MODEL {name} SET DEFAULT_VERSION v{self.version}"
            case Verb.DROP_VERSION:
                return f"ALTER MODEL {name} DROP VERSION v{self.version}"
            case Verb.DROP:
                return f"DROP MODEL {name}"
            case Verb.READ:
                return f"SHOW VERSIONS FOR MODEL {name}"
            case Verb.READ_ALL:
                names = ", ".join(f"'{model_name(group, model)}'" for model in range(MODELS))
                return (
                    "SELECT model_name, version_name, is_default FROM model_versions "
                    f"WHERE model_name IN ({names}) ORDER BY 1, 2"
                )


@dataclass(frozen=True, slots=True)
class Request:
    """Steps that are one operation; several are a transaction."""

    group: int
    steps: tuple[Step, ...]


# What a read finds: (version, whether it is the default), in order; of all models, with the model before.
Found = tuple[tuple[str, bool], ...]
FoundAll = tuple[tuple[str, str, bool], ...]
Outcome = str | Found | FoundAll

# Per model: its versions and the default one; None where there is no model.
ModelState = tuple[frozenset[int], int] | None
State = tuple[ModelState, ...]

MODELS: Final = 2
NOTHING: Final[State] = (None,) * MODELS
DONE: Final = "done"
CONFLICT: Final = "40001"
_EXISTS: Final = "42710"
_MISSING: Final = "42704"
_IN_USE: Final = "55006"


def model_name(group: int, model: int) -> str:
    return f"g{group}_{model}"


def step(state: State, request: Request, response: tuple[Outcome, ...] | None) -> State | None:
    """The state after the request; None when the model would not have answered so.

    A response ends with the outcome that undid the transaction, if one did; CONFLICT may come at any place and changes
    nothing. Without a response all steps were done, or it is as if nothing was.
    """
    after = state
    for index, each in enumerate(request.steps):
        after, outcome = _take(after, each, request.group)
        if response is None:
            if outcome in (_EXISTS, _MISSING, _IN_USE):
                return None
            continue
        if index >= len(response) or response[index] == CONFLICT:
            return state
        if response[index] != outcome:
            return None
        if outcome in (_EXISTS, _MISSING, _IN_USE):
            return state
    if response is not None and response[-1] == CONFLICT:
        return state
    return after


def _take(state: State, step: Step, group: int) -> tuple[State, Outcome]:
    if step.verb is Verb.READ_ALL:
        return state, tuple(
            (model_name(group, index), version, default)
            for index, model in enumerate(state)
            for version, default in _show(model)
        )
    model = state[step.model]
    if step.verb is Verb.CREATE:
        return (state, _EXISTS) if model is not None else (_put(state, step.model, (frozenset({1}), 1)), DONE)
    if model is None:
        return state, _MISSING
    versions, default = model
    match step.verb:
        case Verb.READ:
            return state, _show(model)
        case Verb.DROP:
            return _put(state, step.model, None), DONE
        case Verb.ADD if step.version in versions:
            return state, _EXISTS
        case Verb.ADD:
            return _put(state, step.model, (versions | {step.version}, default)), DONE
        case _ if step.version not in versions:
            return state, _MISSING
        case Verb.DEFAULT:
            return _put(state, step.model, (versions, step.version)), DONE
        case _ if step.version == default:
            return state, _IN_USE
        case _:
            return _put(state, step.model, (versions - {step.version}, default)), DONE


def _show(model: ModelState) -> Found:
    if model is None:
        return ()
    versions, default = model
    return tuple((f"v{version}", version == default) for version in sorted(versions))


def _put(state: State, index: int, model: ModelState) -> State:
    return (*state[:index], model, *state[index + 1 :])
