"""modeld: a model registry that runs MaxCompute's model DDL and speaks the PostgreSQL wire protocol."""
