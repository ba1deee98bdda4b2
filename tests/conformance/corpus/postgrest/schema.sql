-- origin: written anew after PostgREST's cache of the schema and Hasura's metadata of tables, which could not be run here

-- compare: columns
SELECT current_setting('server_version_num')::integer, current_setting('server_version'), version();

-- compare: columns
SELECT name FROM pg_catalog.pg_timezone_names WHERE name = 'UTC';

-- compare: rows
SELECT c.castsource::regtype::text, c.casttarget::regtype::text, c.castfunc::regproc::text
FROM pg_catalog.pg_cast c
JOIN pg_catalog.pg_type here ON c.castsource::oid = here.oid
JOIN pg_catalog.pg_type there ON c.casttarget::oid = there.oid
WHERE c.castcontext = 'i' AND c.castmethod = 'f' AND has_function_privilege(c.castfunc, 'execute')
  AND ((here.typtype = 'b' AND c.casttarget IN ('json'::regtype::oid, 'text'::regtype::oid)) OR (there.typtype = 'd' AND c.castsource IN ('json'::regtype::oid, 'text'::regtype::oid)));

-- compare: rows
-- parameters: ["{information_schema}"]
WITH base AS (
  WITH RECURSIVE walk AS (
    SELECT oid, typname, typnamespace, typbasetype, COALESCE(NULLIF(typbasetype, 0), oid) AS base FROM pg_type
    UNION
    SELECT t.oid, b.typname, b.typnamespace, b.typbasetype, COALESCE(NULLIF(b.typbasetype, 0), b.oid) AS base
    FROM walk t JOIN pg_type b ON t.typbasetype = b.oid
  )
  SELECT oid, typname, typnamespace, base FROM walk WHERE typbasetype = 0
),
columns AS (
  SELECT c.oid AS relid, a.attname::name AS column_name, d.description AS description,
    CASE
      WHEN (t.typbasetype != 0) AND (ad.adbin IS NULL) THEN pg_get_expr(t.typdefaultbin, 0)
      WHEN a.attidentity = 'd' THEN format('nextval(%s)', quote_literal(seqspace.nspname || '.' || seq.relname))
      WHEN a.attgenerated = 's' THEN null
      ELSE pg_get_expr(ad.adbin, ad.adrelid)::text
    END AS column_default,
    not (a.attnotnull OR t.typtype = 'd' AND t.typnotnull) AS is_nullable,
    CASE WHEN t.typtype = 'd' THEN CASE WHEN base.typnamespace = 'pg_catalog'::regnamespace THEN format_type(base.base, NULL::integer) ELSE format_type(a.atttypid, a.atttypmod) END
      ELSE CASE WHEN t.typnamespace = 'pg_catalog'::regnamespace THEN format_type(a.atttypid, NULL::integer) ELSE format_type(a.atttypid, a.atttypmod) END
    END::text AS data_type,
    format_type(a.atttypid, a.atttypmod)::text AS nominal_data_type,
    information_schema._pg_char_max_length(information_schema._pg_truetypid(a.*, t.*), information_schema._pg_truetypmod(a.*, t.*))::integer AS character_maximum_length,
    base.typname AS udt_name, a.attnum::integer AS position
  FROM pg_attribute a
  LEFT JOIN pg_description AS d ON d.objoid = a.attrelid AND d.objsubid = a.attnum AND d.classoid = 'pg_class'::regclass
  LEFT JOIN pg_attrdef ad ON a.attrelid = ad.adrelid AND a.attnum = ad.adnum
  JOIN pg_class c ON a.attrelid = c.oid
  JOIN pg_type t ON a.atttypid = t.oid
  LEFT JOIN base ON t.oid = base.oid
  LEFT JOIN pg_depend dep ON dep.refobjid = a.attrelid and dep.refobjsubid = a.attnum and dep.deptype = 'i'
  LEFT JOIN pg_class seq ON seq.oid = dep.objid
  LEFT JOIN pg_namespace seqspace ON seqspace.oid = seq.relnamespace
  WHERE NOT pg_is_other_temp_schema(c.relnamespace) AND a.attnum > 0 AND NOT a.attisdropped
    AND c.relkind in ('r', 'v', 'f', 'm', 'p') AND c.relnamespace = ANY($1::regnamespace[])
),
columns_agg AS (
  SELECT relid, array_agg(row(column_name, description, is_nullable::boolean, data_type, nominal_data_type, character_maximum_length, column_default,
    coalesce((SELECT array_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = (SELECT oid FROM base WHERE base.typname = udt_name LIMIT 1)), '{}')) order by position) as columns
  FROM columns GROUP BY relid
),
keys AS (
  SELECT conrelid AS relid, array_agg(a.attname ORDER BY attnum) AS cols
  FROM pg_constraint JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = any(conkey)
  WHERE contype = 'p' GROUP BY conrelid
)
SELECT n.nspname AS table_schema, c.relname AS table_name, d.description AS table_description, c.relkind IN ('v','m') as is_view,
  (c.relkind IN ('r','p') OR (c.relkind in ('v','f') AND (pg_relation_is_updatable(c.oid::regclass, TRUE) & 8) = 8)) AS insertable,
  (c.relkind IN ('r','p') OR (c.relkind in ('v','f') AND (pg_relation_is_updatable(c.oid::regclass, TRUE) & 4) = 4)) AS updatable,
  coalesce(keys.cols, '{}') as pk_cols, coalesce(columns_agg.columns, '{}') as columns
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_description d on d.objoid = c.oid and d.objsubid = 0 and d.classoid = 'pg_class'::regclass
LEFT JOIN keys ON c.oid = keys.relid LEFT JOIN columns_agg ON c.oid = columns_agg.relid
WHERE c.relkind IN ('v','r','m','f','p') AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace) AND not c.relispartition
  AND c.relname IN ('columns', 'key_column_usage', 'sql_features')
ORDER BY table_schema, table_name;

-- compare: rows
-- parameters: ["{information_schema}"]
WITH arguments AS (
  SELECT oid,
    array_agg((COALESCE(name, ''), type::regtype::text,
      CASE type WHEN 'bit'::regtype THEN 'bit varying' WHEN 'bit[]'::regtype THEN 'bit varying[]' WHEN 'character'::regtype THEN 'character varying' ELSE type::regtype::text END,
      idx <= (pronargs - pronargdefaults), COALESCE(mode = 'v', FALSE)) ORDER BY idx) AS args,
    CASE COUNT(*) - COUNT(name) WHEN 0 THEN true
      WHEN 1 THEN (array_agg(type))[1] IN ('bytea'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text'::regtype, 'xml'::regtype) ELSE false END AS callable
  FROM pg_proc, unnest(proargnames, proargtypes, proargmodes) WITH ORDINALITY AS _ (name, type, mode, idx)
  WHERE type IS NOT NULL GROUP BY oid
)
SELECT pn.nspname AS proc_schema, p.proname AS proc_name, d.description AS proc_description, COALESCE(a.args, '{}') AS args,
  tn.nspname AS schema, COALESCE(comp.relname, t.typname) AS name, p.proretset AS rettype_is_setof,
  (t.typtype = 'c' or COALESCE(proargmodes::text[] && '{t,b,o}', false)) AS rettype_is_composite,
  p.provolatile, p.provariadic > 0 as hasvariadic,
  lower((regexp_split_to_array((regexp_split_to_array(level, '='))[2], ','))[1]) AS transaction_isolation_level,
  coalesce(settings.kvs, '{}') as kvs
FROM pg_proc p LEFT JOIN arguments a ON a.oid = p.oid
JOIN pg_namespace pn ON pn.oid = p.pronamespace JOIN pg_type t ON t.oid = p.prorettype JOIN pg_namespace tn ON tn.oid = t.typnamespace
LEFT JOIN pg_class comp ON comp.oid = t.typrelid LEFT JOIN pg_description as d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass
LEFT JOIN LATERAL unnest(proconfig) level ON level LIKE 'default_transaction_isolation%'
LEFT JOIN LATERAL (
  SELECT array_agg(row(substr(setting, 1, strpos(setting, '=') - 1), substr(setting, strpos(setting, '=') + 1))) as kvs
  FROM unnest(proconfig) setting WHERE setting ~ ANY('{^statement_timeout,^plan_filter}')
) settings ON TRUE
WHERE t.oid <> 'trigger'::regtype AND COALESCE(a.callable, true) AND prokind = 'f' AND p.pronamespace = ANY($1::regnamespace[]);

-- compare: columns
-- parameters: ["pg_catalog"]
select description from pg_namespace n left join pg_description d on d.objoid = n.oid and d.classoid = 'pg_namespace'::regclass where n.nspname = $1;

-- compare: rows
-- parameters: ["{pg_catalog}"]
SELECT n.nspname AS table_schema, c.relname AS table_name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v','r','m','f','p') AND c.relnamespace = ANY($1::regnamespace[])
  AND (pg_has_role(c.relowner, 'USAGE') or has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
    or has_any_column_privilege(c.oid, 'SELECT, INSERT, UPDATE, REFERENCES')) AND not c.relispartition
ORDER BY table_schema, table_name;

-- compare: columns
WITH uniques AS (
  SELECT conrelid, array_agg(key order by key) as cols
  FROM pg_constraint, LATERAL (SELECT array_agg(a.attname order by a.attnum) AS key FROM pg_attribute a WHERE a.attrelid = conrelid AND a.attnum = any(conkey)) x
  WHERE contype IN ('p', 'u') and connamespace <> 'pg_catalog'::regnamespace GROUP BY conrelid
)
SELECT ns1.nspname AS table_schema, tab.relname AS table_name, ns2.nspname AS foreign_table_schema, other.relname AS foreign_table_name,
  (ns1.nspname, tab.relname) = (ns2.nspname, other.relname) AS is_self, rule.conname AS constraint_name, pairs.cols_and_fcols,
  (pairs.cols IN (SELECT * FROM jsonb_array_elements(to_jsonb(uniques.cols)))) AS one_to_one
FROM pg_constraint rule
JOIN LATERAL (
  SELECT array_agg(row(here.attname, there.attname) order by ord) AS cols_and_fcols, jsonb_agg(here.attname order by ord) AS cols
  FROM unnest(rule.conkey, rule.confkey) WITH ORDINALITY AS _(col, ref, ord)
  JOIN pg_attribute here ON here.attrelid = rule.conrelid AND here.attnum = col
  JOIN pg_attribute there ON there.attrelid = rule.confrelid AND there.attnum = ref
) AS pairs ON TRUE
JOIN pg_namespace ns1 ON ns1.oid = rule.connamespace JOIN pg_class tab ON tab.oid = rule.conrelid
JOIN pg_class other ON other.oid = rule.confrelid JOIN pg_namespace ns2 ON ns2.oid = other.relnamespace
LEFT JOIN uniques ON uniques.conrelid = rule.conrelid
WHERE rule.contype = 'f' and rule.conparentid = 0 ORDER BY rule.conrelid, rule.conname;

-- compare: columns
with all_relations as (select reltype from pg_class where relkind in ('v','r','m','f','p')),
computed as (
  select (parse_ident(p.pronamespace::regnamespace::text))[1] as schema, p.proname::text as name, here_space.nspname::text as rel_table_schema,
    here.typname::text as rel_table_name, there_space.nspname::text as rel_ftable_schema, there.typname::text as rel_ftable_name,
    not p.proretset or p.prorows = 1 as single_row
  from pg_proc p
  join pg_type here on here.oid = p.proargtypes[0] join pg_namespace here_space on here_space.oid = here.typnamespace
  join pg_type there on there.oid = p.prorettype join pg_namespace there_space on there_space.oid = there.typnamespace
  where p.pronargs = 1 and p.proargtypes[0] in (select reltype from all_relations) and p.prorettype in (select reltype from all_relations)
)
select *, row(rel_table_schema, rel_table_name) = row(rel_ftable_schema, rel_ftable_name) as is_self from computed;

-- compare: columns
-- parameters: ["{pg_catalog}", "{information_schema}"]
with recursive keys as (
  select contype::text as contype, conname, array_length(conkey, 1) as ncol, conrelid as resorigtbl, col as resorigcol, ord
  from pg_constraint left join lateral unnest(conkey) with ordinality as _(col, ord) on true where contype IN ('p', 'f')
  union
  select concat(contype, '_ref') as contype, conname, array_length(confkey, 1) as ncol, confrelid, col, ord
  from pg_constraint left join lateral unnest(confkey) with ordinality as _(col, ord) on true where contype = 'f'
),
views as (
  select c.oid as view_id, n.nspname as view_schema, c.relname as view_name, r.ev_action as view_definition
  from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_rewrite r on r.ev_class = c.oid
  where c.relkind in ('v', 'm') and n.nspname = ANY($1::text[] || $2)
),
read as (
  select view_id, view_schema, view_name,
    replace(replace(regexp_replace(replace(view_definition::text, '<>', '()'), ' :[^}{,]+', ',"":', 'g'), '(', '['), ')', ']')::text as view_definition
  from views
),
found as (
  select view_id, view_schema, view_name, 0 as resno, 0 as resorigtbl, 0 as resorigcol from read where view_definition is null
),
walk(view_id, view_schema, view_name, view_column, resorigtbl, resorigcol, is_cycle, path) as (
  select r.view_id, r.view_schema, r.view_name, r.resno, r.resorigtbl, r.resorigcol, false, ARRAY[resorigtbl] from found r
  union all
  select view.view_id, view.view_schema, view.view_name, view.view_column, tab.resorigtbl, tab.resorigcol, tab.resorigtbl = ANY(path), path || tab.resorigtbl
  from walk view join found tab on view.resorigtbl = tab.view_id and view.resorigcol = tab.resno where not is_cycle
),
repeated as (
  select view_id, view_schema, view_name, resorigtbl, resorigcol, array_agg(attname) as view_columns
  from walk join pg_attribute vcol on vcol.attrelid = view_id and vcol.attnum = view_column
  group by view_id, view_schema, view_name, resorigtbl, resorigcol
)
select sch.nspname as table_schema, tbl.relname as table_name, rep.view_schema, rep.view_name, keys.conname as constraint_name, keys.contype as constraint_type,
  array_agg(row(col.attname, view_columns) order by keys.ord) as column_dependencies
from repeated rep join keys using (resorigtbl, resorigcol) join pg_class tbl on tbl.oid = rep.resorigtbl
join pg_attribute col on col.attrelid = tbl.oid and col.attnum = rep.resorigcol join pg_namespace sch on sch.oid = tbl.relnamespace
group by sch.nspname, tbl.relname, rep.view_schema, rep.view_name, keys.conname, keys.contype, keys.ncol
having ncol = array_length(array_agg(row(col.attname, view_columns) order by keys.ord), 1);

-- compare: rows
with role_setting as (
  select unnest(setconfig) as setting from pg_catalog.pg_db_role_setting
  where setrole = current_user::regrole::oid and setdatabase in (0, (select oid from pg_catalog.pg_database where datname = current_catalog))
),
kv_settings AS (
  SELECT substr(setting, 1, strpos(setting, '=') - 1) as k, substr(setting, strpos(setting, '=') + 1) as v FROM role_setting
)
select k as key, v as value from kv_settings where k like 'pgrst.%';

-- compare: rows
-- parameters: ["[{\"schema\": \"pg_catalog\", \"name\": \"pg_class\"}]"]
SELECT "rel".table_schema, "rel".table_name,
  jsonb_build_object(
    'oid', "rel".oid :: integer, 'columns', coalesce(columns.info, '[]'), 'primary_key', primary_key.info,
    'unique_constraints', coalesce(unique_constraints.info, '[]'), 'foreign_keys', coalesce(fks.info, '[]'),
    'view_info', CASE WHEN "rel".relkind IN ('v', 'm') THEN jsonb_build_object('is_updatable', ((pg_catalog.pg_relation_is_updatable("rel".oid, true) & 4) = 4)) END,
    'description', note.description, 'extra_table_metadata', '[]'::json
  )::json AS info
FROM (SELECT "t"."name" AS "table_name", "t"."schema" AS "table_schema" FROM jsonb_to_recordset($1::jsonb) AS "t"("schema" text, "name" text)) "tracked"
LEFT JOIN (
  SELECT c.oid, c.relkind, c.relname AS "table_name", n.nspname AS "table_schema"
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
) "rel" ON "rel"."table_name" = "tracked"."table_name" AND "rel"."table_schema" = "tracked"."table_schema"
LEFT JOIN pg_catalog.pg_description note ON note.classoid = 'pg_catalog.pg_class'::regclass AND note.objoid = "rel".oid AND note.objsubid = 0
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object(
    'name', "column".attname, 'position', "column".attnum, 'type', json_build_object('name', coalesce(base.typname, "type".typname), 'type', "type".typtype),
    'is_nullable', NOT "column".attnotnull, 'description', pg_catalog.col_description("rel".oid, "column".attnum),
    'mutability', jsonb_build_object('is_insertable', NOT (poly.attidentity = 'a' OR "column".attgenerated = 's'))) ORDER BY "column".attnum) AS info
  FROM pg_catalog.pg_attribute "column"
  INNER JOIN (
    SELECT attrelid, attnum, attname, CASE WHEN there THEN attidentity::text ELSE ''::text END as attidentity
    FROM pg_catalog.pg_attribute CROSS JOIN (SELECT current_setting('server_version_num')::int >= 100000) AS attidentity(there)
  ) AS poly ON poly.attrelid = "column".attrelid AND poly.attnum = "column".attnum AND poly.attname = "column".attname
  LEFT JOIN pg_catalog.pg_type "type" ON "type".oid = "column".atttypid
  LEFT JOIN pg_catalog.pg_type base ON "type".typtype = 'd' AND base.oid = "type".typbasetype
  WHERE "column".attrelid = "rel".oid AND "column".attnum > 0 AND NOT "column".attisdropped
) columns ON true
LEFT JOIN LATERAL (
  SELECT jsonb_build_object('constraint', jsonb_build_object('name', class.relname, 'oid', class.oid :: integer), 'columns', coalesce(columns.info, '[]')) AS info
  FROM pg_catalog.pg_index idx JOIN pg_catalog.pg_class class ON class.oid = idx.indexrelid
  LEFT JOIN LATERAL (SELECT jsonb_agg("column".attname ORDER BY "column".attnum) AS info FROM pg_catalog.pg_attribute "column" WHERE "column".attrelid = "rel".oid AND "column".attnum = ANY (idx.indkey)) AS columns ON true
  WHERE idx.indrelid = "rel".oid AND idx.indisprimary
) primary_key ON true
LEFT JOIN LATERAL (
  SELECT jsonb_agg(jsonb_build_object('name', class.relname, 'oid', class.oid :: integer) ORDER BY class.oid) AS info
  FROM pg_catalog.pg_index idx JOIN pg_catalog.pg_class class ON class.oid = idx.indexrelid
  WHERE idx.indrelid = "rel".oid AND idx.indisunique AND NOT idx.indisprimary
) unique_constraints ON true
LEFT JOIN (
  SELECT jsonb_agg(jsonb_build_object('constraint', jsonb_build_object('name', q.conname, 'oid', q.oid), 'columns', q.cols)) AS info, q.table_schema, q.table_name
  FROM (SELECT n.nspname::text AS table_schema, c.relname::text AS table_name, r.conname::text, min(r.oid::bigint)::integer AS oid, json_agg(a.attname) AS cols
        FROM pg_catalog.pg_constraint r JOIN pg_catalog.pg_class c ON r.conrelid = c.oid JOIN pg_catalog.pg_namespace n ON c.relnamespace = n.oid
        JOIN pg_catalog.pg_attribute a ON a.attrelid = r.conrelid AND a.attnum = ANY (r.conkey)
        WHERE r.contype = 'f' GROUP BY n.nspname, c.relname, r.conname) q
  GROUP BY q.table_schema, q.table_name
) fks ON "rel".table_name = fks.table_name AND "rel".table_schema = fks.table_schema
WHERE "rel".relkind IN ('r', 't', 'v', 'm', 'f', 'p');

-- compare: rows
WITH given AS (SELECT 1 AS id, 'x' AS name UNION ALL SELECT 2, 'y'),
counted AS (SELECT null::bigint AS total)
SELECT null::bigint AS total_result_set, pg_catalog.count(_made) AS page_total, coalesce(json_agg(_made), '[]') AS body,
  nullif(current_setting('response.headers', true), '') AS response_headers, nullif(current_setting('response.status', true), '') AS response_status, '' AS response_inserted
FROM (SELECT * FROM given LIMIT 10 OFFSET 0) _made;

-- compare: rows
SELECT set_config('search_path', 'pg_catalog', true), set_config('role', current_user, true), set_config('request.jwt.claims', '{"role":"x"}', true),
  set_config('request.method', 'GET', true), set_config('request.path', '/models', true), set_config('request.headers', '{"accept":"*/*"}', true);

-- compare: rows
SELECT coalesce(json_agg("root"), '[]') AS "root"
FROM (
  SELECT row_to_json((SELECT "_e" FROM (SELECT "_root.base"."typname" AS "typname", "_root.ar"."n" AS "names") AS "_e")) AS "root"
  FROM (SELECT * FROM "pg_catalog"."pg_type" WHERE (("pg_catalog"."pg_type"."typname") LIKE (('int%')::text)) ORDER BY "typname" ASC LIMIT 5) AS "_root.base"
  LEFT OUTER JOIN LATERAL (
    SELECT coalesce(json_agg("proname" ORDER BY "proname" ASC NULLS LAST), '[]') AS "n"
    FROM "pg_catalog"."pg_proc" WHERE (("_root.base"."typinput") = ("oid"))
  ) AS "_root.ar" ON ('true')
) AS "_root";
