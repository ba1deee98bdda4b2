"""PostgreSQL's functions, operators and aggregates, as far as a reader's query needs them."""
