"""Parts of network addresses. In memory an inet or a cidr is its text.

Source: PostgreSQL 15, network.c; manual, "Network Address Functions".
"""

from server.query.functions.registry import function

_IPV4_BITS, _IPV6_BITS = 32, 128


@function("family(inet)")
def _family(address: str) -> int:
    return 6 if ":" in address else 4


@function("masklen(inet)")
def _mask_length(address: str) -> int:
    _, slash, length = address.partition("/")
    if slash:
        return int(length)
    return _IPV6_BITS if ":" in address else _IPV4_BITS


@function("host(inet)")
def _host(address: str) -> str:
    return address.partition("/")[0]


@function("text(inet)")
def _text(address: str) -> str:
    """Unlike the output function it always tells the length of the network."""
    return f"{_host(address)}/{_mask_length(address)}"


@function("abbrev(inet)")
def _abbreviate(address: str) -> str:
    """As the output function writes an inet."""
    return address
