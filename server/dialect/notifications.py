"""Reads LISTEN, UNLISTEN and NOTIFY, as PostgreSQL writes them. Each begins after the words that chose it."""

from server.dialect.cursor import Cursor
from server.statements import Listen, Notify, Unlisten


def parse_listen(cursor: Cursor) -> Listen:
    """Reads `channel`."""
    channel = cursor.identifier("a channel name")
    cursor.expect_end()
    return Listen(channel)


def parse_unlisten(cursor: Cursor) -> Unlisten:
    """Reads `{ channel | * }`."""
    channel = None if cursor.accept("*") else cursor.identifier("a channel name")
    cursor.expect_end()
    return Unlisten(channel)


def parse_notify(cursor: Cursor) -> Notify:
    """Reads `channel [, payload]`."""
    channel = cursor.identifier("a channel name")
    payload = cursor.string() if cursor.accept(",") else None
    cursor.expect_end(*([] if payload else [","]))
    return Notify(channel, payload)
