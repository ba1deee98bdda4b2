"""What fuzzing begins with, for each target: texts and packets that the server knows."""

import re
from typing import Final

from protocol.frontend_messages import Bind, Execute, Parse, Query, Sync
from protocol.startup_messages import StartupMessage
from tests.fuzz.conversations import TEXTS, scripted
from tests.integration.server_process import ROOT
from tests.property.test_dialect_text import DOCUMENTS

# What never comes to an end by itself is no find.
_LIMITS: Final = "-c modeld.query_timeout=1s -c statement_timeout=2s"
STARTUP: Final = StartupMessage(3, 0, (("user", "modeld"), ("database", "modeld"), ("options", _LIMITS))).encode()
_QUERIES: Final = ROOT / "tests" / "conformance" / "queries.sql"
_GRAMMAR: Final = ROOT / "tests" / "conformance" / "grammar" / "queries.txt"


def _documented() -> list[str]:
    """The statements of the page about them."""
    page = (ROOT / "docs" / "statements.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```\n(.*?)^```", page, flags=re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def statements() -> list[bytes]:
    return [text.encode() for text in (*DOCUMENTS, *TEXTS, *_documented())]


def queries() -> list[bytes]:
    texts = [line for path in (_QUERIES, _GRAMMAR) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        text.encode() for text in texts if text.lower().startswith(("select", "with", "values", "table", "explain"))
    ]


def packets() -> list[bytes]:
    """Conversations without their beginning."""
    extended = [
        Parse("", text, ()).encode() + Bind("", "", (), (), ()).encode() + Execute("", 0).encode() + Sync().encode()
        for text in TEXTS
    ]
    return [*scripted(), *extended, *(Query(text).encode() for text in TEXTS)]


def streams() -> list[bytes]:
    return [STARTUP + packet for packet in packets()]
