"""Network addresses: their parts, what they hold, and sums. In memory an inet or a cidr is its text.

Source: PostgreSQL 15, network.c; manual, "Network Address Functions and Operators".
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from protocol.errors import InvalidValue
from protocol.networks import format_address, read_address
from protocol.sqlstate import SqlState
from server.query.functions.registry import function
from server.query.functions.value_errors import invalid_parameter

_INT8: Final = range(-(2**63), 2**63)


@dataclass(frozen=True, slots=True)
class _Address:
    """Attributes: `width` of an address in bits, 32 or 128; `bits` of them name the network."""

    number: int
    bits: int
    width: int

    @property
    def rest(self) -> int:
        """All ones where the host's bits are."""
        return (1 << (self.width - self.bits)) - 1

    def cut(self) -> "_Address":
        """The network's own address."""
        return replace(self, number=self.number & ~self.rest)


def _read(text: str) -> _Address:
    data, bits = read_address(text)
    return _Address(int.from_bytes(data), bits, len(data) * 8)


def _write(address: _Address, *, network: bool = False) -> str:
    return format_address(address.number.to_bytes(address.width // 8), address.bits, network=network)


@function("family(inet)")
def family(text: str) -> int:
    return 6 if ":" in text else 4


@function("masklen(inet)")
def mask_length(text: str) -> int:
    return _read(text).bits


@function("host(inet)")
def host(text: str) -> str:
    return text.partition("/")[0]


@function("text(inet)")
def text_of(text: str) -> str:
    """Unlike the output function it always tells the length of the network."""
    return f"{host(text)}/{mask_length(text)}"


@function("abbrev(inet)")
def abbreviate(text: str) -> str:
    """As the output function writes an inet."""
    return text


@function("abbrev(cidr)")
def abbreviate_network(text: str) -> str:
    """Of an IPv4 network only the bytes that name it.

    DEVIATION: an IPv6 network is written as it always is; PostgreSQL leaves some of its zeros out.
    """
    written, _, bits = text.partition("/")
    if ":" in written:
        return text
    return f"{'.'.join(written.split('.')[: max((int(bits) + 7) // 8, 1)])}/{bits}"


@function("network")
def network(text: str) -> str:
    return _write(_read(text).cut(), network=True)


function("cidr(inet)")(network)


@function("broadcast")
def broadcast(text: str) -> str:
    address = _read(text)
    return _write(replace(address, number=address.number | address.rest))


@function("netmask")
def netmask(text: str) -> str:
    address = _read(text)
    return _write(_Address((1 << address.width) - 1 - address.rest, address.width, address.width))


@function("hostmask")
def hostmask(text: str) -> str:
    address = _read(text)
    return _write(_Address(address.rest, address.width, address.width))


@function("set_masklen(inet,int4)")
def set_mask_length(text: str, bits: int) -> str:
    return _write(_with_bits(text, bits))


@function("set_masklen(cidr,int4)")
def set_network_length(text: str, bits: int) -> str:
    return _write(_with_bits(text, bits).cut(), network=True)


def _with_bits(text: str, bits: int) -> _Address:
    address = _read(text)
    bits = address.width if bits == -1 else bits
    if not 0 <= bits <= address.width:
        raise invalid_parameter(f"invalid mask length: {bits}")
    return replace(address, bits=bits)


def _same_start(one: _Address, other: _Address, bits: int) -> bool:
    beyond = one.width - bits
    return one.width == other.width and one.number >> beyond == other.number >> beyond


def _lies_in(allowed: Callable[[int, int], bool]) -> Callable[[str, str], bool]:
    def lies_in(inner: str, outer: str) -> bool:
        one, other = _read(inner), _read(outer)
        return allowed(one.bits, other.bits) and _same_start(one, other, other.bits)

    return lies_in


_within: Final = _lies_in(operator.gt)
_within_or_equal: Final = _lies_in(operator.ge)
function("network_sub")(_within)
function("network_subeq")(_within_or_equal)
function("network_sup")(lambda outer, inner: _within(inner, outer))
function("network_supeq")(lambda outer, inner: _within_or_equal(inner, outer))


@function("network_overlap")
def overlap(left: str, right: str) -> bool:
    one, other = _read(left), _read(right)
    return _same_start(one, other, min(one.bits, other.bits))


@function("inet_same_family")
def same_family(left: str, right: str) -> bool:
    return family(left) == family(right)


@function("inet_merge")
def merge(left: str, right: str) -> str:
    """The smallest network that holds both."""
    one, other = _read(left), _read(right)
    if one.width != other.width:
        raise invalid_parameter("cannot merge addresses from different families")
    alike = one.width - (one.number ^ other.number).bit_length()
    return _write(replace(one, bits=min(one.bits, other.bits, alike)).cut(), network=True)


@function("inetnot")
def complement(text: str) -> str:
    address = _read(text)
    return _write(replace(address, number=~address.number & ((1 << address.width) - 1)))


def _combine(word: str, compute: Callable[[int, int], int]) -> Callable[[str, str], str]:
    def combine(left: str, right: str) -> str:
        one, other = _read(left), _read(right)
        if one.width != other.width:
            raise invalid_parameter(f"cannot {word} inet values of different sizes")
        return _write(_Address(compute(one.number, other.number), max(one.bits, other.bits), one.width))

    return combine


function("inetand")(_combine("AND", operator.and_))
function("inetor")(_combine("OR", operator.or_))


@function("inetpl")
def add(text: str, count: int) -> str:
    address = _read(text)
    number = address.number + count
    if number not in range(1 << address.width):
        raise _out_of_range()
    return _write(replace(address, number=number))


function("int8pl_inet")(lambda count, text: add(text, count))
function("inetmi_int8")(lambda text, count: add(text, -count))


@function("inetmi")
def subtract(left: str, right: str) -> int:
    one, other = _read(left), _read(right)
    if one.width != other.width:
        raise invalid_parameter("cannot subtract inet values of different sizes")
    if one.number - other.number not in _INT8:
        raise _out_of_range()
    return one.number - other.number


def _out_of_range() -> InvalidValue:
    return InvalidValue("result is out of range", sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
