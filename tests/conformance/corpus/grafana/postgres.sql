-- origin: written anew after Grafana's data source for PostgreSQL (its query builder's lists, its macros, its annotations), which could not be run here

-- compare: rows
SELECT current_setting('server_version_num')::int/100 as version;

-- compare: rows
SELECT extversion FROM pg_extension WHERE extname = 'timescaledb';

-- compare: columns
SELECT quote_ident(schema_name) AS "name" FROM information_schema.schemata
WHERE schema_name NOT IN ('information_schema', 'pg_catalog', 'pg_toast') AND schema_name NOT LIKE E'\\_%' ORDER BY 1;

-- compare: columns
SELECT CASE WHEN quote_ident(table_schema) IN (
    SELECT CASE WHEN trim(path[place]) = '"$user"' THEN user ELSE trim(path[place]) END
    FROM generate_series(array_lower(string_to_array(current_setting('search_path'), ','), 1),
                         array_upper(string_to_array(current_setting('search_path'), ','), 1)) as place,
         string_to_array(current_setting('search_path'), ',') path)
  THEN quote_ident(table_name) ELSE quote_ident(table_schema) || '.' || quote_ident(table_name) END AS "table"
FROM information_schema.tables
WHERE quote_ident(table_schema) NOT IN ('information_schema', 'pg_catalog')
ORDER BY CASE WHEN quote_ident(table_schema) IN (
    SELECT CASE WHEN trim(path[place]) = '"$user"' THEN user ELSE trim(path[place]) END
    FROM generate_series(array_lower(string_to_array(current_setting('search_path'), ','), 1),
                         array_upper(string_to_array(current_setting('search_path'), ','), 1)) as place,
         string_to_array(current_setting('search_path'), ',') path) THEN 0 ELSE 1 END, 1;

-- compare: rows
SELECT quote_ident(column_name) AS "column", data_type AS "type" FROM information_schema.columns
WHERE CASE WHEN array_length(parse_ident('pg_catalog.pg_class'), 1) = 2
  THEN quote_ident(table_schema) = (parse_ident('pg_catalog.pg_class'))[1] AND quote_ident(table_name) = (parse_ident('pg_catalog.pg_class'))[2]
  ELSE quote_ident(table_name) = 'pg_catalog.pg_class' END;

-- compare: rows
SELECT quote_ident(column_name) FROM information_schema.columns
WHERE table_schema = 'pg_catalog' AND quote_ident(table_name) = 'pg_type' AND data_type IN ('bigint', 'integer', 'double precision', 'real', '"char"', 'oid');

-- compare: rows
SELECT floor(extract(epoch from at)/300)*300 AS "time", count(*) AS "value", kind AS "metric"
FROM (VALUES (timestamptz '2026-11-28 10:01:00+00', 'a'), (timestamptz '2026-11-28 10:02:00+00', 'a'), (timestamptz '2026-11-28 10:06:00+00', 'b')) AS given (at, kind)
WHERE at BETWEEN '2026-11-28T10:00:00Z' AND '2026-11-28T16:00:00Z'
GROUP BY 1, "metric" ORDER BY 1, 2;

-- compare: rows
SELECT extract(epoch from at) AS "time", at >= to_timestamp(1795860000) AND at <= to_timestamp(1795881600) AS inside,
  floor((extract(epoch from at))/3600)*3600 AS hour, date_bin('5m', at, timestamptz '2026-01-01 00:00:00+00') AS bin
FROM (VALUES (timestamptz '2026-11-28 10:01:00+00')) AS given (at) ORDER BY 1 LIMIT 50;

-- compare: rows
SELECT date_trunc('hour', at) AS time, avg(amount) AS "average", lag(avg(amount)) OVER (ORDER BY date_trunc('hour', at)) AS "before",
  sum(count(*)) OVER (ORDER BY date_trunc('hour', at) ROWS UNBOUNDED PRECEDING) AS "so far"
FROM (SELECT timestamptz '2026-11-28 10:00:00+00' + n * interval '25 minutes', n FROM generate_series(0, 9) n) AS given (at, amount)
GROUP BY 1 ORDER BY 1;
