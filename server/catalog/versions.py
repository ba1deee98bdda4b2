"""The versions of a model by name, each as the bytes that the store has, decoded when somebody asks for it.

A registry has millions of versions, and few of them are looked at between two starts. Decoded, one takes 2.8 KiB and
some microseconds of every start; as bytes it takes 0.5 KiB and nothing. What was decoded is not kept: reading a
version takes a microsecond or two, and a kept answer (`server/answers.py`) spares even that.

To everybody else this is a mapping that never changes: `set` and `delete` give another one that shares the rest.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final, TypeVar

import msgspec
from immutables import Map

from server.catalog.values import ModelVersion, Timestamp
from server.errors import Condition, OdpsError
from server.secrets import KEY_ID_BYTES, key_id_in

_T = TypeVar("_T")


class _Place(msgspec.Struct, gc=False):
    """Of a version, what its place among the others rests on, besides its name."""

    create_time: Timestamp


class _Secrets(msgspec.Struct, gc=False):
    """Of a version, its secrets."""

    secrets: tuple[tuple[str, bytes], ...] = ()


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(ModelVersion).decode
_decode_place: Final = msgspec.msgpack.Decoder(_Place).decode
_decode_secrets: Final = msgspec.msgpack.Decoder(_Secrets).decode

# As MessagePack writes it: the field's name; and with it a list of one pair, of an option and what is sealed of it, as
# far as the id of the key (`server.secrets`).
_SECRETS: Final = b"\xa7secrets"
_ONE_SECRET: Final = re.compile(_SECRETS + rb"\x91\x92[\xa1-\xbf][A-Z0-9_]+\xc4.\x01(.{%d})" % KEY_ID_BYTES, re.DOTALL)
_LIFECYCLE: Final = b"lifecycle"
_NONE: Final[Map[str, bytes]] = Map()

Packed = Mapping[str, bytes]
"""Versions by name, each as `pack` gives it."""


def pack(version: ModelVersion) -> bytes:
    """The version as the store has it."""
    return _encode(version)


def find_sealing_keys(encoded: Sequence[bytes], data: bytes) -> set[bytes]:
    """The ids of the keys that the secrets of these versions were sealed with; `data` is all of them, joined.

    Of a version that cannot be read there is none; of what is no sealed secret there is something that is no key's id.
    This takes a third of the time that decoding them takes, since versions have one secret of one form; where that is
    not so they are decoded.
    """
    found = _ONE_SECRET.findall(data)
    if len(found) == data.count(_SECRETS):
        return set(found)
    ids: set[bytes] = set()
    for each in encoded:
        with suppress(msgspec.MsgspecError, UnicodeDecodeError):
            ids.update(key_id_in(sealed) for _, sealed in _decode_secrets(each).secrets)
    return ids


def may_have_lifecycle(encoded: bytes) -> bool:
    """Whether a version, or one of several that were joined, can have a life cycle."""
    return _LIFECYCLE in encoded


class Versions(Mapping[str, ModelVersion]):
    """The versions by name. Reading one that is not what modeld writes raises `OdpsError` (STORE_DAMAGED).

    Args:
        packed: never changed from now on. A plain dictionary, as loading makes it, becomes a persistent map with the
            first change: making 100,000 of those would be a tenth of a start.
        has_lifecycles: whether one of them has a life cycle of its own, where that is known.
    """

    __slots__ = ("_has_lifecycles", "_packed")

    def __init__(self, packed: Packed = _NONE, *, has_lifecycles: bool | None = None) -> None:
        self._packed = packed
        self._has_lifecycles = has_lifecycles

    @classmethod
    def of(cls, versions: Mapping[str, ModelVersion]) -> "Versions":
        return cls(Map({name: pack(version) for name, version in versions.items()}))

    def set(self, name: str, version: ModelVersion) -> "Versions":
        return Versions(self._persistent().set(name, pack(version)))

    def delete(self, name: str) -> "Versions":
        """Without it, whether or not it is there."""
        return Versions(self._persistent().delete(name)) if name in self._packed else self

    def secrets(self) -> Iterator[tuple[str, str, bytes]]:
        """(version, option, sealed value) of all secrets; nothing else of them is decoded."""
        for name, data in self._packed.items():
            for option, sealed in _read(name, data, _decode_secrets).secrets:
                yield name, option, sealed

    def in_order(self) -> list[ModelVersion]:
        """All of them, the oldest first."""
        return sorted(self.values(), key=lambda version: (version.create_time, version.name))

    def names_in_order(self) -> list[str]:
        """Their names, the oldest first; little else of them is decoded."""
        places = [(_read(name, data, _decode_place).create_time, name) for name, data in self._packed.items()]
        return [name for _, name in sorted(places)]

    @property
    def has_lifecycles(self) -> bool:
        """Whether one of them has a life cycle of its own. Looked for once: upkeep asks all models every minute."""
        if self._has_lifecycles is None:
            # Where the field's name does not stand it has its default; where it does, it may be part of a comment.
            found = (_read(name, data, _decode) for name, data in self._packed.items() if may_have_lifecycle(data))
            self._has_lifecycles = any(version.lifecycle for version in found)
        return self._has_lifecycles

    def __getitem__(self, name: str) -> ModelVersion:
        return _read(name, self._packed[name], _decode)

    def __iter__(self) -> Iterator[str]:
        return iter(self._packed)

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, name: object) -> bool:
        return name in self._packed

    def __eq__(self, other: object) -> bool:
        # The same version has the same bytes, but for one that another release of modeld wrote.
        if isinstance(other, Versions) and dict(self._packed) == dict(other._packed):
            return True
        return Mapping.__eq__(self, other)

    __hash__ = None  # type: ignore[assignment]  # as every mapping

    def __repr__(self) -> str:
        return f"Versions({', '.join(self)})"

    def _persistent(self) -> Map[str, bytes]:
        packed = self._packed
        return packed if isinstance(packed, Map) else Map(packed)


def _read(name: str, data: bytes, decode: Callable[[bytes], _T]) -> _T:
    try:
        return decode(data)
    # msgspec lets the error of a string that is not UTF-8 through.
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        # Its checksum was right when it was loaded: whatever wrote it was not this modeld.
        raise OdpsError(
            Condition.STORE_DAMAGED,
            reason=f"version {name} cannot be read: {error}",
            hint="Stop the server, run modeld check, and restore a backup.",
        ) from error
