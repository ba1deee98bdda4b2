"""Model options: which there are, which source needs which, and what their values may be.

Source: "Create and delete models" and "Modify a model version", tables of general, imported and remote
model parameters. No error here repeats a value that the statement gave: a value may be a secret that
landed under the wrong key.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from server.errors import Condition, Diagnostic, OdpsError, diagnostic
from server.statements import Option, Parameter, Value


class SourceType(StrEnum):
    IMPORT = "IMPORT"
    REMOTE = "REMOTE"


SOURCE_TYPE = "MODEL_SOURCE_TYPE"
MODEL_TYPE = "MODEL_TYPE"
LOCATION = "LOCATION"
TASKS = "TASKS"
API_KEY = "APIKEY"
ENDPOINT = "ENDPOINT"

MODEL_TYPES = {
    SourceType.IMPORT: ("BOOSTED_TREE_REGRESSOR", "BOOSTED_TREE_CLASSIFIER"),
    SourceType.REMOTE: ("LLM", "MLLM"),
}
_TASKS = ("text-generation", "chat", "sentence-embedding")
_TIMEOUT_RANGE = (5000, 1_800_000)

# SILENT: no oss://id:secret@endpoint/..., which MaxCompute's tables take. It would be shown in clear; ROLEARN is there.
_LOCATION_FORM = re.compile(r"oss://(?P<endpoint>[^/@\s]+)/[^/\s]+(/.*)?", re.DOTALL)
_ROLE_FORM = re.compile(r"acs:ram::[^:\s]+:role/\S+")
# What nearly all endpoints are; splitting a URL properly takes twenty times as long.
_PLAIN_ENDPOINT = re.compile(r"https?://[a-z0-9][a-z0-9.-]*+(:[1-9][0-9]{0,3})?(/[\w./-]*+)?", re.ASCII)
_BLANK = re.compile(r"\s")
# What stands where a key was left out, and what DESC shows of one.
_MASKED_FORM = re.compile(r"\*{8}|\*{4}[^*]{4}")
_SERVICE_FORM = re.compile(r"[^.\s]+(\.[^.\s]+)?")

# What is wrong with a value, or None.
_Check = Callable[[str], str | None]


def _check_location(value: str) -> str | None:
    return None if _LOCATION_FORM.fullmatch(value) else "expected oss://endpoint/bucket/path without an access key"


def _check_role(value: str) -> str | None:
    return None if _ROLE_FORM.fullmatch(value) else "expected acs:ram::uid:role/name"


def _check_tasks(value: str) -> str | None:
    if all(task.strip() in _TASKS for task in value.split(",")):
        return None
    return f"expected a comma-separated list of {', '.join(_TASKS)}"


def _check_text(value: str) -> str | None:
    return None if value.strip() else "it must not be empty"


def _check_service(value: str) -> str | None:
    return None if _SERVICE_FORM.fullmatch(value) else "expected a service name or group.service"


def _check_endpoint(value: str) -> str | None:
    if _PLAIN_ENDPOINT.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
        # urlsplit drops line ends and tabs.
        # A user and a password in it would be shown in clear; `port` raises for one that is none.
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
        right = right and (parts.port is None or parts.port > 0) and not _BLANK.search(value)
    except ValueError:
        right = False
    return None if right else "expected an http or https URL without user and password"


def _check_sync_mode(value: str) -> str | None:
    return None if value == "true" else "only true is supported"


def _check_timeout(value: str) -> str | None:
    least, most = _TIMEOUT_RANGE
    if value.isascii() and value.isdigit() and len(value) < 10 and least <= int(value) <= most:
        return None
    return f"expected an integer from {least} to {most} (milliseconds)"


@dataclass(frozen=True, slots=True)
class _Rule:
    check: _Check
    required: bool = True


_RULES: dict[SourceType, dict[str, _Rule]] = {
    SourceType.IMPORT: {
        LOCATION: _Rule(_check_location),
        "ROLEARN": _Rule(_check_role),
    },
    SourceType.REMOTE: {
        TASKS: _Rule(_check_tasks),
        "PAI_EAS_MODEL_NAME": _Rule(_check_text),
        "PAI_EAS_SERVICE_NAME": _Rule(_check_service),
        ENDPOINT: _Rule(_check_endpoint),
        API_KEY: _Rule(_check_text),
        "PAI_EAS_SYNC_MODE": _Rule(_check_sync_mode),
        "PAI_EAS_SYNC_REQUEST_TIMEOUT": _Rule(_check_timeout, required=False),
    },
}
_KNOWN = dict.fromkeys((SOURCE_TYPE, MODEL_TYPE, *(key for rules in _RULES.values() for key in rules)))


@dataclass(frozen=True, slots=True)
class GivenOptions:
    """The options of one statement: by key, each once, all of them known; values not yet checked.

    `at` is the place of the option list, for what is missing from it.
    """

    by_key: Mapping[str, Option]
    at: int

    def text(self, key: str) -> str:
        return literal_text(self.by_key[key].value)

    def place(self, key: str) -> int:
        return self.by_key[key].value.at


def literal_text(value: Value) -> str:
    """The text of a value whose parameters have been bound."""
    if isinstance(value, Parameter):
        raise TypeError("parameters are bound before a statement is decided")
    return value.value


def read_options(options: tuple[Option, ...], at: int) -> GivenOptions:
    """Check the keys alone.

    Raises:
        OdpsError: OPTION_UNKNOWN with the nearest known key as a hint, or all where none is near, OPTION_DUPLICATE.
    """
    by_key: dict[str, Option] = {}
    for option in options:
        if option.key not in _KNOWN:
            near = difflib.get_close_matches(option.key, _KNOWN, n=1)
            hint = f"Perhaps you meant {near[0]}." if near else f"There are {', '.join(_KNOWN)}."
            raise OdpsError(Condition.OPTION_UNKNOWN, at=option.at, option=option.key, hint=hint)
        if option.key in by_key:
            raise OdpsError(Condition.OPTION_DUPLICATE, at=option.at, option=option.key)
        by_key[option.key] = option
    return GivenOptions(by_key, at)


def require_types(given: GivenOptions) -> tuple[SourceType, str]:
    """(MODEL_SOURCE_TYPE, MODEL_TYPE), both of which the statement must give."""
    for key in (SOURCE_TYPE, MODEL_TYPE):
        if key not in given.by_key:
            raise _missing(given, key)
    source_type = _parse_source_type(given)
    return source_type, _parse_model_type(given, source_type)


def read_source_type(given: GivenOptions) -> SourceType | None:
    """MODEL_SOURCE_TYPE as given, case-insensitive; None when it is absent."""
    return _parse_source_type(given) if SOURCE_TYPE in given.by_key else None


def read_model_type(given: GivenOptions, source_type: SourceType) -> str | None:
    """MODEL_TYPE as given, checked against the source; None when it is absent."""
    return _parse_model_type(given, source_type) if MODEL_TYPE in given.by_key else None


def check_options(given: GivenOptions, source_type: SourceType, *, changing: bool = False) -> tuple[Diagnostic, ...]:
    """Check every option of the version against the rules of its source.

    Args:
        changing: the version has them all already, so that none has to be given.

    Returns:
        Warnings.
    """
    rules = _RULES[source_type]
    for key, option in given.by_key.items():
        if key in (SOURCE_TYPE, MODEL_TYPE):
            continue
        if key not in rules:
            raise OdpsError(Condition.OPTION_NOT_FOR_SOURCE, at=option.at, option=key, source_type=source_type.value)
        reason = rules[key].check(literal_text(option.value))
        if reason is not None:
            raise _invalid(given, key, reason)
    for key, rule in rules.items():
        if rule.required and not changing and key not in given.by_key:
            raise _missing(given, key, f" when {SOURCE_TYPE} is {source_type}")
    if API_KEY in given.by_key and _MASKED_FORM.fullmatch(given.text(API_KEY)):
        return (diagnostic(Condition.SECRET_LEFT_OUT, at=given.place(API_KEY), option=API_KEY),)
    if LOCATION in given.by_key and not _is_internal(given.text(LOCATION)):
        return (diagnostic(Condition.ENDPOINT_PUBLIC, at=given.place(LOCATION)),)
    return ()


def _is_internal(location: str) -> bool:
    match = _LOCATION_FORM.fullmatch(location)
    return match is not None and "-internal." in match["endpoint"]


def _parse_source_type(given: GivenOptions) -> SourceType:
    try:
        return SourceType(given.text(SOURCE_TYPE).upper())
    except ValueError:
        raise _invalid(given, SOURCE_TYPE, f"expected one of {', '.join(SourceType)}") from None


def _parse_model_type(given: GivenOptions, source_type: SourceType) -> str:
    text = given.text(MODEL_TYPE).upper()
    if text not in MODEL_TYPES[source_type]:
        allowed = ", ".join(MODEL_TYPES[source_type])
        raise _invalid(given, MODEL_TYPE, f"expected one of {allowed} when {SOURCE_TYPE} is {source_type}")
    return text


def _missing(given: GivenOptions, key: str, context: str = "") -> OdpsError:
    return OdpsError(Condition.OPTION_MISSING, at=given.at, option=key, context=context)


def _invalid(given: GivenOptions, key: str, reason: str) -> OdpsError:
    return OdpsError(Condition.OPTION_INVALID, at=given.place(key), option=key, reason=reason)
