-- origin: written anew in the manner of Power BI (over Npgsql), Tableau (over psqlODBC), Looker, Redash and Airbyte: their lists of tables and columns, and the shapes of what they make of a report; they could not be run here

-- compare: rows
select character_set_name from INFORMATION_SCHEMA.character_sets;

-- compare: columns
select TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE from INFORMATION_SCHEMA.tables where TABLE_SCHEMA not in ('information_schema', 'pg_catalog') order by TABLE_SCHEMA, TABLE_NAME;

-- compare: rows
select COLUMN_NAME, ORDINAL_POSITION, IS_NULLABLE, case when (data_type like '%unsigned%') then DATA_TYPE || ' unsigned' else DATA_TYPE end as DATA_TYPE
from INFORMATION_SCHEMA.columns where TABLE_SCHEMA = 'pg_catalog' and TABLE_NAME = 'pg_proc' order by TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION;

-- compare: rows
select pkcol.COLUMN_NAME as PK_COLUMN_NAME, fkcol.TABLE_SCHEMA AS FK_TABLE_SCHEMA, fkcol.TABLE_NAME AS FK_TABLE_NAME, fkcol.COLUMN_NAME as FK_COLUMN_NAME, fkcol.ORDINAL_POSITION as ORDINAL, fkcon.CONSTRAINT_SCHEMA || '_' || fkcol.TABLE_NAME || '_' || 'users' || '_' || fkcon.CONSTRAINT_NAME as FK_NAME
from (select distinct constraint_catalog, constraint_schema, unique_constraint_schema, constraint_name, unique_constraint_name from INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS) fkcon
inner join INFORMATION_SCHEMA.KEY_COLUMN_USAGE fkcol on fkcon.CONSTRAINT_SCHEMA = fkcol.CONSTRAINT_SCHEMA and fkcon.CONSTRAINT_NAME = fkcol.CONSTRAINT_NAME
inner join INFORMATION_SCHEMA.KEY_COLUMN_USAGE pkcol on fkcon.UNIQUE_CONSTRAINT_SCHEMA = pkcol.CONSTRAINT_SCHEMA and fkcon.UNIQUE_CONSTRAINT_NAME = pkcol.CONSTRAINT_NAME
where pkcol.TABLE_SCHEMA = 'pg_catalog' and pkcol.TABLE_NAME = 'pg_class' and pkcol.ORDINAL_POSITION = fkcol.ORDINAL_POSITION
order by FK_NAME, fkcol.ORDINAL_POSITION;

-- compare: rows
select i.CONSTRAINT_SCHEMA || '_' || i.CONSTRAINT_NAME as INDEX_NAME, ii.COLUMN_NAME, ii.ORDINAL_POSITION, case when i.CONSTRAINT_TYPE = 'PRIMARY KEY' then 'Y' else 'N' end as PRIMARY_KEY
from INFORMATION_SCHEMA.table_constraints i inner join INFORMATION_SCHEMA.key_column_usage ii on i.CONSTRAINT_SCHEMA = ii.CONSTRAINT_SCHEMA and i.CONSTRAINT_NAME = ii.CONSTRAINT_NAME and i.TABLE_SCHEMA = ii.TABLE_SCHEMA and i.TABLE_NAME = ii.TABLE_NAME
where i.TABLE_SCHEMA = 'pg_catalog' and i.TABLE_NAME = 'pg_class' and i.CONSTRAINT_TYPE in ('PRIMARY KEY', 'UNIQUE') order by INDEX_NAME, ii.ORDINAL_POSITION;

-- compare: rows
select "_"."typtype", "_"."t0_0" as "Count", "_"."t1_0" as "Length"
from (select "rows"."typtype" as "typtype", count(1) as "t0_0", sum(cast("rows"."typlen" as decimal)) as "t1_0"
      from (select "$Table"."oid" as "oid", "$Table"."typname" as "typname", "$Table"."typtype" as "typtype", "$Table"."typlen" as "typlen" from "pg_catalog"."pg_type" "$Table"
            where "$Table"."oid" < 10000 and ("$Table"."typname" = 'int4' and "$Table"."typname" is not null or strpos("$Table"."typname", 't') > 0)) "rows"
      group by "typtype") "_"
where not "_"."t0_0" is null order by 2, 1 limit 1000001;

-- compare: rows
select "basetable0"."n", case when "basetable0"."s" = 'b' then 2 else 1 end as "o0", extract(year from "basetable0"."t") as "y", cast("basetable0"."t" as date) as "d", cast("basetable0"."m" as numeric) as "m"
from (select 1 as n, 'b' as s, timestamp '2024-01-31 10:00:00' as t, 12.5::float8 as m union all select 2, 'a', timestamp '2023-12-01 00:00:00', null) "basetable0"
where "basetable0"."t" >= timestamp '2023-01-01 00:00:00' and "basetable0"."t" < timestamp '2025-01-01 00:00:00' order by "o0", "basetable0"."n" nulls last;

-- compare: rows
SELECT CAST("typname" AS TEXT) AS "typname", SUM(1) AS "cnt:1:ok", MIN("typlen") AS "TEMP(attr:1)", MAX("typlen") AS "TEMP(attr:2)", AVG(CAST("typlen" AS DOUBLE PRECISION)) AS "avg:3:ok"
FROM "pg_catalog"."pg_type" "pg_type" WHERE (CAST("typtype" AS TEXT) = 'r') GROUP BY 1 HAVING (COUNT(1) > 0) ORDER BY 1 ASC NULLS FIRST;

-- compare: rows
SELECT DATE_TRUNC('MONTH', CAST("t" AS TIMESTAMP WITHOUT TIME ZONE)) AS "tmn:t:ok", CAST(DATE_TRUNC('DAY', CAST("t" AS DATE)) AS DATE) AS "day", CAST(EXTRACT(QUARTER FROM "t") AS BIGINT) AS "q",
  (1 + CAST(EXTRACT(DOW FROM "t") AS BIGINT)) AS "wd", ((CAST(TRUNC(EXTRACT(YEAR FROM "t")) AS INTEGER) * 100) + CAST(TRUNC(EXTRACT(MONTH FROM "t")) AS INTEGER)) AS "my",
  (("t" + -1 * INTERVAL '1 DAY') + 2 * INTERVAL '1 MONTH') AS "moved", CAST(TO_CHAR("t", 'IW') AS INTEGER) AS "week", COUNT(DISTINCT "n") AS "ctd:n:ok", STDDEV_SAMP("n") AS "std", PERCENTILE_CONT(0.25) WITHIN GROUP (ORDER BY "n") AS "q1"
FROM (VALUES (TIMESTAMP '2024-02-29 23:59:59', 1), (TIMESTAMP '2024-02-01 00:00:00', 4), (NULL, 9)) AS "Custom SQL Query" ("t", "n")
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2;

-- compare: rows
SELECT (CASE WHEN ("n" < 0) THEN NULL WHEN "n" IS NULL THEN NULL ELSE LN("n") END) AS "ln", FLOOR("n" / 2.0) * 2 AS "bin", (ASCII(LEFT("s", 1))) AS "a", (CASE WHEN (STRPOS(LOWER("s"), LOWER('B')) > 0) THEN 'yes' ELSE 'no' END) AS "has",
  SUBSTR("s", 2, 3) AS "mid", LPAD("s", 6, '*') AS "pad", REGEXP_REPLACE("s", '[aeiou]', '_', 'g') AS "re", (REGEXP_MATCHES("s", '(.)b'))[1] AS "m", SPLIT_PART("s", '-', 2) AS "p", TRANSLATE("s", 'ab', 'xy') AS "tr", ROUND(CAST("n" AS NUMERIC), 1) AS "r"
FROM (VALUES (2.25::float8, 'ab-cd'), (7::float8, 'xby-z')) AS "t" ("n", "s") ORDER BY 2;

-- compare: rows
WITH base AS (SELECT * FROM (VALUES (1, 'a', 10.5), (1, 'b', 10.5), (2, 'c', 3.25), (3, 'd', NULL)) AS v (id, leg, amount))
SELECT
  COALESCE(COALESCE(CAST((SUM(DISTINCT (CAST(FLOOR(COALESCE(base.amount, 0) * (1000000 * 1.0)) AS DECIMAL(65, 0))) + ('x' || MD5(base.id::varchar))::bit(64)::bigint::DECIMAL(65) * 18446744073709551616 + ('x' || SUBSTR(MD5(base.id::varchar), 17))::bit(64)::bigint::DECIMAL(65))
    - SUM(DISTINCT ('x' || MD5(base.id::varchar))::bit(64)::bigint::DECIMAL(65) * 18446744073709551616 + ('x' || SUBSTR(MD5(base.id::varchar), 17))::bit(64)::bigint::DECIMAL(65))) AS DOUBLE PRECISION) / CAST((1000000 * 1.0) AS DOUBLE PRECISION), 0), 0) AS "base.total",
  COUNT(DISTINCT base.id) AS "base.count"
FROM base;

-- compare: rows
SELECT TO_CHAR(DATE_TRUNC('month', (at)::timestamptz AT TIME ZONE 'America/Los_Angeles'), 'YYYY-MM') AS "created_month", DATE((at)::timestamptz AT TIME ZONE 'America/Los_Angeles') AS "created_date", (TO_CHAR(at AT TIME ZONE 'UTC', 'FMDay')) AS "day_name", COUNT(*) AS "count"
FROM (VALUES (TIMESTAMPTZ '2024-03-01 05:00:00+00'), (TIMESTAMPTZ '2024-03-01 12:00:00+00')) AS t (at)
WHERE ((( at ) >= ((SELECT (DATE_TRUNC('day', TIMESTAMPTZ '2024-03-01 20:00:00+00' AT TIME ZONE 'America/Los_Angeles') + (-6 || ' day')::INTERVAL) AT TIME ZONE 'America/Los_Angeles'))
  AND ( at ) < ((SELECT ((DATE_TRUNC('day', TIMESTAMPTZ '2024-03-01 20:00:00+00' AT TIME ZONE 'America/Los_Angeles') + (-6 || ' day')::INTERVAL) + (7 || ' day')::INTERVAL) AT TIME ZONE 'America/Los_Angeles'))))
GROUP BY (DATE_TRUNC('month', (at)::timestamptz AT TIME ZONE 'America/Los_Angeles')), 2, 3 ORDER BY 2 DESC FETCH NEXT 500 ROWS ONLY;

-- compare: rows
WITH ww AS (
  SELECT *, DENSE_RANK() OVER (ORDER BY z___min_rank) as z___pivot_row_rank, RANK() OVER (PARTITION BY z__pivot_col_rank ORDER BY z___min_rank) as z__pivot_col_ordering, CASE WHEN z___min_rank = z___rank THEN 1 ELSE 0 END AS z__is_highest_ranked_cell
  FROM (
    SELECT *, MIN(z___rank) OVER (PARTITION BY "typcategory") as z___min_rank
    FROM (SELECT *, RANK() OVER (ORDER BY CASE WHEN z__pivot_col_rank = 1 THEN (CASE WHEN "n" IS NOT NULL THEN 0 ELSE 1 END) ELSE 2 END, CASE WHEN z__pivot_col_rank = 1 THEN "n" ELSE NULL END DESC, "n" DESC, z__pivot_col_rank, "typcategory") AS z___rank
          FROM (SELECT *, DENSE_RANK() OVER (ORDER BY CASE WHEN "typtype" IS NULL THEN 1 ELSE 0 END, "typtype") AS z__pivot_col_rank
                FROM (SELECT typcategory, typtype, COUNT(*) AS n FROM pg_type WHERE oid < 10000 GROUP BY 1, 2) ww) bb WHERE z__pivot_col_rank <= 16384) aa) xx
)
SELECT * FROM ww WHERE (z__pivot_col_rank <= 50 OR z__is_highest_ranked_cell = 1) AND (z___pivot_row_rank <= 500 OR z__pivot_col_ordering = 1) ORDER BY z___pivot_row_rank, z__pivot_col_rank;

-- compare: columns
SELECT s.nspname as table_schema, c.relname as table_name, a.attname as column_name, null as data_type
FROM pg_class c JOIN pg_namespace s ON c.relnamespace = s.oid AND s.nspname NOT IN ('pg_catalog', 'information_schema')
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE ((c.relkind IN ('r', 'f', 'p') AND c.relispartition = false) OR (c.relkind IN ('m', 'v'))) AND has_table_privilege(quote_ident(s.nspname) || '.' || quote_ident(c.relname), 'select') AND has_schema_privilege(s.nspname, 'usage')
UNION
SELECT table_schema, table_name, column_name, data_type FROM information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema');

-- compare: columns
SELECT DISTINCT table_catalog, table_schema, table_name, privilege_type FROM information_schema.table_privileges WHERE grantee = CURRENT_USER AND privilege_type = 'SELECT'
UNION ALL
SELECT r.rolname AS table_catalog, n.nspname AS table_schema, c.relname AS table_name,
  CASE WHEN COALESCE(c.relacl, acldefault('r', c.relowner)) IS NULL THEN 'NONE' ELSE p.perm END AS privilege_type
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_roles r ON r.oid = relowner,
  (SELECT 'SELECT' AS perm) p, LATERAL aclexplode(COALESCE(c.relacl, acldefault('r', c.relowner))) a
WHERE NOT relisshared AND relkind IN ('r', 'm', 'v') AND a.privilege_type = 'SELECT' AND (a.grantee = c.relowner OR pg_has_role(current_user, a.grantee, 'member'))
  AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema';

-- compare: columns
select (txid_snapshot_xmin(txid_current_snapshot()) >> 32) AS num_wraparound, (txid_snapshot_xmin(txid_current_snapshot()) % (2^32)::bigint) AS xmin_xid_value, txid_snapshot_xmin(txid_current_snapshot()) AS xmin_raw_value;

-- compare: columns
SELECT nspname, relname, pg_relation_size(c.oid), (CASE WHEN c.reltuples < 0 THEN NULL WHEN c.relpages = 0 THEN float8 '0' ELSE c.reltuples / c.relpages END * (pg_catalog.pg_relation_size(c.oid) / pg_catalog.current_setting('block_size')::int))::bigint AS estimate
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE nspname = 'pg_catalog' AND relkind = 'r';

-- compare: rows
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'pg_catalog' AND c.relname = 'flyway_schema_history' AND c.relkind = 'r'),
  pg_try_advisory_lock(77431708279161 + 1) AS locked, pg_advisory_unlock(77431708279161 + 1) AS unlocked;

-- compare: rows
SELECT percentile_disc(ARRAY[0.1, 0.5, 0.9]) WITHIN GROUP (ORDER BY n), mode() WITHIN GROUP (ORDER BY n % 3), corr(n, n * 2), regr_slope(n, n * 2), covar_pop(n, n), width_bucket(5, 0, 10, 4), ntile_of
FROM generate_series(1, 10) n, (SELECT max(t) AS ntile_of FROM (SELECT ntile(3) OVER (ORDER BY x) AS t FROM generate_series(1, 10) x) s) u GROUP BY ntile_of;

-- compare: rows
SELECT COALESCE(kind, 'all') AS kind, GROUPING(kind, part) AS level, SUM(n) AS n, SUM(SUM(n)) OVER (PARTITION BY GROUPING(kind, part)) AS of_level, ROUND(100.0 * SUM(n) / NULLIF(SUM(SUM(n)) OVER (PARTITION BY GROUPING(kind, part)), 0), 2) AS percent
FROM (VALUES ('a', 'x', 1), ('a', 'y', 2), ('b', 'x', 5)) AS v (kind, part, n) GROUP BY ROLLUP (kind, part) ORDER BY level, kind, n;

-- compare: rows
SELECT day::date, COALESCE(n, 0) AS n, SUM(COALESCE(n, 0)) OVER w AS running, FIRST_VALUE(n) OVER w, LAST_VALUE(n) OVER (ORDER BY day RANGE BETWEEN INTERVAL '1 day' PRECEDING AND INTERVAL '1 day' FOLLOWING) AS near, AVG(n) FILTER (WHERE n > 1) OVER w
FROM generate_series(DATE '2024-02-27', DATE '2024-03-02', INTERVAL '1 day') AS day LEFT JOIN (VALUES (DATE '2024-02-28', 2), (DATE '2024-03-01', 3)) AS v (d, n) ON v.d = day::date
WINDOW w AS (ORDER BY day ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) ORDER BY day;
