"""Catalog records as the store keeps them: a readable key, and the value in MessagePack.

`model/modeld/default/m` -> ModelHeader, and so on: the kind and the names, joined by slashes. Names
never hold a slash, but for a principal's, which is the last of its key. A decoder ignores fields that
it does not know and fills in defaults for those that are missing, so that records written by a newer or
older minor version can be read; what breaks that needs a new format version of the store.
"""

import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from immutables import Map
from msgspec.structs import force_setattr

from server.catalog.events import Change
from server.catalog.tree import Catalog, build
from server.catalog.values import (
    NO_VERIFIER,
    DroppedModel,
    Key,
    Kind,
    Member,
    ModelHeader,
    ModelVersion,
    Principal,
    ProjectHeader,
    Role,
    SchemaHeader,
    Value,
)
from server.catalog.versions import Joined, Packed, SealingKeys, Versions
from server.secrets import key_id_in
from server.store.interface import Change as StoredChange
from server.store.interface import Page, Record, Revision, StoreDamaged

_encoder = msgspec.msgpack.Encoder()
_decoders: dict[Kind, msgspec.msgpack.Decoder[Value]] = {
    Kind.PRINCIPAL: msgspec.msgpack.Decoder(Principal),
    Kind.PROJECT: msgspec.msgpack.Decoder(ProjectHeader),
    Kind.SCHEMA: msgspec.msgpack.Decoder(SchemaHeader),
    Kind.MODEL: msgspec.msgpack.Decoder(ModelHeader),
    Kind.VERSION: msgspec.msgpack.Decoder(ModelVersion),
    Kind.DROPPED: msgspec.msgpack.Decoder(DroppedModel),
    Kind.DROPPED_VERSION: msgspec.msgpack.Decoder(ModelVersion),
    Kind.MEMBER: msgspec.msgpack.Decoder(Member),
    Kind.ROLE: msgspec.msgpack.Decoder(Role),
}
_VERSION_KINDS = frozenset({Kind.VERSION, Kind.DROPPED_VERSION})
_AFTER_SLASH = bytes([ord("/") + 1])
# So many versions of a model stay as they stand in the store: to find one of them takes a microsecond.
_FEW = 50
# So many versions of a model make a persistent map when they are loaded: at the first change it would be felt.
_MANY = 1000
_SHARED_TEXTS = ("owner", "source_type", "model_type", "default_version")
# Of each kind's keys: how many names they have, and how often they are divided; a principal's, the last, has slashes.
_FORMS: Final[dict[str, tuple[Kind, int, int]]] = {
    kind.value: (kind, names, names - 1 if kind in (Kind.PRINCIPAL, Kind.MEMBER) else -1)
    for kind, names in (
        (Kind.PRINCIPAL, 1),
        (Kind.PROJECT, 1),
        (Kind.SCHEMA, 2),
        (Kind.MODEL, 3),
        (Kind.VERSION, 4),
        (Kind.DROPPED, 4),
        (Kind.DROPPED_VERSION, 5),
        (Kind.MEMBER, 2),
        (Kind.ROLE, 2),
    )
}


def encode_key(key: Key) -> str:
    # The kind is its own text; `value` is a property of Python's, and this is called a dozen times for a commit.
    return "/".join((key.kind, *key.path))


def decode_key(text: str) -> Key:
    """The key again.

    Raises:
        StoreDamaged: no key of ours.
    """
    name, _, rest = text.partition("/")
    if (form := _FORMS.get(name)) is not None:
        kind, names, slashes = form
        path = tuple(rest.split("/", slashes))
        if len(path) == names and "" not in path:
            return Key(kind, path)
    raise StoreDamaged(f"unknown record {text!r}")


def encode_changes(changes: Iterable[Change]) -> list[StoredChange]:
    return [
        StoredChange(encode_key(change.key), None if change.value is None else encode_value(change.value))
        for change in changes
    ]


def encode_value(value: Value) -> bytes:
    return _encoder.encode(value)


def decode_record(record: Record) -> tuple[Key, Value, int]:
    """(key, value, revision) of a stored record.

    Raises:
        StoreDamaged: the key or the value is not what modeld writes.
    """
    key = decode_key(record.key)
    return key, decode_value(key, record.value), record.revision


def decode_value(key: Key, data: bytes) -> Value:
    """The value again.

    Raises:
        StoreDamaged: not what modeld writes.
    """
    try:
        return _decoders[key.kind].decode(data)
    # msgspec lets the error of a string that is not UTF-8 through.
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise StoreDamaged(f"record {encode_key(key)!r} cannot be read: {error}") from error


class CatalogReader:
    """Makes the catalog of the pages of a store, in the order of their keys, without decoding versions.

    Only their keys are looked at: their bytes have the checksums that they were written with, and what they say is
    decoded when somebody asks for it (`server/catalog/versions.py`). The versions of a model come together, and most
    stay as they stand in the page.
    """

    def __init__(self) -> None:
        self._sealing_keys = SealingKeys()
        self._records: list[tuple[Key, Value, Revision]] = []
        # By the path of their model, or dropped model.
        self._versions: dict[tuple[str, ...], Packed] = {}
        # Many models have versions of the same few names: each of these tuples once in memory.
        self._names: dict[tuple[bytes, ...], tuple[str, ...]] = {}
        self._last = b""

    @property
    def key_ids(self) -> set[bytes]:
        """Of the keys that the secrets in the records were sealed with, as `SealingKeys` finds them."""
        return self._sealing_keys.ids

    def add(self, page: Page) -> None:
        """Take the records of a page.

        Raises:
            StoreDamaged: the key or the value of one is not what modeld writes, or they are not in order.
        """
        self._check_order(page.keys)
        self._sealing_keys.look(page.values, page.each_value)
        keys, sizes = page.keys, array("I", page.sizes)
        start = position = 0
        while start < len(keys):
            key = decode_key(keys[start].decode())
            if key.kind in _VERSION_KINDS:
                owner, _, _ = keys[start].rpartition(b"/")
                # Those of its model stand before this one, and nothing else does.
                stop = min(start + _FEW, len(keys))
                end = bisect_left(keys, owner + _AFTER_SLASH, start, stop)
                names = self._share(keys[start:end], len(owner) + 1)
                data = page.values[position : position + sum(sizes[start:end])]
                self._take_versions(key.path[:-1], Joined(names, sizes[start:end], data), may_go_on=end == stop)
            else:
                end = start + 1
                data = page.values[position : position + sizes[start]]
                self._take(key, decode_value(key, data), page.revisions[start])
            start, position = end, position + len(data)

    def _check_order(self, keys: Sequence[bytes]) -> None:
        """What follows takes it for granted."""
        in_order = sorted(keys)
        if in_order != list(keys) or in_order[0] <= self._last:
            raise StoreDamaged("the records do not come in the order of their keys")
        self._last = in_order[-1]

    def _share(self, keys: Sequence[bytes], owner: int) -> tuple[str, ...]:
        """The names of versions, which begin so far into their keys."""
        written = tuple([key[owner:] for key in keys])
        names = self._names.get(written)
        if names is None:
            names = self._names[written] = tuple([sys.intern(decode_key(key.decode()).path[-1]) for key in keys])
        return names

    def _take_versions(self, path: tuple[str, ...], joined: Joined, *, may_go_on: bool) -> None:
        before = self._versions.get(path)
        if isinstance(before, dict):
            before.update(joined.items())
        else:
            self._versions[path] = dict(joined.items()) if may_go_on else joined

    def _take(self, key: Key, value: Value, revision: Revision) -> None:
        if isinstance(value, ModelHeader):
            # Most models share owner, types and the name of the default version: each of these texts once in memory.
            for field in _SHARED_TEXTS:
                force_setattr(value, field, sys.intern(getattr(value, field)))
        elif isinstance(value, Principal) and value.verifier != NO_VERIFIER:
            self.key_ids.add(key_id_in(value.verifier))
        self._records.append((key, value, revision))

    def build(self, revision: Revision) -> Catalog:
        """The catalog of all that was added.

        Raises:
            StoreDamaged: it is not whole.
        """
        versions = {
            path: Versions(packed if len(packed) < _MANY else Map(packed)) for path, packed in self._versions.items()
        }
        try:
            return build(self._records, revision, versions)
        except ValueError as error:
            raise StoreDamaged(f"the catalog is not whole: {error}") from error
