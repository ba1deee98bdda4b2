"""The catalog: an immutable value, and the two functions that change it.

`decide` checks a statement against a catalog and says what would happen (an event) or raises the
condition that forbids it; `apply` makes the next catalog from an event and cannot fail. Both are pure:
time, identity and sealed secrets come in as arguments, so the same statements always give the same
catalog. What a reader, a transaction or a cache needs is a reference to a catalog, nothing more.
"""

from server.catalog.decide import decide
from server.catalog.events import Decision, Event
from server.catalog.names import Context
from server.catalog.tree import Catalog, Model, Project, Schema
from server.catalog.values import ModelHeader, ModelName, ModelVersion

__all__ = [
    "Catalog",
    "Context",
    "Decision",
    "Event",
    "Model",
    "ModelHeader",
    "ModelName",
    "ModelVersion",
    "Project",
    "Schema",
    "decide",
]
