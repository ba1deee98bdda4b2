"""modeld and PostgreSQL 15 side by side: see `python -m tests.bench --help` and docs/performance.md."""
