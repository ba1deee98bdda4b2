import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TextIO

import pytest
import structlog

from server.logs import configure_logs


@pytest.fixture(autouse=True)
def _unconfigured() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_a_line_is_time_level_event_and_pairs_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")

    structlog.get_logger("modeld").info("two words", path="a b", count=2)

    captured = capsys.readouterr()
    assert captured.out == ""
    assert re.fullmatch(
        r'timestamp=\d{4}-\d\d-\d\dT[\d:.]+Z level=info event="two words" path="a b" count=2\n', captured.err
    )


def test_what_is_below_the_level_is_dropped(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("warning")
    log = structlog.get_logger("modeld")

    log.debug("no")
    log.info("no")
    log.warning("yes")
    log.error("yes")

    assert len(capsys.readouterr().err.splitlines()) == 2


def test_an_event_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs("info")

    structlog.get_logger("modeld").info("event", text="one\ntwo")

    assert capsys.readouterr().err.count("\n") == 1


def _broken_pipe() -> TextIO:
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "w")


def _full_disk() -> TextIO:
    return Path("/dev/full").open("w")


@pytest.mark.parametrize("make", [_full_disk, _broken_pipe], ids=["full disk", "no reader"])
def test_a_line_that_cannot_be_written_is_lost_and_nothing_else(
    make: Callable[[], TextIO], monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make()
    monkeypatch.setattr("sys.stderr", file)
    configure_logs("info")

    for _ in range(10):
        structlog.get_logger("modeld").error("statement failed", statement="x" * 4000)

    with suppress(OSError):
        file.close()
