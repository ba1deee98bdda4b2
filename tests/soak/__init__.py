"""Mixed load for a long time: what a server holds must not grow with what it has done."""
