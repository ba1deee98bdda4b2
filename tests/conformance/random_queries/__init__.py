"""SELECTs made at random, to be put to modeld and to PostgreSQL 15 alike."""
