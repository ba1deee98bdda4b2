"""The table that scripts/bench puts into the document."""

from pathlib import Path

from tests.bench.report import Finding, make_report, write_document

FOUND = Finding("desc-simple-1", "1/s", 30_000, 5_000, ">= 5x", True, 6.0, 5.5, 6.4, 12.0, 99.0)
MISSED = Finding("longest-pause", "ms", 21.5, None, "<= 20 ms", False)


def test_the_table_takes_the_place_of_the_one_before_and_nothing_else_changes(tmp_path: Path) -> None:
    document = tmp_path / "performance.md"
    begin, end = "<!-- results: written by scripts/bench --document -->", "<!-- end of results -->"
    document.write_text(f"before\n{begin}\nold\n{end}\nafter\n")

    for _ in range(2):
        write_document(document, make_report([FOUND, MISSED], rounds=3, seconds=1))

    text = document.read_text()
    assert "old" not in text
    assert text.startswith(f"before\n{begin}\nMeasured at 20")
    assert text.endswith(f"\n{end}\nafter\n")
    assert text.count("| desc-simple-1 | 30,000 | 5,000 | 1/s | 6 | 5.5 .. 6.4 | 12 | 99 | >= 5x | met |") == 1
    assert text.count("| longest-pause | 21.5 |  | ms |  |  |  |  | <= 20 ms | MISSED |") == 1
    assert "3 rounds of 1 s; load average" in text
