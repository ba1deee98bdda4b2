"""The run-time parameters of one session: what is in force, and what a transaction puts back.

A value is looked for in what SET LOCAL has laid over the transaction, then in what SET gave the session, then
in what the connection began with, then in the table.

SILENT: `role` and `session_authorization` take the session's own user only; of any other name PostgreSQL's text
says that there is no such role.
DEVIATION: a number in the list that SET search_path is given is shown in double quotes.
"""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeVar, cast

from immutables import Map

from server.errors import Condition, OdpsError
from server.parameters.flags import ALIASES, is_documented, is_flag
from server.parameters.kinds import Choice, Integer, Real, Text
from server.parameters.table import PARAMETERS, Context, RunTimeParameter
from server.parameters.texts import quote_names, split_names

# Letters are whatever is not ASCII, too, as in PostgreSQL.
_CUSTOM_NAME: Final = re.compile(r"[a-z_\x80-\U0010ffff][a-z0-9_$\x80-\U0010ffff]*", re.ASCII)
_OWN_PREFIX: Final = "modeld."
# DEVIATION: PostgreSQL has no such limits. A session's values are part of what answers and plans are kept by, beyond
# its end, so that one that set ever new ones, of megabytes, filled the memory.
_LONGEST_VALUE: Final = 65_536
_MOST_CUSTOM: Final = 1000
_FIXED: Final = {
    Context.INTERNAL: "",
    Context.POSTMASTER: " without restarting the server",
    Context.SIGHUP: " now",
}
# What holds for a transaction is, until something sets it, what holds for all.
_FOLLOWS: Final = {
    f"transaction_{mode}": f"default_transaction_{mode}" for mode in ("isolation", "read_only", "deferrable")
}
# DEVIATION: PostgreSQL tells superusers where its files lie.
_UNTOLD: Final = frozenset(("config_file", "data_directory", "external_pid_file", "hba_file", "ident_file"))
_ROLES: Final = ("role", "session_authorization")
_REPORTED: Final = tuple(parameter for parameter in PARAMETERS.values() if parameter.reported)

# Values by folded name: what the session has set, and what SET LOCAL has laid over it.
State = tuple[Map[str, str], Map[str, str]]
_EMPTY: State = (Map(), Map())
_T = TypeVar("_T")
_Made = dict[object, object]
# How many different beginnings are kept.
_MOST_BEGINNINGS: Final = 256


@dataclass(frozen=True, slots=True)
class Setting:
    """One parameter as a row of pg_settings has it; values are plain numbers of `unit` there, not `4MB`."""

    name: str
    setting: str
    unit: str | None
    category: str
    short_desc: str
    context: str
    vartype: str
    source: str
    min_val: str | None
    max_val: str | None
    enumvals: tuple[str, ...] | None
    boot_val: str
    reset_val: str


@dataclass(frozen=True, slots=True)
class _Beginning:
    """What sessions begin with that belong to one user and ask for the same; `made` as in `Parameters`."""

    server: dict[str, str]
    start: Map[str, str]
    custom: frozenset[str]
    made: _Made


Beginnings = dict[Hashable, _Beginning]


class Parameters:
    """The run-time parameters of one session.

    `state` is an immutable value: a transaction keeps it and puts it back to undo. A custom name that was once
    set stays known, as in PostgreSQL.

    Args:
        user: who the session belongs to.
        server: what this server is set to, by name, for example `max_connections`, as SHOW shows it.
    """

    def __init__(self, user: str, server: Mapping[str, str] | None = None, *, superuser: bool = False) -> None:
        self._state: State = _EMPTY
        self._user = user
        self._server = {} if server is None else server
        self._own = {"session_authorization": user, "is_superuser": "on" if superuser else "off"}
        self._start: Map[str, str] = Map()
        self._custom: set[str] = set()
        # What was made of the values in force, by what made it.
        self._made: _Made = {}
        self._made_first = self._made

    def begin(self, given: tuple[tuple[str, str], ...], beginnings: Beginnings) -> None:
        """Set what the startup packet says.

        Args:
            given: (name, value).
            beginnings: of earlier sessions: most begin like one before, and find what was made of it.

        Raises:
            OdpsError: as `set`.
        """
        key = self._user, self._own["is_superuser"], given
        found = beginnings.get(key)
        if found is not None and found.server == self._server:
            self._start, self._custom, self._made = found.start, set(found.custom), found.made
        else:
            for name, value in given:
                self.set_at_start(name, value)
            self._made = {}
            if len(beginnings) >= _MOST_BEGINNINGS:
                beginnings.clear()
            beginnings[key] = _Beginning(dict(self._server), self._start, frozenset(self._custom), self._made)
        self._made_first = self._made

    @property
    def state(self) -> State:
        return self._state

    @state.setter
    def state(self, state: State) -> None:
        self._state = state
        self._made = self._made_first if state is _EMPTY else {}

    def find(self, make: Callable[["Parameters"], _T]) -> _T:
        """What `make` makes of the values in force; made anew only when one has changed.

        Args:
            make: the same function each time, of these parameters alone.
        """
        found = self._made.get(make)
        if found is None:
            found = self._made[make] = make(self)
        return cast("_T", found)

    def get(self, name: str) -> str:
        """The value in force, as SHOW shows it.

        Raises:
            OdpsError: SETTING_UNKNOWN, PERMISSION_DENIED.
        """
        folded = _fold(name)
        session, local = self.state
        for values in (local, session):
            if folded in values:
                return values[folded]
        if folded in _FOLLOWS:
            return self.get(_FOLLOWS[folded])
        if folded in PARAMETERS or folded in self._custom:
            return self._reset_value(folded)
        if folded in _UNTOLD:
            raise OdpsError(Condition.PERMISSION_DENIED, what=f'examine "{folded}"')
        raise OdpsError(Condition.SETTING_UNKNOWN, name=name)

    def get_boolean(self, name: str) -> bool:
        return self.get(name) == "on"

    def get_number(self, name: str) -> int:
        """The value of a parameter that counts, in the unit that it counts in."""
        return _number(name.lower(), self.get(name))

    def get_milliseconds(self, name: str) -> int:
        """The value of a parameter that counts milliseconds; a timeout of 0 is none."""
        return self.get_number(name)

    def get_kilobytes(self, name: str) -> int:
        """The value of a parameter that counts kilobytes."""
        return self.get_number(name)

    def get_names(self, name: str) -> tuple[str, ...]:
        """The value of a parameter that lists names, such as search_path."""
        return split_names(self.get(name))

    def spelling(self, name: str) -> str:
        """The name as PostgreSQL spells it, for example `DateStyle`."""
        folded = _fold(name)
        return PARAMETERS[folded].name if folded in PARAMETERS else folded

    def set_at_start(self, name: str, value: str) -> None:
        """Set a parameter from the startup packet; RESET goes back to this value.

        Raises:
            OdpsError: as `set`.
        """
        self._start = self._start.set(_fold(name), self._checked(name, value))
        self._made = self._made_first = {}

    def set(self, name: str, value: str, *, local: bool = False) -> None:
        """Set a parameter to one text, as set_config does; with `local` until the end of the transaction.

        Raises:
            OdpsError: SETTING_UNKNOWN, SETTING_NAME_INVALID, SETTING_FIXED, SETTING_INVALID, SETTING_NOT_BOOLEAN,
                SETTING_OUT_OF_RANGE, SETTING_ROLE_MISSING, SETTING_TOO_LONG, SETTING_TOO_MANY.
        """
        folded, checked = _fold(name), self._checked(name, value)
        session, overlay = self.state
        if local or folded in _FOLLOWS:
            self.state = (session, overlay.set(folded, checked))
        else:
            self.state = (session.set(folded, checked), _without(overlay, folded))

    def set_values(self, name: str, values: Sequence[str], *, local: bool = False) -> None:
        """Set a parameter to the values of a SET statement, of which there is at least one.

        Raises:
            OdpsError: SETTING_SINGLE, and as `set`.
        """
        parameter = _find(name)
        kind = None if parameter is None else parameter.kind
        if isinstance(kind, Text) and kind.is_quoted:
            self.set(name, quote_names(values), local=local)
        elif len(values) > 1 and not (isinstance(kind, Text) and kind.is_list):
            raise OdpsError(Condition.SETTING_SINGLE, name=name.lower())
        else:
            self.set(name, ", ".join(values), local=local)

    def reset(self, name: str, *, local: bool = False) -> None:
        """Back to the value at the start of the session; with `local` until the end of the transaction.

        Raises:
            OdpsError: SETTING_UNKNOWN, SETTING_NAME_INVALID, SETTING_FIXED.
        """
        folded = _fold(name)
        if _find(name) is None:
            self._know(folded)
        session, overlay = self.state
        if local and folded not in _FOLLOWS:
            self.state = (session, overlay.set(folded, self._reset_value(folded)))
        else:
            self.state = (_without(session, folded), _without(overlay, folded))

    def reset_all(self) -> None:
        """Reset all but who the user is and what holds for the transaction, as PostgreSQL does."""
        kept = (*_ROLES, *_FOLLOWS)
        session, overlay = (Map({name: values[name] for name in kept if name in values}) for values in self.state)
        self.state = (session, overlay)

    def end_transaction(self) -> None:
        """Forget what SET LOCAL has set."""
        if self.state[1]:  # else the state stays the very same: much is kept for as long as it does
            self.state = (self.state[0], Map())

    @property
    def values(self) -> Hashable:
        """Everything that `get` depends on, to be compared with that of another session of the same server."""
        return self._user, self._start, frozenset(self._custom), *self.state

    @property
    def surroundings(self) -> tuple[State, int]:
        """What tells whether `values` may have changed: the same state, to the object, and the same number.

        A name of the session's own stays known when the transaction that has set it is undone.
        """
        return self.state, len(self._custom)

    def reported(self) -> tuple[tuple[str, str], ...]:
        """(name, value) of every parameter that clients are told of."""
        return tuple((parameter.name, self.get(parameter.name)) for parameter in _REPORTED)

    def flags(self) -> list[tuple[str, str]]:
        """(name, value) of each of MaxCompute's flags that is set in this session, in order of name.

        Those that it was begun with are among them; but a time zone may be what a driver sends by itself.
        """
        session, local = self.state
        aliases = [flag for flag, parameter in ALIASES.items() if parameter in session or parameter in local]
        given = {*self._start, *session, *local, *aliases}
        return [(name, self.get(name)) for name in sorted(given) if is_flag(name)]

    def is_unknown_flag(self, name: str) -> bool:
        """Whether it is one of MaxCompute's flags by its name, and yet none that it documents."""
        return is_flag(name) and _fold(name) not in PARAMETERS and not is_documented(name)

    def show_all(self) -> Iterator[tuple[str, str, str]]:
        """(name, value, description) of every parameter that is not hidden, in order of name."""
        for folded, parameter in PARAMETERS.items():
            if not parameter.hidden:
                yield parameter.name, self.get(folded), parameter.description

    def settings(self) -> Iterator[Setting]:
        """The rows of pg_settings, in order of name."""
        for folded, parameter in PARAMETERS.items():
            if not parameter.hidden:
                yield self._setting(folded, parameter)

    def _setting(self, folded: str, parameter: RunTimeParameter) -> Setting:
        kind = parameter.kind
        least = most = unit = None
        if isinstance(kind, Integer | Real):
            least, most = f"{kind.least:g}", f"{kind.most:g}"
        if isinstance(kind, Integer):
            least, most, unit = str(kind.least), str(kind.most), kind.unit or None
        return Setting(
            parameter.name,
            _plain(parameter, self.get(folded)),
            unit,
            parameter.category,
            parameter.description,
            parameter.context,
            kind.vartype,
            self._source(folded),
            least,
            most,
            kind.choices if isinstance(kind, Choice) else None,
            _plain(parameter, parameter.default),
            _plain(parameter, self._reset_value(folded)),
        )

    def _source(self, folded: str) -> str:
        if folded in _FOLLOWS:
            return "override"
        if folded in self.state[1] or folded in self.state[0]:
            return "session"
        if folded in self._start:
            return "client"
        return "command line" if folded in self._server or folded in self._own else "default"

    def _reset_value(self, folded: str) -> str:
        if folded in self._start:
            return self._start[folded]
        if folded in self._own:
            return self._own[folded]
        if folded in self._server:
            return self._server[folded]
        return PARAMETERS[folded].default if folded in PARAMETERS else ""

    def _checked(self, name: str, value: str) -> str:
        parameter, folded = _find(name), _fold(name)
        if len(value) > _LONGEST_VALUE:
            raise OdpsError(Condition.SETTING_TOO_LONG, name=name, limit=_LONGEST_VALUE)
        if parameter is None:
            self._know(folded)
            return value
        if folded in _ROLES and value != self._user and (folded, value) != ("role", "none"):
            raise OdpsError(Condition.SETTING_ROLE_MISSING, name=value)
        # PostgreSQL's messages about texts have the name as it spells it, the others as the client did.
        told = parameter.name if isinstance(parameter.kind, Text) else name
        return parameter.kind.read(told, value, self.get(folded))

    def _know(self, folded: str) -> None:
        if folded not in self._custom and len(self._custom) >= _MOST_CUSTOM:
            raise OdpsError(Condition.SETTING_TOO_MANY, limit=_MOST_CUSTOM)
        self._custom.add(folded)


def _fold(name: str) -> str:
    """The name that a value is kept under."""
    folded = name.lower()
    return ALIASES.get(folded, folded)


def _find(name: str) -> RunTimeParameter | None:
    """The parameter, which can be changed; None for a custom one.

    Raises:
        OdpsError: SETTING_UNKNOWN, SETTING_NAME_INVALID, SETTING_FIXED.
    """
    folded = _fold(name)
    parameter = PARAMETERS.get(folded)
    if parameter is not None:
        if parameter.context in _FIXED:
            raise OdpsError(Condition.SETTING_FIXED, name=parameter.name, when=_FIXED[parameter.context])
        return parameter
    if "." not in folded or folded.startswith(_OWN_PREFIX):
        raise OdpsError(Condition.SETTING_UNKNOWN, name=name)
    if not all(_CUSTOM_NAME.fullmatch(part) for part in folded.split(".")):
        raise OdpsError(
            Condition.SETTING_NAME_INVALID,
            name=name,
            detail="Custom parameter names must be two or more simple identifiers separated by dots.",
        )
    return None


@lru_cache(maxsize=256)
def _number(name: str, shown: str) -> int:
    """A shown value in the parameter's unit. Each session asks for the same few at its beginning."""
    return int(_plain(PARAMETERS[name], shown))


def _plain(parameter: RunTimeParameter, shown: str) -> str:
    """A shown value as pg_settings has it, without unit."""
    return str(parameter.kind.number(shown)) if isinstance(parameter.kind, Integer) else shown


def _without(values: Map[str, str], name: str) -> Map[str, str]:
    return values.delete(name) if name in values else values
