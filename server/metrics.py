"""The numbers of a server, in the forms that Prometheus and its kin collect.

Nothing is kept here: `server/meter.py` and the engine's parts count, and each request reads them anew. Names follow
Prometheus's conventions: base units, `_total` for what only grows.
"""

import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from prometheus_client import GCCollector, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector, CollectorRegistry

from server.access import Access
from server.engine import Engine
from server.meter import SUCCEEDED, Histogram

_STATES: Final = ("active", "idle", "idle in transaction", "idle in transaction (aborted)")
_FILES: Final = {"catalog": "catalog.db", "write-ahead": "catalog.db-wal"}
_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


class Metrics:
    """Everything that can be said of one server.

    Args:
        folder: the data folder.
    """

    def __init__(self, engine: Engine, access: Access, folder: Path) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Server(engine, access, folder))
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self._registry)

    def render(self, accept: str) -> tuple[bytes, str]:
        """The text and its content type, as the request's Accept asks for it. Takes some milliseconds."""
        encode, content_type = choose_encoder(accept)
        return encode(self._registry), content_type


class _Server(Collector):
    def __init__(self, engine: Engine, access: Access, folder: Path) -> None:
        self._engine = engine
        self._access = access
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        yield from self._connections()
        yield from self._statements()
        yield from self._commits()
        yield from self._catalog()
        yield from self._resources()

    def _connections(self) -> Iterator[Metric]:
        states = Counter(activity.state for activity in list(self._engine.sessions.values()))
        counts = {state: states[state] for state in _STATES} | {"logging in": self._access.admission.logins}
        yield _labelled(GaugeMetricFamily, "modeld_connections", "Connections there are.", "state", counts)
        meter = self._engine.meter
        yield CounterMetricFamily("modeld_logins", "Clients that were let in.", meter.logins)
        if self._access.certificates is not None:
            until = self._access.certificates.valid_until.timestamp()
            text = "When the server's certificate ends."
            yield GaugeMetricFamily("modeld_certificate_expiry_timestamp_seconds", text, until)
        refused = "Clients that were not, by SQLSTATE."
        yield _labelled(CounterMetricFamily, "modeld_refused_logins", refused, "sqlstate", meter.refused_logins)

    def _statements(self) -> Iterator[Metric]:
        meter, answers = self._engine.meter, self._engine.answers
        text = f"Statements, by kind and SQLSTATE; {SUCCEEDED} are those that succeeded."
        statements = CounterMetricFamily("modeld_statements", text, labels=("kind", "sqlstate"))
        for (kind, sqlstate), count in meter.list_statements().items():
            statements.add_metric((_WORD.sub(" ", kind).lower(), sqlstate), count)
        yield statements
        text = "Messages that run statements; kept answers are not among them."
        yield _histogram("modeld_statement_seconds", text, meter.durations)
        yield CounterMetricFamily(
            "modeld_answers_found", "Packets answered with a kept answer.", sum(meter.repeated.copy().values())
        )
        yield CounterMetricFamily("modeld_answers_missed", "Packets for which no answer was kept.", meter.missed)
        yield GaugeMetricFamily("modeld_answers_bytes", "Memory of the kept answers, by estimate.", answers.size)

    def _commits(self) -> Iterator[Metric]:
        meter, store = self._engine.meter, self._engine.committer.store
        yield _histogram("modeld_group_commits", "Commits that were written together.", meter.groups)
        failed = "Groups that were not written, by what the store reported."
        yield _labelled(CounterMetricFamily, "modeld_failed_groups", failed, "error", meter.failed_commits)
        accepts = "1 as long as changes are accepted, 0 after a failed write."
        yield GaugeMetricFamily("modeld_accepts_changes", accepts, store.failure is None)

    def _catalog(self) -> Iterator[Metric]:
        catalog = self._engine.committer.catalog
        schemas = [schema for project in catalog.projects.values() for schema in project.schemas.values()]
        counts = {
            "projects": len(catalog.projects),
            "schemas": len(schemas),
            "models": sum(len(schema.models) for schema in schemas),
            "users": len(catalog.principals),
        }
        yield GaugeMetricFamily("modeld_revision", "The newest revision of the catalog.", catalog.revision)
        yield _labelled(GaugeMetricFamily, "modeld_catalog_objects", "What the catalog holds.", "kind", counts)
        sizes = {label: _size(self._folder / name) for label, name in _FILES.items()}
        yield _labelled(GaugeMetricFamily, "modeld_file_bytes", "Sizes of the files of the catalog.", "file", sizes)

    def _resources(self) -> Iterator[Metric]:
        memory = self._engine.memory
        yield GaugeMetricFamily("modeld_query_memory_bytes", "What SELECTs hold, by estimate.", memory.held)
        yield GaugeMetricFamily("modeld_query_memory_limit_bytes", "What they may hold.", memory.most_bytes)
        yield GaugeMetricFamily("modeld_threads", "Threads of the process.", threading.active_count())
        yield _histogram("modeld_loop_lag_seconds", "How late the event loop is.", self._engine.meter.lags)


def _labelled(
    family: type[GaugeMetricFamily | CounterMetricFamily], name: str, text: str, label: str, values: Mapping[str, float]
) -> Metric:
    metric = family(name, text, labels=(label,))
    for value, number in dict(values).items():
        metric.add_metric((value,), number)
    return metric


def _histogram(name: str, text: str, histogram: Histogram) -> Metric:
    return HistogramMetricFamily(name, text, buckets=histogram.buckets(), sum_value=histogram.sum)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
