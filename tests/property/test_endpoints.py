"""An endpoint that is taken at a glance is one that is taken when it is looked at closely."""

from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from server.catalog.options import _PLAIN_ENDPOINT


@given(st.from_regex(_PLAIN_ENDPOINT, fullmatch=True))
def test_a_plain_endpoint_has_a_host_and_a_port_and_nobody_in_it(endpoint: str) -> None:
    parts = urlsplit(endpoint)

    assert parts.scheme in ("http", "https")
    assert parts.hostname
    assert parts.port is None or 0 < parts.port < 65536
    assert (parts.username, parts.password) == (None, None)
    assert not any(character.isspace() for character in endpoint)
