-- origin: written anew after Elixir's Postgrex (the types that a connection loads when it begins) and Ecto's migrator, pgx, tokio-postgres and sqlx (a type or relation that they do not know yet)

-- compare: columns
SELECT t.oid, t.typname, t.typsend, t.typreceive, t.typoutput, t.typinput, t.typelem, coalesce(r.rngsubtype, 0),
  ARRAY (SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
FROM pg_type AS t LEFT JOIN pg_range AS r ON r.rngtypid = t.oid OR r.rngmultitypid = t.oid OR (t.typbasetype <> 0 AND r.rngtypid = t.typbasetype)
WHERE (t.typrelid = 0) AND (t.typelem = 0 OR NOT EXISTS (SELECT 1 FROM pg_catalog.pg_type s WHERE s.typrelid != 0 AND s.oid = t.typelem));

-- compare: rows
SELECT t.oid, t.typname, t.typsend, t.typreceive, t.typoutput, t.typinput, t.typelem, coalesce(r.rngsubtype, 0),
  ARRAY (SELECT a.atttypid FROM pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum)
FROM pg_type AS t LEFT JOIN pg_range AS r ON r.rngtypid = t.oid
WHERE t.oid NOT IN (SELECT unnest(ARRAY[16,17,18,19,20,21,22,23,24,25,26,27,28,29,30])) AND t.oid < 13000;

-- compare: rows
-- parameters: ["3904"]
SELECT t.typname, t.typtype, t.typelem, r.rngsubtype, t.typbasetype, n.nspname, t.typrelid
FROM pg_catalog.pg_type t
LEFT OUTER JOIN pg_catalog.pg_range r ON r.rngtypid = t.oid
INNER JOIN pg_catalog.pg_namespace n ON t.typnamespace = n.oid
WHERE t.oid = $1;

-- compare: rows
-- parameters: ["3904"]
SELECT enumlabel FROM pg_catalog.pg_enum WHERE enumtypid = $1 ORDER BY enumsortorder;

-- compare: rows
-- parameters: ["1259"]
SELECT attname, atttypid FROM pg_catalog.pg_attribute WHERE attrelid = $1 AND NOT attisdropped AND attnum > 0 ORDER BY attnum;

-- compare: rows
-- parameters: ["pg_catalog.int4range"]
SELECT typtype::text, typbasetype, typelem FROM pg_type WHERE oid = $1::regtype::oid;

-- compare: rows
-- parameters: ["int4"]
SELECT $1::text::regtype::oid;

-- compare: rows
-- parameters: ["_int4range"]
SELECT oid, typname, typtype, typbasetype, typarray, rngsubtype FROM pg_type LEFT JOIN pg_range ON rngtypid = oid WHERE typname = $1 OR typarray = (SELECT oid FROM pg_type WHERE typname = $1);

-- compare: rows
-- parameters: ["1247", "1", "1247", "2"]
SELECT col.idx, pg_attribute.attnotnull
FROM (VALUES (0::int, $1::oid, $2::int), (1::int, $3::oid, $4::int)) AS col (idx, table_id, col_idx)
LEFT JOIN pg_catalog.pg_attribute ON table_id IS NOT NULL AND attrelid = table_id AND attnum = col_idx
ORDER BY col.idx;

-- compare: rows
-- parameters: ["{0,1,2}", "{1247,1247,NULL}", "{1,2,NULL}"]
SELECT NOT pg_attribute.attnotnull FROM (SELECT * FROM UNNEST($1::int4[], $2::int4[], $3::int2[]) AS col(idx, table_id, col_idx)) AS col
LEFT JOIN pg_catalog.pg_attribute ON table_id IS NOT NULL AND attrelid = table_id AND attnum = col_idx ORDER BY idx;

-- compare: rows
SELECT 1 FROM pg_catalog.pg_class rel JOIN pg_namespace space ON space.oid = rel.relnamespace WHERE rel.relname = 'schema_migrations' AND rel.relkind IN ('r', 'v', 'm') AND space.nspname = ANY (current_schemas(false));
