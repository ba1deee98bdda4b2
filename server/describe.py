"""DESC MODEL: the lines of the documented output, as rows or as the box itself.

Source: "Modify a model version", the example of SET DEFAULT_VERSION. The box has rules of 84 dashes,
a title right-aligned in 35 of 84 characters, fields of 25 and 56 characters, and input columns of 15,
10 and 51; a value that is longer than its field is not cut and pushes the border to the right.

SILENT: fields are filled up by characters, as printf does; a Chinese one counts as one, whatever its width on a screen.
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
MORE_SECTION = "Extended Information"
VERSIONS_SECTION = "Versions"
ALIASES_SECTION = "Aliases"
LABELS_SECTION = "Labels"
VERSION_LABELS_SECTION = "Version Labels"
GRANTS_SECTION = "Grants"
EXTENDED_SECTIONS = (
    *(MORE_SECTION, VERSIONS_SECTION, ALIASES_SECTION, LABELS_SECTION, VERSION_LABELS_SECTION),
    GRANTS_SECTION,
)

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


def describe_more(model: Model, version: ModelVersion, *, with_grants: bool) -> tuple[Line, ...]:
    """What DESC MODEL EXTENDED adds: what plain DESC leaves out of the version, all versions, aliases, labels, grants.

    SILENT: there is no such output in the document.
    """
    header = model.header
    tasks = version.find_option(TASKS)
    more = [("Lifecycle", _days(header.lifecycle))] if header.lifecycle else []
    of_version = [("TASKS", tasks)] if tasks is not None else []
    of_version += [("Version Comment", version.comment)] if version.comment else []
    of_version += [("Version Lifecycle", _days(version.lifecycle))] if version.lifecycle else []
    versions = sorted(model.versions.values(), key=lambda each: (each.create_time, each.name))
    return (
        *(Line(MORE_SECTION, name, value) for name, value in (*more, *of_version)),
        *(
            Line(VERSIONS_SECTION, each.name, "default" if each.name == header.default_version else "", each.comment)
            for each in versions
        ),
        *(Line(ALIASES_SECTION, alias, target) for alias, target in header.aliases),
        *(Line(LABELS_SECTION, key, value) for key, value in header.labels),
        *(Line(VERSION_LABELS_SECTION, key, value) for key, value in version.labels),
        *(
            Line(GRANTS_SECTION, f"{'role' if grant.to_role else 'user'}/{grant.grantee}", " | ".join(grant.actions))
            for grant in (header.grants if with_grants else ())
        ),
    )


def _days(count: int) -> str:
    return f"{count} days"


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
    for section in EXTENDED_SECTIONS:
        added = [line for line in lines if line.section == section]
        if added:
            yield _RULE
            yield f"|{section:>35}{'':49}|"
            yield _RULE
            for line in added:
                value = ", ".join(filter(None, (line.value, line.comment)))
                yield f"| {line.name + ':':<25} {value:<56} |"
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
