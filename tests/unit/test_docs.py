"""What the documents say is what the code has: tables, names, limits, links."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from protocol.backend import DEFAULT_MAX_LENGTH, MAX_STARTUP_LENGTH
from server.cli import serve
from server.dialect.cursor import MOST_PARAMETERS
from server.dialect.routes import _ROUTES
from server.dialect.tokens import DEEPEST_NESTING, LONGEST_STATEMENT
from server.errors import Condition
from server.parameters import PARAMETERS
from server.store.interface import LIMITS

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.glob("*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
MARKER = re.compile(r"\b(?:SILENT|DEVIATION):")


def _page(name: str) -> str:
    return (DOCS / f"{name}.md").read_text(encoding="utf-8")


def _plain(text: str) -> str:
    """The text in one line, so that a phrase is found across line ends."""
    return " ".join(text.split())


def _anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as renderers of Markdown make them."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_errors_page_is_what_the_table_prints() -> None:
    command = [sys.executable, str(ROOT / "scripts" / "errors_page.py")]

    printed = subprocess.run(command, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True)

    assert printed.stdout.decode() == _page("errors"), "scripts/errors_page.py > docs/errors.md brings it up to date"


def test_errors_page_has_every_condition() -> None:
    page = _page("errors")

    assert [each.name for each in Condition if f"| `{each.name}` |" not in page] == []


def test_every_marked_choice_has_its_line_among_the_decisions() -> None:
    marked: Counter[str] = Counter()
    for package in ("protocol", "server"):
        for path in (ROOT / package).rglob("*.py"):
            marked[str(path.relative_to(ROOT))] += len(MARKER.findall(path.read_text(encoding="utf-8")))
    said = Counter(re.findall(r"\(`([\w/]+\.py)`\)", _page("decisions")))

    lacking = {path: count - said[path] for path, count in marked.items() if said[path] < count}

    assert sum(marked.values()) > 10
    assert lacking == {}


def test_decisions_all_name_their_module() -> None:
    entries = re.split(r"^- ", _page("decisions"), flags=re.MULTILINE)[1:]

    nameless = [entry for entry in entries if not re.search(r"\(`[\w/]+\.py`\)\s*(?:\n#.*)?$", entry, re.DOTALL)]

    assert nameless == []


def test_statements_page_has_every_statement() -> None:
    code = _plain("\n".join(re.findall(r"```.*?```|`[^`]+`", _page("statements"), flags=re.DOTALL)))
    # The grammar writes these with a choice in the middle.
    choices = {
        "CREATE PROJECT": "CREATE { DATABASE | PROJECT }",
        "DROP PROJECT": "DROP { DATABASE | PROJECT }",
    }

    assert [head for head in _ROUTES if choices.get(head, head) not in code] == []


def test_statements_page_has_every_parameter_with_its_default() -> None:
    text = _page("statements")
    rows = dict(re.findall(r"^\| `([\w.]+)` \| (?:`([^`]*)`|the user|empty) \|", text, flags=re.MULTILINE))

    # The default of server_version ends with our own version, which the page need not follow.
    assert {each.name: each.default.split(" (")[0] for each in PARAMETERS.values()} == {
        name: default.split(" (")[0] for name, default in rows.items() if name.lower() in PARAMETERS
    }


def test_operations_page_has_every_option_with_its_variable() -> None:
    text = _page("operations")

    for option in serve.params:
        row = re.search(rf"^\| `{re.escape(option.opts[0])}[ `].*$", text, flags=re.MULTILINE)
        assert row is not None, option.opts[0]
        assert f"`{option.envvar}`" in row[0]
        if isinstance(option.default, str | int | float):
            assert f"`{option.default}`".replace(".0`", "`") in row[0]


@pytest.mark.parametrize(
    ("what", "limit"),
    [
        ("startup packet", f"{MAX_STARTUP_LENGTH:,} bytes"),
        ("Query, Parse, Bind message", f"{DEFAULT_MAX_LENGTH >> 20} MiB"),
        ("one statement", f"{LONGEST_STATEMENT >> 20} MiB of UTF-8"),
        ("open brackets in a statement", f"{DEEPEST_NESTING}"),
        ("parameters of a statement", f"{MOST_PARAMETERS:,}"),
        ("one commit", f"{LIMITS.changes:,} records, {LIMITS.total >> 20} MiB; {LIMITS.value >> 20} MiB a record"),
    ],
)
def test_operations_page_has_the_limit(what: str, limit: str) -> None:
    assert f"| {what} | {limit} |" in _page("operations")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    for target in re.findall(r"\]\(((?!https?:)[^)]+)\)", text):
        file, _, anchor = target.partition("#")
        page = path.parent / file if file else path
        assert page.is_file(), target
        assert not anchor or anchor in _anchors(page.read_text(encoding="utf-8")), target


def test_tests_named_in_the_documents_exist() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", _page("security"))

    lacking = [name for file, name in named if f"def {name}(" not in (ROOT / file).read_text(encoding="utf-8")]

    assert len(named) > 20
    assert lacking == []


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_files_named_in_the_documents_exist(path: Path) -> None:
    named = re.findall(r"`((?:server|protocol|tests|scripts|docs)/[\w./-]*)", path.read_text(encoding="utf-8"))

    assert [name for name in named if not (ROOT / name).exists()] == []
