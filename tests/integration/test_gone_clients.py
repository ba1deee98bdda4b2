"""Clients that go, in every way, while their SELECT runs; and those that only seem to."""

import socket
import struct
from collections.abc import Callable

import psycopg
import pytest

from protocol.frontend_messages import Query
from tests.integration.adapters import Address
from tests.waiting import wait_until

LONG = "SELECT count(*) FROM generate_series(1, 100000000000)"
ASLEEP = "SELECT pg_sleep(50)"


def connect(address: Address) -> socket.socket:
    """A socket on which a session has begun."""
    client = socket.create_connection((address.host, address.port), 30)
    body = struct.pack(">I", 3 << 16) + b"user\0%b\0database\0%b\0\0" % (
        address.user.encode(),
        address.project.encode(),
    )
    client.sendall(struct.pack(">I", len(body) + 4) + body)
    greeting = b""
    while not greeting.endswith(b"Z\0\0\0\5I"):
        greeting += client.recv(4096)
    return client


def close(client: socket.socket) -> None:
    client.close()


def reset(client: socket.socket) -> None:
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    client.close()


def running(other: psycopg.Connection[tuple[object, ...]], text: str) -> int:
    found = other.execute(
        "SELECT count(*)::int FROM pg_stat_activity WHERE query = %s AND state = 'active'", [text]
    ).fetchone()
    assert found is not None
    assert isinstance(found[0], int)
    return found[0]


@pytest.mark.parametrize("text", [LONG, ASLEEP], ids=["busy", "asleep"])
@pytest.mark.parametrize("go", [close, reset])
@pytest.mark.parametrize("ahead", [b"", Query("SHOW MODELS").encode() * 100_000], ids=["read", "unread"])
def test_the_select_of_a_client_that_has_gone_ends(
    address: Address, text: str, go: Callable[[socket.socket], None], ahead: bytes
) -> None:
    text += f" -- {go.__name__} {len(ahead)}"
    client = connect(address)
    with psycopg.connect(address.dsn, autocommit=True) as other:
        client.sendall(Query(text).encode())
        wait_until(lambda: running(other, text) == 1)
        client.sendall(ahead)
        go(client)

        wait_until(lambda: running(other, text) == 0)


def test_a_client_that_has_only_said_all_gets_its_answers(address: Address) -> None:
    client = connect(address)
    client.sendall(Query("SELECT pg_sleep(3)").encode() + Query("SELECT 'the last'").encode())
    client.shutdown(socket.SHUT_WR)

    answers = b""
    while data := client.recv(4096):
        answers += data

    assert b"the last" in answers
    assert answers.endswith(b"Z\0\0\0\5I")
    client.close()
