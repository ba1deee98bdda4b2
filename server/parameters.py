"""Run-time parameters: what SET, SHOW and RESET know, and what a client is told of at start.

Names, spellings, checks and messages are PostgreSQL 15's (manual, "Server Configuration" and "Client
Connection Defaults"); `modeld.*` are ours, and any other dotted name is kept as PostgreSQL keeps custom
options (MaxCompute scripts set `odps.*` flags).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version as distribution_version

from immutables import Map

from protocol.encodings import find_encoding
from server.errors import Condition, OdpsError
from server.timezones import find_timezone

# The release of PostgreSQL whose behaviour clients may expect.
POSTGRES_VERSION = "15.18"

_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?)\s*", re.ASCII)
_UNITS = {"us": 0.001, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_SHOWN_UNITS = (("d", 86_400_000), ("h", 3_600_000), ("min", 60_000), ("s", 1000), ("ms", 1))
_DURATION = re.compile(r"\s*(?P<number>-?(?:\d+\.?\d*|\.\d+))\s*(?P<unit>us|ms|s|min|h|d)?\s*", re.ASCII)
_CUSTOM_NAME = re.compile(r"[a-z_][a-z0-9_$]*(\.[a-z_][a-z0-9_$]*)+")
_OWN_PREFIX = "modeld."
_TRUE = ("on", "true", "yes", "1")
_FALSE = ("off", "false", "no", "0")
_DATE_ORDERS = {
    "mdy": "MDY",
    "us": "MDY",
    "noneuropean": "MDY",
    "noneuro": "MDY",
    "dmy": "DMY",
    "euro": "DMY",
    "european": "DMY",
    "ymd": "YMD",
}
_DEFAULT_DATE_STYLE = "ISO, MDY"
_DATE_STYLES = {"iso": "ISO", "sql": "SQL", "german": "German"}

# (what is asked for, the value in force) -> the new value in its canonical form; None when it is wrong.
_Check = Callable[[str, str], str | None]


def parse_boolean(value: str) -> bool | None:
    """PostgreSQL's spellings of a Boolean, unique abbreviations included; None for anything else."""
    text = value.lower()
    if text in _TRUE or (text and ("true".startswith(text) or "yes".startswith(text))):
        return True
    if text in _FALSE or (text and ("false".startswith(text) or "no".startswith(text) or text == "of")):
        return False
    return None


def _check_boolean(value: str, _: str) -> str | None:
    parsed = parse_boolean(value)
    return None if parsed is None else ("on" if parsed else "off")


def _check_choice(choices: tuple[str, ...], aliases: Mapping[str, str] | None = None) -> _Check:
    by_folded = {**(aliases or {}), **{choice.lower(): choice for choice in choices}}
    return lambda value, _: by_folded.get(value.lower())


def _check_integer(name: str, least: int, most: int) -> _Check:
    def check(value: str, _: str) -> str | None:
        match = _NUMBER.fullmatch(value)
        if match is None or abs(float(match[1])) >= 2**31:
            return None
        # Fractions are rounded, halves to the even neighbour, as PostgreSQL does.
        number = round(float(match[1]))
        if not least <= number <= most:
            raise OdpsError(Condition.SETTING_OUT_OF_RANGE, name=name, value=number, least=least, most=most)
        return str(number)

    return check


def _check_time(name: str) -> _Check:
    """Milliseconds, or a number with a unit; shown in the largest unit that divides it."""

    def check(value: str, _: str) -> str | None:
        match = _DURATION.fullmatch(value)
        if match is None:
            return None
        milliseconds = round(float(match["number"]) * _UNITS[match["unit"] or "ms"])
        if not 0 <= milliseconds < 2**31:
            raise OdpsError(
                Condition.SETTING_OUT_OF_RANGE,
                name=name,
                value=f"{milliseconds} ms",
                least="0 ms",
                most=f"{2**31 - 1} ms",
            )
        return _format_time(milliseconds)

    return check


def _format_time(milliseconds: int) -> str:
    if milliseconds == 0:
        return "0"
    unit = next(unit for unit, size in _SHOWN_UNITS if milliseconds % size == 0)
    return f"{milliseconds // _UNITS[unit]:.0f}{unit}"


def _check_encoding(value: str, _: str) -> str | None:
    encoding = find_encoding(value)
    return None if encoding is None else encoding.name


def _check_timezone(value: str, _: str) -> str | None:
    zone = find_timezone(value)
    return None if zone is None else zone[0]


def _check_date_style(value: str, current: str) -> str | None:
    """A style, an order or both; what is not named stays, but German brings its own order with it."""
    styles: set[str] = set()
    orders: set[str] = set()
    for word in value.split(",") if value.strip() else ():
        folded = word.strip().lower()
        if folded == "default":
            current = _DEFAULT_DATE_STYLE
        elif folded in _DATE_ORDERS:
            orders.add(_DATE_ORDERS[folded])
        elif (style := _find_date_style(folded)) is not None:
            styles.add(style)
        else:
            return None
    if len(styles) > 1 or len(orders) > 1:
        return None
    style, order = current.split(", ")
    if styles == {"German"}:
        order = "DMY"
    return f"{styles.pop() if styles else style}, {orders.pop() if orders else order}"


def _find_date_style(word: str) -> str | None:
    # PostgreSQL looks only at how the word begins there, for the sake of "postgresql".
    return "Postgres" if word.startswith("postgres") else _DATE_STYLES.get(word)


def _check_application_name(value: str, _: str) -> str:
    # PostgreSQL 15 shows each byte of other than printable ASCII as a question mark and cuts names at 63.
    data = value.encode(errors="surrogatepass")
    return "".join(chr(byte) if 0x20 <= byte <= 0x7E else "?" for byte in data)[:63]


@dataclass(frozen=True, slots=True)
class RunTimeParameter:
    """One parameter.

    Attributes:
        name: with the letter case that PostgreSQL shows.
        check: brings a value into its canonical form; None for a parameter that cannot be changed.
        boolean: its error speaks of a Boolean value.
        choices: all values that it can have, for the hint; empty where there are too many.
        reported: clients are told of it at start and whenever it changes (ParameterStatus).
    """

    name: str
    default: str
    description: str
    check: _Check | None = None
    boolean: bool = False
    reported: bool = False
    choices: tuple[str, ...] = ()


def _boolean(name: str, default: str, description: str, *, reported: bool = False) -> RunTimeParameter:
    return RunTimeParameter(name, default, description, _check_boolean, boolean=True, reported=reported)


def _timeout(name: str, description: str) -> RunTimeParameter:
    return RunTimeParameter(name, "0", description, _check_time(name))


def _fixed(name: str, value: str, description: str, *, reported: bool = False) -> RunTimeParameter:
    return RunTimeParameter(name, value, description, reported=reported)


def _choice(
    name: str,
    default: str,
    description: str,
    choices: tuple[str, ...],
    *,
    aliases: Mapping[str, str] | None = None,
    reported: bool = False,
) -> RunTimeParameter:
    """`aliases` are folded spellings that PostgreSQL takes without listing them."""
    check = _check_choice(choices, aliases)
    return RunTimeParameter(name, default, description, check, reported=reported, choices=choices)


_ISOLATION_LEVELS = ("serializable", "repeatable read", "read committed", "read uncommitted")
_MESSAGE_LEVELS = ("debug5", "debug4", "debug3", "debug2", "debug1", "log", "notice", "warning", "error")
_MESSAGE_ALIASES = {"debug": "debug2", "info": "info"}

_ALL = (
    RunTimeParameter(
        "default_transaction_isolation",
        "read committed",
        "The isolation level of each new transaction; every level gives what serializable promises for models.",
        _check_choice(_ISOLATION_LEVELS),
        choices=_ISOLATION_LEVELS,
    ),
    _boolean("default_transaction_read_only", "off", "Whether new transactions are read-only.", reported=True),
    _boolean("default_transaction_deferrable", "off", "Whether new transactions are deferrable."),
    RunTimeParameter(
        "transaction_isolation",
        "read committed",
        "The isolation level of the current transaction.",
        _check_choice(_ISOLATION_LEVELS),
        choices=_ISOLATION_LEVELS,
    ),
    _boolean("transaction_read_only", "off", "Whether the current transaction is read-only."),
    _boolean("transaction_deferrable", "off", "Whether the current transaction is deferrable."),
    _timeout("statement_timeout", "The longest that a statement may wait; 0 turns it off."),
    _timeout("idle_session_timeout", "The longest that a session may be idle outside a transaction; 0 turns it off."),
    _timeout("idle_in_transaction_session_timeout", "The longest that a session may be idle in one; 0 turns it off."),
    RunTimeParameter(
        "application_name", "", "The application name, as the client gives it.", _check_application_name, reported=True
    ),
    _choice("bytea_output", "hex", "The output format of bytea.", ("escape", "hex")),
    RunTimeParameter("client_encoding", "UTF8", "The client's character set encoding.", _check_encoding, reported=True),
    _choice(
        "client_min_messages",
        "notice",
        "The least severe message that is sent to the client.",
        _MESSAGE_LEVELS,
        aliases=_MESSAGE_ALIASES,
    ),
    RunTimeParameter(
        "DateStyle", _DEFAULT_DATE_STYLE, "The display format of dates and times.", _check_date_style, reported=True
    ),
    RunTimeParameter(
        "extra_float_digits",
        "1",
        "Digits of floating-point output.",
        _check_integer("extra_float_digits", -15, 3),
    ),
    _fixed("in_hot_standby", "off", "Whether the server only follows another one.", reported=True),
    _fixed("integer_datetimes", "on", "Dates and times are 64-bit integers.", reported=True),
    _choice(
        "IntervalStyle",
        "postgres",
        "The display format of intervals.",
        ("postgres", "postgres_verbose", "sql_standard", "iso_8601"),
        reported=True,
    ),
    _fixed("is_superuser", "on", "Whether the user is a superuser.", reported=True),
    _choice(
        "modeld.desc_format",
        "rows",
        "How DESC MODEL answers: rows of four columns, or the documented box as text.",
        ("rows", "text"),
    ),
    _boolean("modeld.lenient_names", "off", "Accept names that do not start with a letter, with a warning."),
    _boolean("modeld.reveal_secrets", "off", "Show APIKEY in clear to whoever may alter the model."),
    _fixed("server_encoding", "UTF8", "The server's character set encoding.", reported=True),
    _fixed(
        "server_version",
        f"{POSTGRES_VERSION} (modeld {distribution_version('modeld')})",
        "The version of PostgreSQL that the server behaves as, and its own.",
        reported=True,
    ),
    _fixed(
        "server_version_num",
        "{}{:0>4}".format(*POSTGRES_VERSION.split(".")),
        "The version of PostgreSQL that the server behaves as, as a number.",
    ),
    _fixed("session_authorization", "", "The session's user.", reported=True),
    _boolean(
        "standard_conforming_strings",
        "on",
        "Whether backslashes in '...' are plain characters, in statements other than model statements.",
        reported=True,
    ),
    RunTimeParameter("TimeZone", "UTC", "The time zone of times that are shown.", _check_timezone, reported=True),
)
PARAMETERS = {parameter.name.lower(): parameter for parameter in _ALL}
_REPORTED = tuple(parameter for parameter in _ALL if parameter.reported)

# What holds for a transaction is, until something sets it, what holds for all.
_FOLLOWS = {f"transaction_{mode}": f"default_transaction_{mode}" for mode in ("isolation", "read_only", "deferrable")}

# Values by folded name: what the session has set, and what SET LOCAL has laid over it.
State = tuple[Map[str, str], Map[str, str]]
_EMPTY: State = (Map(), Map())


class Parameters:
    """The run-time parameters of one session.

    `state` is an immutable value: a transaction keeps it and puts it back to undo.
    """

    def __init__(self, user: str) -> None:
        self.state: State = _EMPTY
        self._start: Map[str, str] = Map({"session_authorization": user})

    def get(self, name: str) -> str:
        """The value in force.

        Raises:
            OdpsError: SETTING_UNKNOWN.
        """
        folded = name.lower()
        session, local = self.state
        for values in (local, session, self._start):
            if folded in values:
                return values[folded]
        if folded in _FOLLOWS:
            return self.get(_FOLLOWS[folded])
        if folded in PARAMETERS:
            return PARAMETERS[folded].default
        raise OdpsError(Condition.SETTING_UNKNOWN, name=name)

    def get_boolean(self, name: str) -> bool:
        return self.get(name) == "on"

    def get_milliseconds(self, name: str) -> int:
        """The value of a timeout; 0 when it is off."""
        match = _DURATION.fullmatch(self.get(name))
        return 0 if match is None else round(float(match["number"]) * _UNITS[match["unit"] or "ms"])

    def spelling(self, name: str) -> str:
        """The name as PostgreSQL spells it, for example `DateStyle`."""
        folded = name.lower()
        return PARAMETERS[folded].name if folded in PARAMETERS else folded

    def set_at_start(self, name: str, value: str) -> None:
        """Set a parameter from the startup packet; RESET goes back to this value."""
        self._start = self._start.set(name.lower(), self._checked(name, value))

    def set(self, name: str, value: str, *, local: bool = False) -> None:
        """Set a parameter, with `local` until the end of the transaction.

        Raises:
            OdpsError: SETTING_UNKNOWN, SETTING_FIXED, SETTING_INVALID, SETTING_NOT_BOOLEAN, SETTING_OUT_OF_RANGE.
        """
        folded, checked = name.lower(), self._checked(name, value)
        session, overlay = self.state
        if local:
            self.state = (session, overlay.set(folded, checked))
        else:
            self.state = (session.set(folded, checked), _without(overlay, folded))

    def reset(self, name: str, *, local: bool = False) -> None:
        """Back to the value at the start of the session."""
        folded = name.lower()
        _find(name)
        session, overlay = self.state
        if local:
            self.state = (session, overlay.set(folded, self._start.get(folded, _default(folded))))
        else:
            self.state = (_without(session, folded), _without(overlay, folded))

    def reset_all(self) -> None:
        self.state = _EMPTY

    def end_transaction(self) -> None:
        """Forget what SET LOCAL has set."""
        self.state = (self.state[0], Map())

    def reported(self) -> tuple[tuple[str, str], ...]:
        """(name, value) of every parameter that clients are told of."""
        return tuple((parameter.name, self.get(parameter.name)) for parameter in _REPORTED)

    def show_all(self) -> Iterator[tuple[str, str, str]]:
        """(name, value, description) of every parameter, in order of name."""
        for folded in sorted(PARAMETERS):
            parameter = PARAMETERS[folded]
            yield parameter.name, self.get(folded), parameter.description

    def _checked(self, name: str, value: str) -> str:
        parameter = _find(name)
        if parameter is None or parameter.check is None:
            return value
        checked = parameter.check(value, self.get(name))
        if checked is not None:
            return checked
        if parameter.boolean:
            raise OdpsError(Condition.SETTING_NOT_BOOLEAN, name=parameter.name)
        hint = f"Available values: {', '.join(parameter.choices)}." if parameter.choices else None
        raise OdpsError(Condition.SETTING_INVALID, name=parameter.name, value=value, hint=hint)


def _find(name: str) -> RunTimeParameter | None:
    """The parameter; None for a custom one.

    Raises:
        OdpsError: SETTING_UNKNOWN, SETTING_FIXED.
    """
    folded = name.lower()
    parameter = PARAMETERS.get(folded)
    if parameter is None:
        if folded.startswith(_OWN_PREFIX) or _CUSTOM_NAME.fullmatch(folded) is None:
            raise OdpsError(Condition.SETTING_UNKNOWN, name=name)
        return None
    if parameter.check is None:
        raise OdpsError(Condition.SETTING_FIXED, name=parameter.name)
    return parameter


def _default(folded: str) -> str:
    return PARAMETERS[folded].default if folded in PARAMETERS else ""


def _without(values: Map[str, str], name: str) -> Map[str, str]:
    return values.delete(name) if name in values else values
