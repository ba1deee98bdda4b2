-- origin: written anew after Npgsql 6 to 9 (what a connection loads of the types when it begins, its schema collections), which could not be run here

-- compare: rows
SELECT space.nspname, kind.oid, kind.typname, kind.typtype, kind.typnotnull, kind.partoid
FROM (
    -- an array is known by what receives it
    SELECT
        own.oid, own.typnamespace, own.typname, own.typtype, own.typrelid, own.typnotnull, own.relkind,
        part.oid AS partoid, part.typname AS partname, part_rel.relkind AS part_relkind,
        CASE WHEN part_in.proname='array_recv' THEN 'a' ELSE part.typtype END AS parttype
    FROM (
        SELECT t.oid, typnamespace, typname, typrelid, typnotnull, relkind, typelem AS elemoid,
            CASE WHEN f.proname='array_recv' THEN 'a' ELSE t.typtype END AS typtype,
            CASE
                WHEN f.proname='array_recv' THEN t.typelem
                WHEN t.typtype='r' THEN rngsubtype
                WHEN t.typtype='m' THEN (SELECT rngtypid FROM pg_range WHERE rngmultitypid = t.oid)
                WHEN t.typtype='d' THEN t.typbasetype
            END AS partoid
        FROM pg_type AS t
        LEFT JOIN pg_class AS rel ON (rel.oid = t.typrelid)
        LEFT JOIN pg_proc AS f ON f.oid = t.typreceive
        LEFT JOIN pg_range ON (pg_range.rngtypid = t.oid)
    ) AS own
    LEFT JOIN pg_type AS part ON part.oid = partoid
    LEFT JOIN pg_class AS part_rel ON (part_rel.oid = part.typrelid)
    LEFT JOIN pg_proc AS part_in ON part_in.oid = part.typreceive
) AS kind
JOIN pg_namespace AS space ON (space.oid = typnamespace)
WHERE
    typtype IN ('b', 'r', 'm', 'e', 'd') OR
    (typtype = 'c' AND relkind='c') OR
    (typtype = 'p' AND typname IN ('record', 'void')) OR
    (typtype = 'a' AND (
        parttype IN ('b', 'r', 'm', 'e', 'd') OR
        (parttype = 'p' AND partname IN ('record', 'void')) OR
        (parttype = 'c' AND part_relkind='c')
    ))
ORDER BY CASE
       WHEN typtype IN ('b', 'e', 'p') THEN 0
       WHEN typtype = 'r' THEN 1
       WHEN typtype = 'm' THEN 2
       WHEN typtype = 'c' THEN 3
       WHEN typtype = 'd' AND parttype <> 'a' THEN 4
       WHEN typtype = 'a' THEN 5
       WHEN typtype = 'd' AND parttype = 'a' THEN 6
END;

-- compare: columns
SELECT t.oid, part.attname, part.atttypid
FROM pg_type AS t
JOIN pg_namespace AS space ON (space.oid = t.typnamespace)
JOIN pg_class AS rel ON (rel.oid = t.typrelid)
JOIN pg_attribute AS part ON (part.attrelid = t.typrelid)
WHERE (t.typtype = 'c' AND space.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')) AND attnum > 0 AND NOT attisdropped
ORDER BY t.oid, part.attnum;

-- compare: rows
SELECT pg_type.oid, enumlabel FROM pg_enum JOIN pg_type ON pg_type.oid=enumtypid ORDER BY oid, enumsortorder;

-- compare: columns
SELECT d.datname AS database_name, r.usename AS owner, pg_catalog.pg_encoding_to_char(d.encoding) AS encoding
FROM pg_catalog.pg_database d LEFT JOIN pg_catalog.pg_user r ON r.usesysid = d.datdba;

-- compare: columns
SELECT * FROM (SELECT current_database() AS catalog_name, nspname AS schema_name, r.rolname AS schema_owner
FROM pg_namespace LEFT JOIN pg_roles r ON r.oid = nspowner) tmp WHERE schema_name <> 'pg_temp_1';

-- compare: rows
SELECT table_catalog IS NOT NULL, table_schema, table_name, column_name, ordinal_position, column_default, is_nullable,
  udt_name::regtype::text AS data_type, character_maximum_length, character_octet_length, numeric_precision,
  numeric_precision_radix, numeric_scale, datetime_precision, character_set_catalog, character_set_schema,
  character_set_name, collation_catalog
FROM information_schema.columns WHERE table_schema = 'pg_catalog' AND table_name = 'pg_attribute';

-- compare: rows
-- parameters: ["1259"]
SELECT typ.oid, space.nspname, rel.relname, part.attname, part.attnum, typ.typname, part.attnotnull,
  part.attidentity != '' OR coalesce(pg_get_expr(def.adbin, def.adrelid) LIKE 'nextval(%', false) AS isauto,
  part.attidentity::text = 'a' AS always,
  CASE WHEN EXISTS (SELECT * FROM pg_index WHERE pg_index.indrelid = rel.oid AND pg_index.indisprimary AND part.attnum = ANY (indkey)) THEN TRUE ELSE FALSE END AS isprimarykey,
  CASE WHEN EXISTS (SELECT * FROM pg_index WHERE pg_index.indrelid = rel.oid AND pg_index.indisunique AND pg_index.indnkeyatts = 1 AND part.attnum = pg_index.indkey[0]) THEN TRUE ELSE FALSE END AS isunique,
  pg_get_expr(def.adbin, def.adrelid) AS text,
  CASE WHEN rel.relkind = 'r' OR (rel.relkind = 'v' AND (pg_relation_is_updatable(rel.oid, false) & 20) = 20) THEN true ELSE false END AS updatable
FROM pg_attribute AS part
JOIN pg_type AS typ ON part.atttypid = typ.oid
JOIN pg_class AS rel ON rel.oid = part.attrelid
JOIN pg_namespace AS space ON space.oid = rel.relnamespace
LEFT OUTER JOIN pg_attrdef AS def ON part.atthasdef AND def.adrelid = rel.oid AND def.adnum = part.attnum
WHERE part.atttypid <> 0 AND rel.relkind IN ('r', 'v', 'm') AND NOT part.attisdropped AND part.attnum > 0 AND rel.oid = $1
ORDER BY attnum;
