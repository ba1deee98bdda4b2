"""DESC MODEL: the lines of the documented output, as rows or as the box itself.

Source: "Modify a model version", the example of SET DEFAULT_VERSION. The box has rules of 84 dashes,
a title right-aligned in 35 of 84 characters, fields of 25 and 56 characters, and input columns of 15,
10 and 51; a value that is longer than its field is not cut and pushes the border to the right.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo

from server.catalog.options import ENDPOINT, LOCATION, TASKS, SourceType
from server.catalog.tree import Model
from server.catalog.values import ModelName, ModelVersion, Timestamp
from server.times import to_datetime

MODEL_SECTION = "Model Information"
VERSION_SECTION = "Version Information"
INPUT_SECTION = "Input"

# The service adds this line to every version that names a PAI-EAS service; it is no option of the statement.
_SERVICE_TYPE = ("REMOTE_SERVICE_TYPE", "PAI-EAS")

_RULE = f"+{'-' * 84}+"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the output: a field of one of the first two sections, or an input column."""

    section: str
    name: str
    value: str
    comment: str = ""


def describe_model(
    name: ModelName, model: Model, version: ModelVersion, secrets: Mapping[str, str], timezone: tzinfo
) -> tuple[Line, ...]:
    """The lines for one version of a model.

    Args:
        secrets: what to show for each secret option: masked, or in clear for those who may see it.
        timezone: the zone that times are shown in.
    """
    header = model.header
    common = (
        ("Owner", header.owner),
        ("Project", name.project),
        ("Model Name", name.name),
        ("Model Type", header.model_type),
        ("Source Type", header.source_type),
    )
    model_fields = (
        *common,
        ("Default Version", header.default_version),
        ("CreateTime", _format_time(header.create_time, timezone)),
        ("LastModifiedTime", _format_time(header.last_modified_time, timezone)),
        ("Comment", header.comment),
    )
    version_fields = (
        *common,
        ("Version Name", version.name),
        ("Path", version.find_option(LOCATION) or ""),
        ("CreateTime", _format_time(version.create_time, timezone)),
        ("LastModifiedTime", _format_time(version.last_modified_time, timezone)),
        *_list_options(header.source_type, version, secrets),
    )
    return (
        *(Line(MODEL_SECTION, key, value) for key, value in model_fields),
        *(Line(VERSION_SECTION, key, value) for key, value in version_fields),
        *(Line(INPUT_SECTION, column.name, column.type, column.comment) for column in version.input),
    )


def format_box(lines: tuple[Line, ...], *, lower_case_options: bool) -> Iterator[str]:
    """The documented box, line by line.

    Args:
        lower_case_options: option names in lower case. The document prints them so for a version made by
            ADD VERSION, and in upper case for one made by CREATE MODEL, without an explanation.
    """
    for section in (MODEL_SECTION, VERSION_SECTION):
        yield _RULE
        yield f"|{section:>35}{'':49}|"
        yield _RULE
        for line in lines:
            if line.section == section:
                label = line.name.lower() if lower_case_options and _is_option(line.name) else line.name
                yield f"| {label + ':':<25} {line.value:<56} |"
    yield _RULE
    yield _format_input("Input", "Type", "Comment")
    yield _RULE
    for line in lines:
        if line.section == INPUT_SECTION:
            yield _format_input(line.name, line.value, line.comment)
    yield _RULE


def _format_input(name: str, type_: str, comment: str) -> str:
    return f"| {name:<15} | {type_:<10} | {comment:<51} |"


def _is_option(label: str) -> bool:
    """Options are the labels in capitals; all others are written in mixed case."""
    return label.isupper()


def _list_options(source_type: str, version: ModelVersion, secrets: Mapping[str, str]) -> list[tuple[str, str]]:
    """The option lines, sorted by name. TASKS is left out, and LOCATION stands as Path."""
    shown = [(key, value) for key, value in version.options if key not in (TASKS, LOCATION)]
    shown += secrets.items()
    if source_type == SourceType.REMOTE and version.find_option(ENDPOINT) is not None:
        shown.append(_SERVICE_TYPE)
    return sorted(shown)


def _format_time(time: Timestamp, timezone: tzinfo) -> str:
    return to_datetime(time).astimezone(timezone).strftime("%Y-%m-%d %H:%M:%S")
