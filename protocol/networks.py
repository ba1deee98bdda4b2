"""Addresses of networks: inet, cidr, macaddr, macaddr8.

In memory each is its text as PostgreSQL writes it.
Source: PostgreSQL 15's input and output functions; the error texts are theirs.
"""

import re
from ipaddress import IPv6Address
from typing import Final

from protocol.codec import expect
from protocol.errors import InvalidValue
from protocol.numerals import WHITESPACE, invalid_syntax
from protocol.sizes import check_size, insufficient_data, surplus_data
from protocol.sqlstate import SqlState

# The families in the binary form: PGSQL_AF_INET and PGSQL_AF_INET6.
_IPV4: Final = 2
_IPV6: Final = 3
_SIZES: Final = {_IPV4: 4, _IPV6: 16}

_OCTETS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}", re.ASCII)
_BITS: Final = re.compile(r"[0-9]{1,3}", re.ASCII)
_IPV6_CHARACTERS: Final = re.compile(r"[0-9a-fA-F:.]+", re.ASCII)
_MAC: Final = re.compile(
    r"(?:{h}(?P<sep>[:-]){h}(?:(?P=sep){h}){{4}}|{d}[:-]{d}|{q}[.-]{q}[.-]{q}|{d}{d})".format(
        h="[0-9a-fA-F]{1,8}", d="[0-9a-fA-F]{6}", q="[0-9a-fA-F]{4}"
    )
)
_MAC8: Final = re.compile(r"[0-9a-fA-F]{2}(?:[:.-]?[0-9a-fA-F]{2}){5,7}")


def parse_inet(text: str) -> str:
    """Read an address, with the length of its network behind a slash or without.

    Raises:
        InvalidValue
    """
    return _format(*_read(text, "inet"), network=False)


def parse_cidr(text: str) -> str:
    """Read a network; what is left out of an IPv4 address is zero.

    DEVIATION: PostgreSQL also takes IPv4 addresses in hexadecimal (0x0a).

    Raises:
        InvalidValue
    """
    address, bits = _read(text, "cidr")
    if int.from_bytes(address) & ((1 << (len(address) * 8 - bits)) - 1):
        raise InvalidValue(f'invalid cidr value: "{text}"', sqlstate=SqlState.INVALID_TEXT_REPRESENTATION)
    return _format(address, bits, network=True)


def read_address(text: str) -> tuple[bytes, int]:
    """The bytes of a value in memory, of either type, and how many bits of them name the network."""
    return _read(text, "inet")


def format_address(address: bytes, bits: int, *, network: bool) -> str:
    """The reverse; `network`: as a cidr, which always tells its bits."""
    return _format(address, bits, network=network)


def _read(text: str, name: str) -> tuple[bytes, int]:
    """The bytes of the address, and how many bits of it name the network."""
    written, slash, length = text.partition("/")
    if slash and not _BITS.fullmatch(length):
        raise invalid_syntax(name, text)
    bits = int(length) if slash else None
    address = _read_ipv6(written) if ":" in written else _read_ipv4(written)
    if address is None:
        raise invalid_syntax(name, text)
    whole = 16 if ":" in written else 4
    if bits is None and len(address) < whole and name == "inet":
        raise invalid_syntax(name, text)
    if bits is None:
        bits = whole * 8 if whole == 16 else _bits_of_class(address)
    if bits > whole * 8 or (bits // 8 > len(address) and name == "inet"):
        raise invalid_syntax(name, text)
    return address.ljust(whole, b"\0"), bits


def _read_ipv4(text: str) -> bytes | None:
    if not _OCTETS.fullmatch(text):
        return None
    octets = [int(octet) for octet in text.split(".")]
    return bytes(octets) if max(octets) < 256 else None


def _read_ipv6(text: str) -> bytes | None:
    if not _IPV6_CHARACTERS.fullmatch(text):
        return None
    try:
        return IPv6Address(text).packed
    except ValueError:
        return None


def _bits_of_class(address: bytes) -> int:
    """How long the network is when it is not said: by the class of its address, and no shorter than written."""
    first = address[0]
    by_class = 32 if first >= 240 else 8 if first >= 224 else 24 if first >= 192 else 16 if first >= 128 else 8
    bits = max(by_class, len(address) * 8)
    # A multicast address without more is the whole of them.
    return 4 if bits == 8 and first == 224 else bits


def _format(address: bytes, bits: int, *, network: bool) -> str:
    text = ".".join(map(str, address)) if len(address) == 4 else _format_ipv6(address)
    return text if bits == len(address) * 8 and not network else f"{text}/{bits}"


def _format_ipv6(address: bytes) -> str:
    """As inet_ntop does: an IPv4 address in it is written as one."""
    text = IPv6Address(address).compressed
    number = int.from_bytes(address)
    embedded = number >> 32 in (0, 0xFFFF) and (number >> 32 == 0xFFFF or number >> 16 != 0)
    if not embedded:
        return text
    return ("::ffff:" if number >> 32 else "::") + ".".join(map(str, address[12:]))


def pack_inet(value: object) -> bytes:
    return _pack(expect(value, str), network=False)


def pack_cidr(value: object) -> bytes:
    return _pack(expect(value, str), network=True)


def _pack(text: str, *, network: bool) -> bytes:
    address, bits = _read(text, "cidr" if network else "inet")
    family = _IPV4 if len(address) == 4 else _IPV6
    return bytes((family, bits, network, len(address))) + address


def unpack_inet(data: bytes) -> str:
    return _unpack(data, "inet")


def unpack_cidr(data: bytes) -> str:
    return _unpack(data, "cidr")


def _unpack(data: bytes, name: str) -> str:
    if len(data) < 4:
        raise insufficient_data()
    family, bits, _, count = data[:4]
    size = _SIZES.get(family)
    if size is None:
        raise _bad_binary("address family", name)
    if bits > size * 8:
        raise _bad_binary("bits", name)
    if count != size:
        raise _bad_binary("length", name)
    address = data[4 : 4 + size]
    if len(address) < size:
        raise insufficient_data()
    if len(data) > 4 + size:
        raise surplus_data()
    if name == "cidr" and int.from_bytes(address) & ((1 << (size * 8 - bits)) - 1):
        message = 'invalid external "cidr" value'
        raise InvalidValue(message, sqlstate=SqlState.INVALID_BINARY_REPRESENTATION)
    return _format(address, bits, network=name == "cidr")


def _bad_binary(what: str, name: str) -> InvalidValue:
    message = f'invalid {what} in external "{name}" value'
    return InvalidValue(message, sqlstate=SqlState.INVALID_BINARY_REPRESENTATION)


def parse_macaddr(text: str) -> str:
    """Read six bytes in any of the usual forms.

    Raises:
        InvalidValue
    """
    match = _MAC.fullmatch(text.strip(WHITESPACE))
    if match is None:
        raise invalid_syntax("macaddr", text)
    if match["sep"]:
        numbers = [int(part, 16) for part in match[0].split(match["sep"])]
    else:
        numbers = list(bytes.fromhex(re.sub("[:.-]", "", match[0])))
    if max(numbers) > 255:
        message = f'invalid octet value in "macaddr" value: "{text}"'
        raise InvalidValue(message, sqlstate=SqlState.NUMERIC_VALUE_OUT_OF_RANGE)
    return bytes(numbers).hex(":")


def parse_macaddr8(text: str) -> str:
    """Read eight bytes, or six with `ff:fe` to go between them.

    Raises:
        InvalidValue
    """
    written = text.strip(WHITESPACE)
    if _MAC8.fullmatch(written) is None or len(set(written) & set(":.-")) > 1:
        raise invalid_syntax("macaddr8", text)
    data = bytes.fromhex(re.sub("[:.-]", "", written))
    if len(data) == 7:
        raise invalid_syntax("macaddr8", text)
    return _eight(data).hex(":")


def _eight(data: bytes) -> bytes:
    return data if len(data) == 8 else data[:3] + b"\xff\xfe" + data[3:]


def pack_mac(value: object) -> bytes:
    """Either kind, as its bytes."""
    return bytes.fromhex(expect(value, str).replace(":", ""))


def unpack_macaddr(data: bytes) -> str:
    check_size(data, 6)
    return data.hex(":")


def unpack_macaddr8(data: bytes) -> str:
    if len(data) != 6:
        check_size(data, 8)
    return _eight(data).hex(":")
