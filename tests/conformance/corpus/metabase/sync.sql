-- origin: written anew after Metabase's driver for PostgreSQL (its sync of schemas, fields, keys, indexes and privileges, and the query processor's expressions of time), which could not be run here

-- compare: columns
SHOW timezone;

-- compare: rows
SELECT space.nspname, kind.typname
FROM pg_type kind JOIN pg_namespace space ON space.oid = kind.typnamespace
WHERE kind.oid IN (SELECT DISTINCT enumtypid FROM pg_enum each);

-- compare: columns
-- parameters: ["default", "public"]
SELECT "space"."nspname" AS "schema", "rel"."relname" AS "name",
  CASE "rel"."relkind" WHEN 'r' THEN 'TABLE' WHEN 'p' THEN 'PARTITIONED TABLE' WHEN 'v' THEN 'VIEW'
    WHEN 'f' THEN 'FOREIGN TABLE' WHEN 'm' THEN 'MATERIALIZED VIEW' ELSE NULL END AS "type",
  "note"."description" AS "description", "counts"."n_live_tup" AS "estimated_row_count"
FROM "pg_catalog"."pg_class" AS "rel"
INNER JOIN "pg_catalog"."pg_namespace" AS "space" ON "rel"."relnamespace" = "space"."oid"
LEFT JOIN "pg_catalog"."pg_description" AS "note"
  ON ("rel"."oid" = "note"."objoid") AND ("note"."objsubid" = 0) AND ("note"."classoid" = 'pg_class'::regclass)
LEFT JOIN "pg_stat_user_tables" AS "counts"
  ON ("space"."nspname" = "counts"."schemaname") AND ("rel"."relname" = "counts"."relname")
WHERE ("rel"."relnamespace" = "space"."oid") AND ("space"."nspname" !~ '^pg_')
  AND ("space"."nspname" <> 'information_schema') AND (rel.relkind in ('r', 'p', 'v', 'f', 'm'))
  AND ("space"."nspname" IN ($1, $2))
ORDER BY "type" ASC, "schema" ASC, "name" ASC;

-- compare: rows
-- parameters: ["pg_catalog"]
SELECT "col"."column_name" AS "name",
  CASE WHEN "col"."udt_schema" IN ('public', 'pg_catalog') THEN FORMAT('%s', "col"."udt_name")
    ELSE FORMAT('"%s"."%s"', "col"."udt_schema", "col"."udt_name") END AS "database-type",
  "col"."ordinal_position" - 1 AS "database-position",
  "col"."table_schema" AS "table-schema", "col"."table_name" AS "table-name",
  "key"."column_name" IS NOT NULL AS "pk?",
  COL_DESCRIPTION(CAST(CAST(FORMAT('%I.%I', CAST("col"."table_schema" AS TEXT), CAST("col"."table_name" AS TEXT)) AS REGCLASS) AS OID),
    "col"."ordinal_position") AS "field-comment",
  (("column_default" IS NULL) OR (LOWER("column_default") = 'null')) AND ("is_nullable" = 'NO')
    AND NOT ((("column_default" IS NOT NULL) AND ("column_default" LIKE '%nextval(%')) OR ("is_identity" <> 'NO')) AS "database-required",
  (("column_default" IS NOT NULL) AND ("column_default" LIKE '%nextval(%')) OR ("is_identity" <> 'NO') AS "database-is-auto-increment"
FROM "information_schema"."columns" AS "col"
LEFT JOIN (
  SELECT "rule"."table_schema", "rule"."table_name", "used"."column_name"
  FROM "information_schema"."table_constraints" AS "rule"
  INNER JOIN "information_schema"."key_column_usage" AS "used" ON ("rule"."constraint_name" = "used"."constraint_name")
    AND ("rule"."table_schema" = "used"."table_schema") AND ("rule"."table_name" = "used"."table_name")
  WHERE "rule"."constraint_type" = 'PRIMARY KEY'
) AS "key" ON ("col"."table_schema" = "key"."table_schema") AND ("col"."table_name" = "key"."table_name")
  AND ("col"."column_name" = "key"."column_name")
WHERE (col.table_schema !~ '^information_schema|catalog_history|pg_' OR "col"."table_name" = 'pg_class')
  AND ("col"."table_schema" IN ($1))
UNION ALL
SELECT "part"."attname" AS "name",
  CASE WHEN "where"."nspname" IN ('public', 'pg_catalog') THEN FORMAT('%s', "kind"."typname")
    ELSE FORMAT('"%s"."%s"', "where"."nspname", "kind"."typname") END AS "database-type",
  "part"."attnum" - 1 AS "database-position", "space"."nspname" AS "table-schema", "rel"."relname" AS "table-name",
  FALSE AS "pk?", NULL AS "field-comment", FALSE AS "database-required", FALSE AS "database-is-auto-increment"
FROM "pg_catalog"."pg_class" AS "rel"
INNER JOIN "pg_catalog"."pg_namespace" AS "space" ON "space"."oid" = "rel"."relnamespace"
INNER JOIN "pg_catalog"."pg_attribute" AS "part" ON "part"."attrelid" = "rel"."oid"
INNER JOIN "pg_catalog"."pg_type" AS "kind" ON "kind"."oid" = "part"."atttypid"
INNER JOIN "pg_catalog"."pg_namespace" AS "where" ON "where"."oid" = "kind"."typnamespace"
WHERE ("rel"."relkind" = 'm') AND ("part"."attnum" >= 1) AND ("space"."nspname" IN ($1))
ORDER BY "table-schema" ASC, "table-name" ASC, "database-position" ASC;

-- compare: rows
SELECT "here_space"."nspname" AS "fk-table-schema", "here"."relname" AS "fk-table-name", "here_column"."attname" AS "fk-column-name",
  "there_space"."nspname" AS "pk-table-schema", "there"."relname" AS "pk-table-name", "there_column"."attname" AS "pk-column-name"
FROM "pg_constraint" AS "rule"
INNER JOIN "pg_class" AS "here" ON "rule"."conrelid" = "here"."oid"
INNER JOIN "pg_namespace" AS "here_space" ON "rule"."connamespace" = "here_space"."oid"
INNER JOIN "pg_attribute" AS "here_column" ON "rule"."conrelid" = "here_column"."attrelid"
INNER JOIN "pg_class" AS "there" ON "rule"."confrelid" = "there"."oid"
INNER JOIN "pg_namespace" AS "there_space" ON "there"."relnamespace" = "there_space"."oid"
INNER JOIN "pg_attribute" AS "there_column" ON "rule"."confrelid" = "there_column"."attrelid"
WHERE here_space.nspname !~ '^information_schema|catalog_history|pg_' AND ("rule"."contype" = 'f'::char)
  AND ("here_column"."attnum" = ANY(rule.conkey)) AND ("there_column"."attnum" = ANY(rule.confkey))
ORDER BY "fk-table-schema" ASC, "fk-table-name" ASC;

-- compare: rows
SELECT "found"."table-schema", "found"."table-name",
  TRIM(BOTH '"' FROM PG_CATALOG.PG_GET_INDEXDEF("found"."index_oid", "found"."place", FALSE)) AS "field-name"
FROM (
  SELECT "space"."nspname" AS "table-schema", "rel"."relname" AS "table-name", "ind"."oid" AS "index_oid",
    (INFORMATION_SCHEMA._PG_EXPANDARRAY("part"."indkey"))."n" AS "place"
  FROM "pg_catalog"."pg_class" AS "rel"
  INNER JOIN "pg_catalog"."pg_namespace" AS "space" ON "rel"."relnamespace" = "space"."oid"
  INNER JOIN "pg_catalog"."pg_index" AS "part" ON "rel"."oid" = "part"."indrelid"
  INNER JOIN "pg_catalog"."pg_class" AS "ind" ON "ind"."oid" = "part"."indexrelid"
  WHERE (PG_CATALOG.PG_GET_EXPR("part"."indpred", "part"."indrelid") IS NULL) AND "rel"."relname" IN ('pg_class', 'pg_proc')
) AS "found"
WHERE "found"."place" = 1;

-- compare: columns
WITH held AS (
  SELECT NULL AS role, space.nspname AS schema, rel.relname AS "table",
    pg_catalog.has_any_column_privilege(current_user, '"' || space.nspname || '"' || '.' || '"' || rel.relname || '"', 'update') AS "update",
    pg_catalog.has_any_column_privilege(current_user, '"' || space.nspname || '"' || '.' || '"' || rel.relname || '"', 'select') AS "select",
    pg_catalog.has_any_column_privilege(current_user, '"' || space.nspname || '"' || '.' || '"' || rel.relname || '"', 'insert') AS "insert",
    pg_catalog.has_table_privilege(current_user, '"' || space.nspname || '"' || '.' || '"' || rel.relname || '"', 'delete') AS "delete"
  FROM (SELECT schemaname AS nspname, tablename AS relname FROM pg_catalog.pg_tables
        UNION SELECT schemaname, viewname FROM pg_catalog.pg_views
        UNION SELECT schemaname, matviewname FROM pg_catalog.pg_matviews) rel
  JOIN pg_catalog.pg_namespace space USING (nspname)
  WHERE space.nspname NOT LIKE 'pg\_%' AND space.nspname <> 'information_schema'
    AND pg_catalog.has_schema_privilege(current_user, space.nspname, 'usage')
)
SELECT held.* FROM held WHERE "select" OR "update" OR "delete" OR "insert";

-- compare: rows
SELECT CAST(extract(quarter from moment) AS integer) AS quarter, date_trunc('quarter', moment) AS first_day,
  CAST(extract(dow from moment) AS integer) + 1 AS day_of_week,
  (date_trunc('week', (moment + INTERVAL '1 day')) + INTERVAL '-1 day') AS sunday,
  CAST(extract(year from age(date_trunc('day', later), date_trunc('day', moment))) AS integer) AS years,
  CAST(extract(month from age(date_trunc('day', later), date_trunc('day', moment)))
    + (extract(year from age(date_trunc('day', later), date_trunc('day', moment))) * 12) AS integer) AS months,
  CAST(later AS DATE) - CAST(moment AS DATE) AS days,
  CAST(trunc(extract(epoch from later) - extract(epoch from moment)) AS integer) / 3600 AS hours,
  timezone('Asia/Shanghai', timezone('UTC', moment)) AS there,
  make_time(extract(hour from moment)::integer, extract(minute from moment)::integer, extract(second from moment)::double precision) AS clock
FROM (VALUES (timestamp '2024-02-29 13:14:15.5', timestamp '2026-11-28 01:02:03')) AS given (moment, later);

-- compare: rows
SELECT SUBSTRING("oprname" FOR 1234) AS "name", CAST("oprleft"::regtype AS TEXT) FROM "pg_catalog"."pg_operator" WHERE "oid" < 20 LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('month', CAST(moment AS timestamp)) AS "month", COUNT(*) AS "count",
  PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY amount) AS "median",
  COUNT(DISTINCT amount) AS "distinct", SUM(CASE WHEN amount > 2 THEN 1 ELSE 0.0 END) AS "over",
  CAST(SUM(CASE WHEN amount > 2 THEN 1 ELSE 0 END) AS DOUBLE PRECISION) / NULLIF(COUNT(*), 0) AS "share",
  STDDEV_POP(amount) AS "deviation"
FROM (VALUES (date '2024-01-01', 1), (date '2024-01-15', 4), (date '2024-02-01', 3)) AS given (moment, amount)
WHERE moment >= DATE_TRUNC('month', (CAST('2024-02-01' AS timestamp) + (INTERVAL '-12 month')))
GROUP BY DATE_TRUNC('month', CAST(moment AS timestamp)) ORDER BY DATE_TRUNC('month', CAST(moment AS timestamp)) ASC;

-- compare: rows
SELECT ("given"."document"#>> array['a', 'b']::text[])::bigint AS "a → b", COUNT(*) AS "count"
FROM (VALUES (jsonb '{"a": {"b": 7}}'), (jsonb '{"a": {"b": 8}}')) AS given (document)
GROUP BY "a → b" ORDER BY "a → b" DESC;

-- compare: rows
SELECT substring(name FROM '^[a-z]+') AS "first", CASE WHEN 2 < 1 THEN '' ELSE SPLIT_PART(name, '_', 2) END AS "second"
FROM (VALUES ('one_two'), ('three_four')) AS given (name);
