"""Mutated conversations: no traceback, no hang, no answer out of the protocol, and the next client is served."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from tests.fuzz.conversations import conversations
from tests.fuzz.engine import Server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("fuzz"))
    yield made
    made.loop.run_until_complete(made.engine.committer.close())
    made.loop.close()


@given(data=conversations())
@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
def test_a_broken_conversation_ends_in_the_protocol(server: Server, data: bytes) -> None:
    messages = server.converse(data)

    assert not [message for message in messages if " XX000 " in message]
    assert server.serves_others()
