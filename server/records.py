"""Catalog records as the store keeps them: a readable key, and the value in MessagePack.

`model/modeld/default/m` -> ModelHeader, and so on: the kind and the names, joined by slashes. Names
never hold a slash, but for a principal's, which is the last of its key. A decoder ignores fields that
it does not know and fills in defaults for those that are missing, so that records written by a newer or
older minor version can be read; what breaks that needs a new format version of the store.
"""

import sys
from collections.abc import Iterable

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
from server.catalog.versions import Packed, Versions, find_sealing_keys, may_have_lifecycle
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
# So many versions of a model make a persistent map when they are loaded: at the first change it would be felt.
_MANY = 1000
_SHARED_TEXTS = ("owner", "source_type", "model_type", "default_version")
_KINDS = {kind.value: kind for kind in Kind}
# How many slashes divide the keys that end in a principal.
_PRINCIPALS: dict[str, int] = {Kind.PRINCIPAL: 0, Kind.MEMBER: 1}
# How many names a key has.
_DEPTHS = {
    Kind.PRINCIPAL: 1,
    Kind.PROJECT: 1,
    Kind.SCHEMA: 2,
    Kind.MODEL: 3,
    Kind.VERSION: 4,
    Kind.DROPPED: 4,
    Kind.DROPPED_VERSION: 5,
    Kind.MEMBER: 2,
    Kind.ROLE: 2,
}


def encode_key(key: Key) -> str:
    # The kind is its own text; `value` is a property of Python's, and this is called a dozen times for a commit.
    return "/".join((key.kind, *key.path))


def decode_key(text: str) -> Key:
    """The key again.

    Raises:
        StoreDamaged: no key of ours.
    """
    kind, _, rest = text.partition("/")
    # A principal's name may hold the slash itself, and comes last.
    path = tuple(map(sys.intern, rest.split("/", _PRINCIPALS.get(kind, -1))))
    if kind not in _KINDS or len(path) != _DEPTHS[_KINDS[kind]] or not all(path):
        raise StoreDamaged(f"unknown record {text!r}")
    return Key(_KINDS[kind], path)


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
    """Makes the catalog of the pages of a store, in any order, without decoding versions.

    Only their keys are looked at: their bytes have the checksums that they were written with, and what they say is
    decoded when somebody asks for it (`server/catalog/versions.py`).

    Attributes:
        key_ids: of the keys that the secrets in the records were sealed with, as `find_sealing_keys` gives them.
    """

    def __init__(self) -> None:
        self.key_ids: set[bytes] = set()
        self._records: list[tuple[Key, Value, Revision]] = []
        # By their keys up to the last slash; the newest of those, since what belongs to a model comes together.
        self._versions: dict[str, dict[str, bytes]] = {}
        self._owner: str | None = None
        # Such keys, of versions that may have a life cycle.
        self._marked: set[str] = set()
        self._names: dict[str, bytes] = {}

    def add(self, page: Page) -> None:
        """Take the records of a page.

        Raises:
            StoreDamaged: the key or the value of one is not what modeld writes.
        """
        data = b"".join(page.values)
        self.key_ids |= find_sealing_keys(page.values, data)
        if may_have_lifecycle(data):
            marked = [key for key, value in zip(page.keys, page.values, strict=True) if may_have_lifecycle(value)]
            self._marked.update(key.rpartition("/")[0] for key in marked)
        owner, names, intern = self._owner, self._names, sys.intern
        for key, value, revision in zip(page.keys, page.values, page.revisions, strict=True):
            before, _, name = key.rpartition("/")
            if before != owner or not name:
                decoded = decode_key(key)
                if decoded.kind not in _VERSION_KINDS:
                    self._take(decoded, decode_value(decoded, value), revision)
                    continue
                owner, names = before, self._versions.setdefault(before, {})
            # The same few names in all models, each once in memory.
            names[intern(name)] = value
        self._owner, self._names = owner, names

    def _take(self, key: Key, value: Value, revision: Revision) -> None:
        if isinstance(value, ModelHeader):
            # Most models share owner, types and the name of the default version: each of these texts once in memory.
            for field in _SHARED_TEXTS:
                force_setattr(value, field, sys.intern(getattr(value, field)))
        elif isinstance(value, Principal) and value.verifier != NO_VERIFIER:
            self.key_ids.add(key_id_in(value.verifier))
        self._records.append((key, value, revision))

    def _make_versions(self, found: tuple[str, dict[str, bytes]]) -> tuple[tuple[str, ...], Versions]:
        """The path of a model, or dropped model, and its versions."""
        owner, names = found
        packed: Packed = names if len(names) < _MANY else Map(names)
        # Where nothing was marked there is none; else they are looked at when somebody asks.
        return tuple(owner.split("/")[1:]), Versions(packed, has_lifecycles=None if owner in self._marked else False)

    def build(self, revision: Revision) -> Catalog:
        """The catalog of all that was added.

        Raises:
            StoreDamaged: it is not whole.
        """
        try:
            return build(self._records, revision, dict(map(self._make_versions, self._versions.items())))
        except ValueError as error:
            raise StoreDamaged(f"the catalog is not whole: {error}") from error
