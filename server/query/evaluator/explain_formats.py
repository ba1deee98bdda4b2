"""A plan as one value: EXPLAIN (FORMAT JSON), XML and YAML.

Source: PostgreSQL manual, "EXPLAIN"; PostgreSQL 15, ExplainOpenGroup and ExplainProperty in explain.c.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

from server.statements.select import ExplainFormat

Properties = Mapping[str, object]
"""Of a node: texts, numbers, truth values, lists of texts (`Sort Key`), and `Plans`, the nodes that it reads."""

_NAMESPACE: Final = "http://www.postgresql.org/2009/explain"


def _write_json(plan: Properties) -> str:
    return json.dumps([{"Plan": plan}], indent=2, ensure_ascii=False)


def _write_xml(plan: Properties) -> str:
    lines = _xml_node(plan, "    ")
    return "\n".join([f'<explain xmlns="{_NAMESPACE}">', "  <Query>", *lines, "  </Query>", "</explain>"])


def _xml_node(node: Properties, indent: str) -> Iterator[str]:
    yield f"{indent}<Plan>"
    for name, value in node.items():
        tag, within = name.replace(" ", "-"), indent + "  "
        if not isinstance(value, list):
            yield f"{within}<{tag}>{escape(_scalar(value))}</{tag}>"
            continue
        yield f"{within}<{tag}>"
        for each in value:
            if isinstance(each, Mapping):
                yield from _xml_node(each, within + "  ")
            else:
                yield f"{within}  <Item>{escape(_scalar(each))}</Item>"
        yield f"{within}</{tag}>"
    yield f"{indent}</Plan>"


def _write_yaml(plan: Properties) -> str:
    return "\n".join(["- Plan: ", *_yaml_node(plan, "    ", "    ")])


def _yaml_node(node: Properties, first: str, indent: str) -> Iterator[str]:
    """Its lines; `first` stands before the first of them."""
    before = first
    for name, value in node.items():
        if not isinstance(value, list):
            yield f"{before}{name}: {_yaml_scalar(value)}"
        else:
            yield f"{before}{name}: "
            for each in value:
                if isinstance(each, Mapping):
                    yield from _yaml_node(each, f"{indent}  - ", f"{indent}    ")
                else:
                    yield f"{indent}  - {_yaml_scalar(each)}"
        before = indent


def _yaml_scalar(value: object) -> str:
    # PostgreSQL quotes as in JSON.
    return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


WRITERS: Final[Mapping[ExplainFormat, Callable[[Properties], str]]] = {
    ExplainFormat.JSON: _write_json,
    ExplainFormat.XML: _write_xml,
    ExplainFormat.YAML: _write_yaml,
}
