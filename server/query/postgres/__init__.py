"""PostgreSQL 15 as its own catalogs tell it: types, functions, operators, casts, relations.

The files in `data` are written by scripts/postgres_data.py from a real server; nothing in them is edited by hand.
They are read when they are first asked for and kept.
"""
