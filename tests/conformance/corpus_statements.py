"""The statements of tests/conformance/corpus: what real programs ask of PostgreSQL's catalogs.

A file begins with a comment that names its origin. Every statement follows a line `-- compare: rows` (everything is to
be as PostgreSQL 15 answers it) or `-- compare: columns` (its rows speak of databases, users or objects that the two
servers do not share), and, where it has parameters, a line `-- parameters:` with their texts as a JSON array.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CORPUS: Final = Path(__file__).parent / "corpus"

_START: Final = re.compile(r"^-- compare: (rows|columns)\n(?:-- parameters: (\[.*\])\n)?", re.MULTILINE)


@dataclass(frozen=True)
class CorpusStatement:
    """One statement of a file; `line` is where its text begins, and `parameters` are texts or NULLs."""

    file: str
    line: int
    text: str
    parameters: tuple[str | None, ...]
    rows_count: bool

    @property
    def place(self) -> str:
        return f"{self.file}:{self.line}"


def read_corpus() -> Iterator[CorpusStatement]:
    for path in sorted(CORPUS.rglob("*.sql")):
        content = path.read_text()
        assert content.startswith("-- origin: "), f"{path} does not say where it is from"
        starts = list(_START.finditer(content))
        for start, end in zip(starts, [*(each.start() for each in starts[1:]), len(content)], strict=True):
            yield CorpusStatement(
                file=str(path.relative_to(CORPUS)),
                line=content.count("\n", 0, start.end()) + 1,
                text=content[start.end() : end].strip().removesuffix(";"),
                parameters=tuple(json.loads(start[2] or "[]")),
                rows_count=start[1] == "rows",
            )
