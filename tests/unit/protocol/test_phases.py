"""The tables of legality are whole."""

from typing import get_args

from protocol.backend_messages import AuthenticationMessage, AuthenticationOk, BackendMessage, ErrorResponse
from protocol.frontend_messages import FrontendMessage, PasswordMessage, TaggedFrontendMessage
from protocol.phases import (
    BACKEND_BEGINS,
    BACKEND_FAILS,
    BACKEND_LEGAL,
    FRONTEND_BEGINS,
    FRONTEND_IGNORED,
    FRONTEND_LEGAL,
    Phase,
)


def test_every_phase_says_what_may_be_sent() -> None:
    assert set(BACKEND_LEGAL) == set(Phase)


def test_every_backend_message_is_legal_somewhere() -> None:
    legal = {message for messages in BACKEND_LEGAL.values() for message in messages}

    assert legal | {ErrorResponse} == set(get_args(BackendMessage))
    assert ErrorResponse not in legal


def test_every_frontend_message_is_legal_somewhere_and_leads_on() -> None:
    legal = {message for messages in FRONTEND_LEGAL.values() for message in messages}
    ignored_when_ready = FRONTEND_IGNORED[Phase.READY]

    assert legal == set(get_args(TaggedFrontendMessage))
    assert set(FRONTEND_BEGINS) | ignored_when_ready | {PasswordMessage} == set(get_args(FrontendMessage))


def test_what_is_ignored_is_legal() -> None:
    assert FRONTEND_IGNORED.keys() == FRONTEND_LEGAL.keys()
    for phase, messages in FRONTEND_IGNORED.items():
        assert messages < FRONTEND_LEGAL[phase]


def test_no_phase_is_a_dead_end() -> None:
    reached = {Phase.STARTUP, *FRONTEND_BEGINS.values(), *BACKEND_BEGINS.values(), *BACKEND_FAILS.values()}

    assert reached == set(Phase)


def test_type_bytes_are_distinct_in_each_direction() -> None:
    for direction in (TaggedFrontendMessage, BackendMessage):
        # The messages of authentication share one, and a number in them tells them apart.
        told_apart = [message for message in get_args(direction) if message not in get_args(AuthenticationMessage)]
        letters = [message.type_byte for message in told_apart]
        assert len(set(letters)) == len(letters)
        assert direction is TaggedFrontendMessage or AuthenticationOk.type_byte not in letters
