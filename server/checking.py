"""Whether a catalog is whole: every row reads, every rule of the catalog holds, every secret opens.

For `modeld check`, and for the copies that `modeld backup` makes and `modeld restore` takes. Each finding says what is
wrong and what to do. Nothing is changed.
"""

import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from server.catalog.grants import find_strays
from server.catalog.options import API_KEY, LOCATION, MODEL_TYPES, SourceType
from server.catalog.tree import Catalog, Model, build
from server.catalog.values import Key, ModelName, Value
from server.history import read_entry, read_undo
from server.key_file import KEY_FILE, open_keyring
from server.public_project import PUBLIC_PROJECT
from server.records import decode_record
from server.rotation import find_secrets
from server.sealing import purpose_of
from server.secrets import SecretsError, Tampered, UnknownKey, key_id_of
from server.store.inspection import Inspection, inspect
from server.store.interface import (
    FormatTooNew,
    FormatTooOld,
    Revision,
    StoreDamaged,
    StoreError,
    StoreLocked,
    StoreUnavailable,
)
from server.store.lock import FolderLock, check_owner
from server.store.sqlite import FILE_NAME

_LEAST_FREE: Final = 256 * 1024 * 1024
"""Bytes: the largest commit writes its records, its log row and its history."""

_RESTORE: Final = "Restore a backup into an empty folder: modeld restore FILE --data FOLDER"
# On a full disk, too, where SQLite cannot make what it needs to read the write-ahead log.
_LOOK: Final = (
    "Look at the disk, its space and its rights, then check again: this does not say that the catalog is damaged"
)
_REPORT: Final = "Keep a copy of the folder, restore a backup, and report this: modeld never writes such a thing"
# Of each kind of damage, no more are told one by one.
_MOST_FINDINGS: Final = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, and what to do."""

    problem: str
    advice: str


@dataclass(slots=True)
class Report:
    """What a check found, and what there is."""

    findings: list[Finding] = field(default_factory=list)
    revision: Revision = 0
    models: int = 0
    versions: int = 0
    changes: int = 0
    key_ids: set[bytes] = field(default_factory=set)

    def add(self, problem: object, advice: str) -> None:
        self.findings.append(Finding(str(problem), advice))


def check_folder(folder: Path, *, environment_key: str | None) -> Report:
    """Look at everything in a data folder, which stays as it is."""
    report = Report()
    if not (folder / FILE_NAME).is_file():
        report.add(f"{folder} holds no {FILE_NAME}", "Say where the data folder is with --data, or restore a backup")
        return report
    _check_modes(report, folder)
    free = shutil.disk_usage(folder).free
    if free < _LEAST_FREE:
        report.add(
            f"only {free // 1024**2} MiB are free on the disk of {folder}",
            f"Free {_LEAST_FREE // 1024**2} MiB at least: on a full disk the server stops taking changes",
        )
    check_owner(folder / FILE_NAME)
    lock = FolderLock(folder)
    try:
        lock.acquire()
    except StoreLocked as error:
        report.add(error, "Stop it, then check again; or make a backup beside it, which is checked, too")
        return report
    try:
        catalog = check_catalog(report, folder / FILE_NAME)
        if catalog is not None:
            _check_keys(report, catalog, folder / KEY_FILE, environment_key)
    finally:
        lock.release()
    return report


def check_catalog(report: Report, path: Path) -> Catalog | None:
    """Look at everything in a `catalog.db`, whose folder is locked by us; not whether its secrets open.

    Returns:
        The catalog, unless it is damaged too much.
    """
    try:
        with inspect(path) as inspection:
            report.revision = inspection.revision
            catalog = _read_catalog(report, inspection)
            _check_log(report, inspection)
            _check_history(report, inspection)
    except FormatTooNew as error:
        report.add(error, "Install the modeld that wrote it, or a newer one")
        return None
    except FormatTooOld as error:
        report.add(error, "Keep a copy of the folder, then start this modeld once, which upgrades it, and check again")
        return None
    except (StoreUnavailable, OSError) as error:
        report.add(error, _LOOK)
        return None
    except StoreError as error:
        report.add(error, _RESTORE)
        return None
    if catalog is not None:
        _check_models(report, catalog)
        report.key_ids = _find_key_ids(catalog)
    return catalog


def _check_modes(report: Report, folder: Path) -> None:
    for path in (folder, *(folder / name for name in (FILE_NAME, f"{FILE_NAME}-wal"))):
        if path.exists() and (mode := stat.S_IMODE(path.stat().st_mode)) & (stat.S_IRWXG | stat.S_IRWXO):
            right = "700" if path is folder else "600"
            report.add(f"{path} is open to others than its owner (mode {mode:04o})", f"chmod {right} {path}")


def _read_catalog(report: Report, inspection: Inspection) -> Catalog | None:
    records: list[tuple[Key, Value, Revision]] = []
    whole = True
    try:
        for record in inspection.records():
            try:
                records.append(decode_record(record))
            except StoreDamaged as error:
                whole = False
                if len(report.findings) < _MOST_FINDINGS:
                    report.add(error, _REPORT)
            if record.revision > inspection.revision:
                report.add(f"record {record.key} is of revision {record.revision}, which is to come", _REPORT)
    except StoreError as error:
        report.add(error, _RESTORE)
        return None
    try:
        return build(records, inspection.revision) if whole else None
    except ValueError as error:
        report.add(f"the catalog is not whole: {error}", _REPORT)
        return None


def _check_log(report: Report, inspection: Inspection) -> None:
    try:
        for _ in inspection.commits():
            pass
    except StoreError as error:
        report.add(error, _RESTORE)


def _check_history(report: Report, inspection: Inspection) -> None:
    latest = 0
    try:
        for stored in inspection.notes():
            report.changes += 1
            read_entry(stored.note)
            for _ in read_undo(stored.note):
                pass
            if stored.note.time < latest:
                report.add(f"the history goes back in time at revision {stored.revision}", _REPORT)
            latest = stored.note.time
    except StoreError as error:
        report.add(error, _RESTORE)


def _check_models(report: Report, catalog: Catalog) -> None:
    for project_name, project in catalog.projects.items():
        for schema_name, schema in project.schemas.items():
            for model_name, model in schema.models.items():
                report.models += 1
                report.versions += len(model.versions)
                name = ModelName(project_name, schema_name, model_name)
                for problem in _model_problems(model, seeded=project_name == PUBLIC_PROJECT):
                    report.add(f"model {name}: {problem}", _REPORT)
    for problem in find_strays(catalog):
        report.add(problem, _REPORT)


def _model_problems(model: Model, *, seeded: bool) -> Iterator[str]:
    """What the rules of the catalog say cannot be; seeded models have no options."""
    header = model.header
    for alias, meant in header.aliases:
        if meant not in model.versions:
            yield f"alias {alias} stands for version {meant}, which is not there"
        if alias in model.versions:
            yield f"alias {alias} has the name of a version"
    if header.source_type not in MODEL_TYPES:
        yield f"its source type is {header.source_type}"
        return
    source = SourceType(header.source_type)
    if seeded:
        return
    if header.model_type not in MODEL_TYPES[source]:
        yield f"its type is {header.model_type}, which no {source} model has"
    for name, version in model.versions.items():
        if version.name != name:
            yield f"version {name} calls itself {version.name}"
        located, keyed = version.find_option(LOCATION) is not None, API_KEY in dict(version.secrets)
        if (located, keyed) != (source is SourceType.IMPORT, source is SourceType.REMOTE):
            yield f"version {name} has not the options of a {source} model"


def _check_keys(report: Report, catalog: Catalog, key_file: Path, environment_key: str | None) -> None:
    try:
        keyring = open_keyring(key_file, environment_key=environment_key, make=False)
    except SecretsError as error:
        # The first start makes one where no secret needs it.
        if report.key_ids or key_file.exists():
            report.add(error, f"Put {KEY_FILE} back from its copy, with mode 0600, unless it can be put right")
        return
    for key_id in sorted(report.key_ids - set(keyring.key_ids)):
        report.add(
            f"secrets were sealed with key {key_id.hex()}, which is not there",
            f"Put a line with that key into {KEY_FILE}, from where its copy is kept",
        )
    for key, name, sealed in find_secrets(catalog):
        try:
            keyring.unseal(sealed, purpose=purpose_of(name, key.path[-1]))
        except UnknownKey:
            continue
        except SecretsError as error:
            where = f"{key.kind} {'.'.join(key.path)}"
            report.add(f"the secret {name} of {where} does not open: {error}", "Give it anew, or restore a backup")


def _find_key_ids(catalog: Catalog) -> set[bytes]:
    found: set[bytes] = set()
    for _, _, sealed in find_secrets(catalog):
        with suppress(Tampered):
            found.add(key_id_of(sealed))
    return found
