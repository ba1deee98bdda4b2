"""The versions of a model by name, each as the bytes that the store has, decoded when somebody asks for it.

A registry has millions of versions, and few of them are looked at between two starts. Decoded, one takes 2.8 KiB and
some microseconds of every start; as bytes it takes 0.5 KiB and nothing. What was decoded is not kept: reading a
version takes a microsecond or two, and a kept answer (`server/answers.py`) spares even that.

To everybody else this is a mapping that never changes: `set` and `delete` give another one that shares the rest.
"""

import re
from array import array
from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping
from contextlib import suppress
from io import BytesIO
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
_NO_SECRETS: Final = _SECRETS + b"\x90"
_ONE_SECRET: Final = re.compile(_SECRETS + rb"\x91\x92[\xa1-\xbf][A-Z0-9_]+\xc4.\x01.{%d}" % KEY_ID_BYTES, re.DOTALL)
_LIFECYCLE: Final = b"lifecycle"
_NONE: Final[Map[str, bytes]] = Map()

Packed = Mapping[str, bytes]
"""Versions by name, each as `pack` gives it."""


def pack(version: ModelVersion) -> bytes:
    """The version as the store has it."""
    return _encode(version)


class SealingKeys:
    """Collects the ids of the keys that the secrets of versions were sealed with.

    Of a version that cannot be read there is none; of what is no sealed secret there is something that is no key's id.
    Versions have one secret of one form, and mostly of the same option, length and key: what was found once is counted,
    which takes a tenth of the time that decoding them takes; what has another form is decoded.
    """

    def __init__(self) -> None:
        self.ids: set[bytes] = set()
        self._usual = _NO_SECRETS

    def look(self, data: bytes, encoded: Callable[[], Iterable[bytes]]) -> None:
        """Look into the versions; `data` is all of them, joined."""
        count = data.count(_SECRETS)
        if data.count(self._usual) == count:
            return
        found = _ONE_SECRET.findall(data)
        if len(found) == count:
            self._usual = found[0]
            self.ids.update(each[-KEY_ID_BYTES:] for each in set(found))
            return
        for each in encoded():
            with suppress(msgspec.MsgspecError, UnicodeDecodeError):
                self.ids.update(key_id_in(sealed) for _, sealed in _decode_secrets(each).secrets)


class Joined(Mapping[str, bytes]):
    """A few versions by name, each as `pack` gives it, in one piece: less to make than a dictionary.

    Args:
        names: many models have the same ones, in memory once.
        sizes: how many bytes of the data each version has, in the order of the names.
    """

    __slots__ = ("_names", "_sizes", "data")

    def __init__(self, names: tuple[str, ...], sizes: "array[int]", data: bytes) -> None:
        self._names = names
        self._sizes = sizes
        self.data = data

    def items(self) -> ItemsView[str, bytes]:
        return dict(zip(self._names, map(BytesIO(self.data).read, self._sizes), strict=True)).items()

    def __getitem__(self, name: str) -> bytes:
        try:
            place = self._names.index(name)
        except ValueError:
            raise KeyError(name) from None
        start = sum(self._sizes[:place])
        return self.data[start : start + self._sizes[place]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names


class Versions(Mapping[str, ModelVersion]):
    """The versions by name. Reading one that is not what modeld writes raises `OdpsError` (STORE_DAMAGED).

    Args:
        packed: never changed from now on. What loading makes of it, one piece or a plain dictionary, becomes a
            persistent map with the first change: making 100,000 of those would be a tenth of a start.
    """

    __slots__ = ("_has_lifecycles", "_packed")

    def __init__(self, packed: Packed = _NONE) -> None:
        self._packed = packed
        self._has_lifecycles: bool | None = None

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
            packed = self._packed
            if isinstance(packed, Joined) and _LIFECYCLE not in packed.data:
                packed = _NONE
            # Where the field's name does not stand it has its default; where it does, it may be part of a comment.
            found = (_read(name, data, _decode) for name, data in packed.items() if _LIFECYCLE in data)
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
        if isinstance(other, Versions) and dict(self._packed.items()) == dict(other._packed.items()):
            return True
        return Mapping.__eq__(self, other)

    __hash__ = None  # type: ignore[assignment]  # as every mapping

    def __repr__(self) -> str:
        return f"Versions({', '.join(self)})"

    def _persistent(self) -> Map[str, bytes]:
        packed = self._packed
        return packed if isinstance(packed, Map) else Map(packed.items())


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
