"""What SELECT can read: pg_catalog, information_schema and the views over the model catalog."""
