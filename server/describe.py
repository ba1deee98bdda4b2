"""DESC MODEL: the lines of the documented output, as rows or as the box itself.

Source: "Modify a model version", the example of SET DEFAULT_VERSION. The box has rules of 84 dashes,
a title right-aligned in 35 of 84 characters, fields of 25 and 56 characters, and input columns of 15,
10 and 51; a value that is longer than its field is not cut and pushes the border to the right.

SILENT: fields are filled up by characters, as printf does; a Chinese one counts as one, whatever its width on a screen.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo
from functools import lru_cache

from server.catalog.options import ENDPOINT, LOCATION, TASKS, SourceType
from server.catalog.tree import Model
from server.catalog.values import ModelName, ModelVersion, Timestamp

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


Line = tuple[str, str, str, str]
"""(section, name, value, comment): a field of one of the sections, or an input column. A row of the answer as it is."""


def describe_model(
    name: ModelName, model: Model, version: ModelVersion, secrets: Mapping[str, str], timezone: tzinfo
) -> list[Line]:
    """The lines for one version of a model.

    Args:
        secrets: what to show for each secret option: masked, or in clear for those who may see it.
        timezone: the zone that times are shown in.
    """
    header = model.header
    owner, model_type, source_type = header.owner, header.model_type, header.source_type
    path, options = _list_options(source_type, version, secrets)
    lines = [
        (MODEL_SECTION, "Owner", owner, ""),
        (MODEL_SECTION, "Project", name.project, ""),
        (MODEL_SECTION, "Model Name", name.name, ""),
        (MODEL_SECTION, "Model Type", model_type, ""),
        (MODEL_SECTION, "Source Type", source_type, ""),
        (MODEL_SECTION, "Default Version", header.default_version, ""),
        (MODEL_SECTION, "CreateTime", _format_time(header.create_time, timezone), ""),
        (MODEL_SECTION, "LastModifiedTime", _format_time(header.last_modified_time, timezone), ""),
        (MODEL_SECTION, "Comment", header.comment, ""),
        (VERSION_SECTION, "Owner", owner, ""),
        (VERSION_SECTION, "Project", name.project, ""),
        (VERSION_SECTION, "Model Name", name.name, ""),
        (VERSION_SECTION, "Model Type", model_type, ""),
        (VERSION_SECTION, "Source Type", source_type, ""),
        (VERSION_SECTION, "Version Name", version.name, ""),
        (VERSION_SECTION, "Path", path, ""),
        (VERSION_SECTION, "CreateTime", _format_time(version.create_time, timezone), ""),
        (VERSION_SECTION, "LastModifiedTime", _format_time(version.last_modified_time, timezone), ""),
    ]
    lines += [(VERSION_SECTION, key, value, "") for key, value in options]
    lines += [(INPUT_SECTION, column.name, column.type, column.comment) for column in version.input]
    return lines


def describe_more(model: Model, version: ModelVersion, *, with_grants: bool) -> list[Line]:
    """What DESC MODEL EXTENDED adds: what plain DESC leaves out of the version, all versions, aliases, labels, grants.

    SILENT: there is no such output in the document.
    """
    header = model.header
    tasks = version.find_option(TASKS)
    more = [("Lifecycle", _days(header.lifecycle))] if header.lifecycle else []
    of_version = [("TASKS", tasks)] if tasks is not None else []
    of_version += [("Version Comment", version.comment)] if version.comment else []
    of_version += [("Version Lifecycle", _days(version.lifecycle))] if version.lifecycle else []
    lines = [(MORE_SECTION, name, value, "") for name, value in (*more, *of_version)]
    for each in model.versions.in_order():
        mark = "default" if each.name == header.default_version else ""
        lines.append((VERSIONS_SECTION, each.name, mark, each.comment))
    lines += [(ALIASES_SECTION, alias, target, "") for alias, target in header.aliases]
    lines += [(LABELS_SECTION, key, value, "") for key, value in header.labels]
    lines += [(VERSION_LABELS_SECTION, key, value, "") for key, value in version.labels]
    for grant in header.grants if with_grants else ():
        grantee = f"{'role' if grant.to_role else 'user'}/{grant.grantee}"
        lines.append((GRANTS_SECTION, grantee, " | ".join(grant.actions), ""))
    return lines


def _days(count: int) -> str:
    return f"{count} days"


def format_box(lines: Sequence[Line], *, lower_case_options: bool) -> Iterator[str]:
    """The documented box, line by line.

    Args:
        lower_case_options: option names in lower case. The document prints them so for a version made by
            ADD VERSION, and in upper case for one made by CREATE MODEL, without an explanation.
    """
    sections: dict[str, list[Line]] = {MODEL_SECTION: [], VERSION_SECTION: []}
    for line in lines:
        sections.setdefault(line[0], []).append(line)
    for section in (MODEL_SECTION, VERSION_SECTION, *EXTENDED_SECTIONS):
        if section not in sections:
            continue
        yield _RULE
        yield f"|{section:>35}{'':49}|"
        yield _RULE
        for _, name, value, comment in sections[section]:
            lowers = section not in EXTENDED_SECTIONS and lower_case_options and _is_option(name)
            shown = ", ".join(filter(None, (value, comment)))
            yield f"| {(name.lower() if lowers else name) + ':':<25} {shown:<56} |"
    yield _RULE
    yield _format_input("Input", "Type", "Comment")
    yield _RULE
    for _, name, type_, comment in sections.get(INPUT_SECTION, ()):
        yield _format_input(name, type_, comment)
    yield _RULE


def _format_input(name: str, type_: str, comment: str) -> str:
    return f"| {name:<15} | {type_:<10} | {comment:<51} |"


def _is_option(label: str) -> bool:
    """Options are the labels in capitals; all others are written in mixed case."""
    return label.isupper()


def _list_options(
    source_type: str, version: ModelVersion, secrets: Mapping[str, str]
) -> tuple[str, list[tuple[str, str]]]:
    """LOCATION, which stands as Path, and the lines of the other options, sorted by name. TASKS is left out."""
    path, has_endpoint = "", False
    shown = list(secrets.items())
    for option in version.options:
        key = option[0]
        if key == LOCATION:
            path = option[1]
        elif key != TASKS:
            shown.append(option)
            has_endpoint = has_endpoint or key == ENDPOINT
    if has_endpoint and source_type == SourceType.REMOTE:
        shown.append(_SERVICE_TYPE)
    shown.sort()
    return path, shown


def _format_time(time: Timestamp, timezone: tzinfo) -> str:
    return _format_second(time // 1_000_000, timezone)  # a fraction of a second is cut


# Those of a model and its versions are often the same. `strftime` would take ten times as long.
@lru_cache(maxsize=1024)
def _format_second(second: int, timezone: tzinfo) -> str:
    return datetime.fromtimestamp(second, timezone).isoformat(" ")[:19]
