-- origin: knex, knex-schema-inspector, sequelize, typeorm, kysely, pg-introspection (PostGraphile), pg-structure, from the log of PostgreSQL 15

-- compare: rows
select version();

-- compare: rows
-- parameters: ["pg_type"]
select * from information_schema.tables where table_name = $1 and table_schema = current_schema();

-- compare: rows
-- parameters: ["pg_type", "name"]
select * from information_schema.columns where table_name = $1 and column_name = $2 and table_schema = current_schema();

-- compare: rows
-- parameters: ["pg_type"]
select * from information_schema.columns where table_name = $1 and table_catalog = current_database() and table_schema = current_schema();

-- compare: rows
-- parameters: ["pg_class", "pg_catalog"]
select * from information_schema.tables where table_name = $1 and table_schema = $2;

-- compare: rows
SELECT
        rel.relname AS name
      FROM
        pg_class rel
      WHERE
        rel.relnamespace IN ('pg_catalog'::regnamespace)
        AND rel.relkind = 'r'
      ORDER BY rel.relname;

-- compare: rows
SELECT
        rel.relnamespace::regnamespace::text AS schema,
        rel.relname AS name,
        des.description AS comment
      FROM
        pg_class rel
      LEFT JOIN pg_description des ON rel.oid = des.objoid AND des.objsubid = 0
      WHERE
        rel.relnamespace IN ('pg_catalog'::regnamespace)
        
        AND rel.relkind = 'r'
      ORDER BY rel.relname;

-- compare: rows
-- parameters: ["pg_type"]
SELECT
        rel.relnamespace::regnamespace::text AS schema,
        rel.relname AS name,
        des.description AS comment
      FROM
        pg_class rel
      LEFT JOIN pg_description des ON rel.oid = des.objoid AND des.objsubid = 0
      WHERE
        rel.relnamespace IN ('pg_catalog'::regnamespace)
        AND rel.relname = $1
        AND rel.relkind = 'r'
      ORDER BY rel.relname;

-- compare: rows
SELECT
        att.attname AS column,
        rel.relname AS table
      FROM
        pg_attribute att
        LEFT JOIN pg_class rel ON att.attrelid = rel.oid
      WHERE
        rel.relnamespace IN ('pg_catalog'::regnamespace)
        
        AND rel.relkind = 'r'
        AND att.attnum > 0
        AND NOT att.attisdropped;

-- compare: rows
-- parameters: ["pg_type"]
SELECT
        att.attname AS column,
        rel.relname AS table
      FROM
        pg_attribute att
        LEFT JOIN pg_class rel ON att.attrelid = rel.oid
      WHERE
        rel.relnamespace IN ('pg_catalog'::regnamespace)
        AND rel.relname = $1
        AND rel.relkind = 'r'
        AND att.attnum > 0
        AND NOT att.attisdropped;

-- compare: rows
SELECT
        	att.attname AS name,
          rel.relname AS table,
          rel.relnamespace::regnamespace::text as schema,
          att.atttypid::regtype::text AS data_type,
          NOT att.attnotnull AS is_nullable,
          
        CASE WHEN att.attgenerated = 's' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS generation_expression,
        CASE WHEN att.attgenerated = '' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS default_value,
        att.attgenerated = 's' AS is_generated,
      
          CASE
            WHEN att.atttypid IN (1042, 1043) THEN (att.atttypmod - 4)::int4
            WHEN att.atttypid IN (1560, 1562) THEN (att.atttypmod)::int4
            ELSE NULL
          END AS max_length,
          des.description AS comment,
          CASE att.atttypid
            WHEN 21 THEN 16
            WHEN 23 THEN 32
            WHEN 20 THEN 64
            WHEN 1700 THEN
              CASE WHEN atttypmod = -1 THEN NULL
                ELSE (((atttypmod - 4) >> 16) & 65535)::int4
              END
            WHEN 700 THEN 24
            WHEN 701 THEN 53
            ELSE NULL
          END AS numeric_precision,
          CASE
            WHEN atttypid IN (21, 23, 20) THEN 0
            WHEN atttypid = 1700 THEN
              CASE
                WHEN atttypmod = -1 THEN NULL
                ELSE ((atttypmod - 4) & 65535)::int4
              END
            ELSE null
          END AS numeric_scale
        FROM
          pg_attribute att
          LEFT JOIN pg_class rel ON att.attrelid = rel.oid
          LEFT JOIN pg_attrdef ad ON (att.attrelid, att.attnum) = (ad.adrelid, ad.adnum)
          LEFT JOIN pg_description des ON (att.attrelid, att.attnum) = (des.objoid, des.objsubid)
        WHERE
          rel.relnamespace IN ('pg_catalog'::regnamespace)
          
          
          AND rel.relkind = 'r'
          AND att.attnum > 0
          AND NOT att.attisdropped
        ORDER BY rel.relname, att.attnum;

-- compare: rows
SELECT
          con.contype AS type,
          rel.relname AS table,
          att.attname AS column,
          frel.relnamespace::regnamespace::text AS foreign_key_schema,
          frel.relname AS foreign_key_table,
          fatt.attname AS foreign_key_column,
          CASE
            WHEN con.contype = 'p' THEN pg_get_serial_sequence(att.attrelid::regclass::text, att.attname) != ''
            ELSE NULL
          END AS has_auto_increment
        FROM
          pg_constraint con
        LEFT JOIN pg_class rel ON con.conrelid = rel.oid
        LEFT JOIN pg_class frel ON con.confrelid = frel.oid
        LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
        LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
        WHERE con.connamespace IN ('pg_catalog'::regnamespace)
          AND array_length(con.conkey, 1) <= 1
          AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1);

-- compare: rows
-- parameters: ["pg_type"]
SELECT
        	att.attname AS name,
          rel.relname AS table,
          rel.relnamespace::regnamespace::text as schema,
          att.atttypid::regtype::text AS data_type,
          NOT att.attnotnull AS is_nullable,
          
        CASE WHEN att.attgenerated = 's' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS generation_expression,
        CASE WHEN att.attgenerated = '' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS default_value,
        att.attgenerated = 's' AS is_generated,
      
          CASE
            WHEN att.atttypid IN (1042, 1043) THEN (att.atttypmod - 4)::int4
            WHEN att.atttypid IN (1560, 1562) THEN (att.atttypmod)::int4
            ELSE NULL
          END AS max_length,
          des.description AS comment,
          CASE att.atttypid
            WHEN 21 THEN 16
            WHEN 23 THEN 32
            WHEN 20 THEN 64
            WHEN 1700 THEN
              CASE WHEN atttypmod = -1 THEN NULL
                ELSE (((atttypmod - 4) >> 16) & 65535)::int4
              END
            WHEN 700 THEN 24
            WHEN 701 THEN 53
            ELSE NULL
          END AS numeric_precision,
          CASE
            WHEN atttypid IN (21, 23, 20) THEN 0
            WHEN atttypid = 1700 THEN
              CASE
                WHEN atttypmod = -1 THEN NULL
                ELSE ((atttypmod - 4) & 65535)::int4
              END
            ELSE null
          END AS numeric_scale
        FROM
          pg_attribute att
          LEFT JOIN pg_class rel ON att.attrelid = rel.oid
          LEFT JOIN pg_attrdef ad ON (att.attrelid, att.attnum) = (ad.adrelid, ad.adnum)
          LEFT JOIN pg_description des ON (att.attrelid, att.attnum) = (des.objoid, des.objsubid)
        WHERE
          rel.relnamespace IN ('pg_catalog'::regnamespace)
          AND rel.relname = $1
          
          AND rel.relkind = 'r'
          AND att.attnum > 0
          AND NOT att.attisdropped
        ORDER BY rel.relname, att.attnum;

-- compare: rows
-- parameters: ["pg_type"]
SELECT
          con.contype AS type,
          rel.relname AS table,
          att.attname AS column,
          frel.relnamespace::regnamespace::text AS foreign_key_schema,
          frel.relname AS foreign_key_table,
          fatt.attname AS foreign_key_column,
          CASE
            WHEN con.contype = 'p' THEN pg_get_serial_sequence(att.attrelid::regclass::text, att.attname) != ''
            ELSE NULL
          END AS has_auto_increment
        FROM
          pg_constraint con
        LEFT JOIN pg_class rel ON con.conrelid = rel.oid
        LEFT JOIN pg_class frel ON con.confrelid = frel.oid
        LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
        LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
        WHERE con.connamespace IN ('pg_catalog'::regnamespace)
          AND array_length(con.conkey, 1) <= 1
          AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1)
          AND rel.relname = $1;

-- compare: rows
-- parameters: ["pg_type", "name"]
SELECT
          con.contype AS type,
          rel.relname AS table,
          att.attname AS column,
          frel.relnamespace::regnamespace::text AS foreign_key_schema,
          frel.relname AS foreign_key_table,
          fatt.attname AS foreign_key_column,
          CASE
            WHEN con.contype = 'p' THEN pg_get_serial_sequence(att.attrelid::regclass::text, att.attname) != ''
            ELSE NULL
          END AS has_auto_increment
        FROM
          pg_constraint con
        LEFT JOIN pg_class rel ON con.conrelid = rel.oid
        LEFT JOIN pg_class frel ON con.confrelid = frel.oid
        LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
        LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
        WHERE con.connamespace IN ('pg_catalog'::regnamespace)
          AND array_length(con.conkey, 1) <= 1
          AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1)
          AND rel.relname = $1
          AND att.attname = $2;

-- compare: rows
-- parameters: ["pg_type", "name"]
SELECT
        	att.attname AS name,
          rel.relname AS table,
          rel.relnamespace::regnamespace::text as schema,
          att.atttypid::regtype::text AS data_type,
          NOT att.attnotnull AS is_nullable,
          
        CASE WHEN att.attgenerated = 's' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS generation_expression,
        CASE WHEN att.attgenerated = '' THEN pg_get_expr(ad.adbin, ad.adrelid) ELSE null END AS default_value,
        att.attgenerated = 's' AS is_generated,
      
          CASE
            WHEN att.atttypid IN (1042, 1043) THEN (att.atttypmod - 4)::int4
            WHEN att.atttypid IN (1560, 1562) THEN (att.atttypmod)::int4
            ELSE NULL
          END AS max_length,
          des.description AS comment,
          CASE att.atttypid
            WHEN 21 THEN 16
            WHEN 23 THEN 32
            WHEN 20 THEN 64
            WHEN 1700 THEN
              CASE WHEN atttypmod = -1 THEN NULL
                ELSE (((atttypmod - 4) >> 16) & 65535)::int4
              END
            WHEN 700 THEN 24
            WHEN 701 THEN 53
            ELSE NULL
          END AS numeric_precision,
          CASE
            WHEN atttypid IN (21, 23, 20) THEN 0
            WHEN atttypid = 1700 THEN
              CASE
                WHEN atttypmod = -1 THEN NULL
                ELSE ((atttypmod - 4) & 65535)::int4
              END
            ELSE null
          END AS numeric_scale
        FROM
          pg_attribute att
          LEFT JOIN pg_class rel ON att.attrelid = rel.oid
          LEFT JOIN pg_attrdef ad ON (att.attrelid, att.attnum) = (ad.adrelid, ad.adnum)
          LEFT JOIN pg_description des ON (att.attrelid, att.attnum) = (des.objoid, des.objsubid)
        WHERE
          rel.relnamespace IN ('pg_catalog'::regnamespace)
          AND rel.relname = $1
          AND att.attname = $2
          AND rel.relkind = 'r'
          AND att.attnum > 0
          AND NOT att.attisdropped
        ORDER BY rel.relname, att.attnum;

-- compare: rows
SELECT
          con.conname AS constraint_name,
          rel.relname AS table,
          att.attname AS column,
          frel.relnamespace::regnamespace::text AS foreign_key_schema,
          frel.relname AS foreign_key_table,
          fatt.attname AS foreign_key_column,
          CASE con.confupdtype
            WHEN 'r' THEN
              'RESTRICT'
            WHEN 'c' THEN
              'CASCADE'
            WHEN 'n' THEN
              'SET NULL'
            WHEN 'd' THEN
              'SET DEFAULT'
            WHEN 'a' THEN
              'NO ACTION'
            ELSE
              NULL
          END AS on_update,
          CASE con.confdeltype
            WHEN 'r' THEN
              'RESTRICT'
            WHEN 'c' THEN
              'CASCADE'
            WHEN 'n' THEN
              'SET NULL'
            WHEN 'd' THEN
              'SET DEFAULT'
            WHEN 'a' THEN
              'NO ACTION'
            ELSE
              NULL
          END AS on_delete
        FROM
          pg_constraint con
        LEFT JOIN pg_class rel ON con.conrelid = rel.oid
        LEFT JOIN pg_class frel ON con.confrelid = frel.oid
        LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
        LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
        WHERE con.connamespace IN ('pg_catalog'::regnamespace)
          AND array_length(con.conkey, 1) <= 1
          AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1)
          AND con.contype = 'f';

-- compare: rows
-- parameters: ["pg_type"]
SELECT
          con.conname AS constraint_name,
          rel.relname AS table,
          att.attname AS column,
          frel.relnamespace::regnamespace::text AS foreign_key_schema,
          frel.relname AS foreign_key_table,
          fatt.attname AS foreign_key_column,
          CASE con.confupdtype
            WHEN 'r' THEN
              'RESTRICT'
            WHEN 'c' THEN
              'CASCADE'
            WHEN 'n' THEN
              'SET NULL'
            WHEN 'd' THEN
              'SET DEFAULT'
            WHEN 'a' THEN
              'NO ACTION'
            ELSE
              NULL
          END AS on_update,
          CASE con.confdeltype
            WHEN 'r' THEN
              'RESTRICT'
            WHEN 'c' THEN
              'CASCADE'
            WHEN 'n' THEN
              'SET NULL'
            WHEN 'd' THEN
              'SET DEFAULT'
            WHEN 'a' THEN
              'NO ACTION'
            ELSE
              NULL
          END AS on_delete
        FROM
          pg_constraint con
        LEFT JOIN pg_class rel ON con.conrelid = rel.oid
        LEFT JOIN pg_class frel ON con.confrelid = frel.oid
        LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
        LEFT JOIN pg_attribute fatt ON fatt.attrelid = con.confrelid AND fatt.attnum = con.confkey[1]
        WHERE con.connamespace IN ('pg_catalog'::regnamespace)
          AND array_length(con.conkey, 1) <= 1
          AND (con.confkey IS NULL OR array_length(con.confkey, 1) = 1)
          AND con.contype = 'f'
          AND rel.relname = $1;

-- compare: rows
-- parameters: ["pg_type"]
SELECT
          att.attname AS column
        FROM
          pg_constraint con
        LEFT JOIN pg_class rel ON con.conrelid = rel.oid
        LEFT JOIN pg_attribute att ON att.attrelid = con.conrelid AND att.attnum = con.conkey[1]
        WHERE con.connamespace IN ('pg_catalog'::regnamespace)
          AND con.contype = 'p'
          AND array_length(con.conkey, 1) <= 1
          AND rel.relname = $1;

-- compare: rows
-- parameters: ["pg_type"]
SELECT
        rel.relname AS name
      FROM
        pg_class rel
      WHERE
        rel.relnamespace IN ('pg_catalog'::regnamespace)
        AND rel.relkind = 'r'
        AND rel.relname = $1
      ORDER BY rel.relname;

-- compare: rows
-- parameters: ["pg_type", "name"]
SELECT
        att.attname AS column,
        rel.relname AS table
      FROM
        pg_attribute att
        LEFT JOIN pg_class rel ON att.attrelid = rel.oid
      WHERE
        rel.relnamespace IN ('pg_catalog'::regnamespace)
        AND rel.relname = $1
        AND att.attname = $2
        AND rel.relkind = 'r'
        AND att.attnum > 0
        AND NOT att.attisdropped;

-- compare: rows
WITH ranges AS (  SELECT pg_range.rngtypid, pg_type.typname AS rngtypname,         pg_type.typarray AS rngtyparray, pg_range.rngsubtype    FROM pg_range LEFT OUTER JOIN pg_type ON pg_type.oid = pg_range.rngtypid)SELECT pg_type.typname, pg_type.typtype, pg_type.oid, pg_type.typarray,       ranges.rngtypname, ranges.rngtypid, ranges.rngtyparray  FROM pg_type LEFT OUTER JOIN ranges ON pg_type.oid = ranges.rngsubtype WHERE (pg_type.typtype IN('b', 'e'));

-- compare: rows
SELECT 1+1 AS result;

-- compare: rows
SELECT table_name FROM information_schema.tables WHERE table_schema = 'pg_catalog' AND table_type LIKE '%TABLE' AND table_name != 'spatial_ref_sys';

-- compare: rows
SELECT schema_name FROM information_schema.schemata WHERE schema_name <> 'information_schema' AND schema_name != 'pg_catalog' AND schema_name !~ E'^pg_';

-- compare: rows
SELECT pk.constraint_type as "Constraint",c.column_name as "Field", c.column_default as "Default",c.is_nullable as "Null", (CASE WHEN c.udt_name = 'hstore' THEN c.udt_name ELSE c.data_type END) || (CASE WHEN c.character_maximum_length IS NOT NULL THEN '(' || c.character_maximum_length || ')' ELSE '' END) as "Type", (SELECT array_agg(e.enumlabel) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_enum e ON t.oid=e.enumtypid WHERE t.typname=c.udt_name) AS "special", (SELECT pgd.description FROM pg_catalog.pg_statio_all_tables AS st INNER JOIN pg_catalog.pg_description pgd on (pgd.objoid=st.relid) WHERE c.ordinal_position=pgd.objsubid AND c.table_name=st.relname) AS "Comment" FROM information_schema.columns c LEFT JOIN (SELECT tc.table_schema, tc.table_name, cu.column_name, tc.constraint_type FROM information_schema.TABLE_CONSTRAINTS tc JOIN information_schema.KEY_COLUMN_USAGE  cu ON tc.table_schema=cu.table_schema and tc.table_name=cu.table_name and tc.constraint_name=cu.constraint_name and tc.constraint_type='PRIMARY KEY') pk ON pk.table_schema=c.table_schema AND pk.table_name=c.table_name AND pk.column_name=c.column_name WHERE c.table_name = 'pg_class' AND c.table_schema = 'pg_catalog';

-- compare: rows
SELECT i.relname AS name, ix.indisprimary AS primary, ix.indisunique AS unique, ix.indkey AS indkey, array_agg(a.attnum) as column_indexes, array_agg(a.attname) AS column_names, pg_get_indexdef(ix.indexrelid) AS definition FROM pg_class t, pg_class i, pg_index ix, pg_attribute a WHERE t.oid = ix.indrelid AND i.oid = ix.indexrelid AND a.attrelid = t.oid AND t.relkind = 'r' and t.relname = 'pg_class' GROUP BY i.relname, ix.indexrelid, ix.indisprimary, ix.indisunique, ix.indkey ORDER BY i.relname;

-- compare: rows
SELECT DISTINCT tc.constraint_name as constraint_name, tc.constraint_schema as constraint_schema, tc.constraint_catalog as constraint_catalog, tc.table_name as table_name,tc.table_schema as table_schema,tc.table_catalog as table_catalog,tc.initially_deferred as initially_deferred,tc.is_deferrable as is_deferrable,kcu.column_name as column_name,ccu.table_schema  AS referenced_table_schema,ccu.table_catalog  AS referenced_table_catalog,ccu.table_name  AS referenced_table_name,ccu.column_name AS referenced_column_name FROM information_schema.table_constraints AS tc JOIN information_schema.key_column_usage AS kcu ON tc.constraint_name = kcu.constraint_name JOIN information_schema.constraint_column_usage AS ccu ON ccu.constraint_name = tc.constraint_name WHERE constraint_type = 'FOREIGN KEY' AND tc.table_name = 'pg_class' AND tc.table_catalog = 'postgres';

-- compare: rows
SELECT constraint_catalog AS "constraintCatalog", constraint_schema AS "constraintSchema", constraint_name AS "constraintName", table_catalog AS "tableCatalog", table_schema AS "tableSchema", table_name AS "tableName", constraint_type AS "constraintType", is_deferrable AS "isDeferrable", initially_deferred AS "initiallyDeferred" from INFORMATION_SCHEMA.table_constraints WHERE table_name='pg_class';

-- compare: rows
SELECT table_name FROM information_schema.tables WHERE table_schema = 'pg_catalog' AND table_name = 'pg_class';

-- compare: rows
SELECT version();

-- compare: rows
SELECT * FROM current_schema();

-- compare: rows
SELECT * FROM current_database();

-- compare: rows
SELECT "table_schema", "table_name", obj_description((quote_ident("table_schema") || '.' || quote_ident("table_name"))::regclass, 'pg_class') AS table_comment FROM "information_schema"."tables";

-- compare: rows
SELECT TRUE FROM information_schema.columns WHERE table_name = 'pg_class' and column_name = 'relispartition';

-- compare: rows
SELECT columns.*, pg_catalog.col_description((quote_ident(table_catalog) || '.' || quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass::oid, ordinal_position) AS description, ('"' || "udt_schema" || '"."' || "udt_name" || '"')::"regtype"::text AS "regtype", pg_catalog.format_type("col_attr"."atttypid", "col_attr"."atttypmod") AS "format_type" FROM "information_schema"."columns" LEFT JOIN "pg_catalog"."pg_attribute" AS "col_attr" ON "col_attr"."attname" = "columns"."column_name" AND "col_attr"."attrelid" = ( SELECT "cls"."oid" FROM "pg_catalog"."pg_class" AS "cls" LEFT JOIN "pg_catalog"."pg_namespace" AS "ns" ON "ns"."oid" = "cls"."relnamespace" WHERE "cls"."relname" = "columns"."table_name" AND "ns"."nspname" = "columns"."table_schema" ) WHERE ("table_schema" = 'pg_catalog' AND "table_name" = 'v') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'part1') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'part') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'ft') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_class') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_type') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statistic') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_type') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_foreign_table') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_authid') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_shadow') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_roles') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statistic_ext_data') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_settings') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_file_settings') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_hba_file_rules') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ident_file_mappings') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_config') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_shmem_allocations') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_backend_memory_contexts') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_user_mapping') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_activity') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_replication_origin_status') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_subscription') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_attribute') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_proc') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_class') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_attrdef') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_constraint') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_inherits') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_index') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_replication') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_slru') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_wal_receiver') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_recovery_prefetch') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_operator') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_opfamily') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_opclass') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_am') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_amop') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_amproc') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_language') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_largeobject_metadata') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_aggregate') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statistic_ext') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_rewrite') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_trigger') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_event_trigger') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_description') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_cast') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_enum') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_namespace') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_conversion') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_depend') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_database') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_db_role_setting') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_tablespace') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_auth_members') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_shdepend') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_shdescription') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ts_config') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ts_config_map') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ts_dict') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ts_parser') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_ts_template') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_extension') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_foreign_data_wrapper') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_foreign_server') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_policy') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_replication_origin') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_default_acl') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_init_privs') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_seclabel') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_shseclabel') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_collation') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_parameter_acl') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_partitioned_table') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_range') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_transform') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_sequence') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_publication') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_publication_namespace') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_publication_rel') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_subscription_rel') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_group') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_user') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_policies') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_rules') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_views') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_matviews') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_sequences') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stats') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stats_ext') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stats_ext_exprs') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_publication_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_locks') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_cursors') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_available_extensions') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_available_extension_versions') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_prepared_xacts') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_prepared_statements') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_seclabels') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_timezone_abbrevs') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_timezone_names') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_sys_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_xact_sys_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_user_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_all_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_xact_all_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_xact_user_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_all_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_sys_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_user_tables') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_all_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_sys_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_user_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_all_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_sys_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_user_indexes') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_all_sequences') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_sys_sequences') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_statio_user_sequences') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_subscription') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_ssl') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_gssapi') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_replication_slots') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_replication_slots') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_database') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_database_conflicts') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_user_functions') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_xact_user_functions') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_archiver') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_bgwriter') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_wal') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_analyze') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_vacuum') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_cluster') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_create_index') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_basebackup') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_progress_copy') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_user_mappings') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_stat_subscription_stats') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_largeobject') OR ("table_schema" = 'information_schema' AND "table_name" = 'role_column_grants') OR ("table_schema" = 'information_schema' AND "table_name" = 'information_schema_catalog_name') OR ("table_schema" = 'information_schema' AND "table_name" = 'column_domain_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'applicable_roles') OR ("table_schema" = 'information_schema' AND "table_name" = 'administrable_role_authorizations') OR ("table_schema" = 'information_schema' AND "table_name" = 'domain_constraints') OR ("table_schema" = 'information_schema' AND "table_name" = 'attributes') OR ("table_schema" = 'information_schema' AND "table_name" = 'column_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = 'character_sets') OR ("table_schema" = 'information_schema' AND "table_name" = 'check_constraint_routine_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'check_constraints') OR ("table_schema" = 'information_schema' AND "table_name" = 'column_udt_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'collations') OR ("table_schema" = 'information_schema' AND "table_name" = 'collation_character_set_applicability') OR ("table_schema" = 'information_schema' AND "table_name" = 'key_column_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'column_column_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'columns') OR ("table_schema" = 'information_schema' AND "table_name" = 'domain_udt_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'constraint_column_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'constraint_table_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'domains') OR ("table_schema" = 'information_schema' AND "table_name" = 'referential_constraints') OR ("table_schema" = 'information_schema' AND "table_name" = 'enabled_roles') OR ("table_schema" = 'information_schema' AND "table_name" = 'parameters') OR ("table_schema" = 'information_schema' AND "table_name" = 'routine_column_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'routine_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = 'role_routine_grants') OR ("table_schema" = 'information_schema' AND "table_name" = 'routine_routine_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'table_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = 'routine_sequence_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'routine_table_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'udt_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = 'routines') OR ("table_schema" = 'information_schema' AND "table_name" = 'role_table_grants') OR ("table_schema" = 'information_schema' AND "table_name" = 'schemata') OR ("table_schema" = 'information_schema' AND "table_name" = 'sequences') OR ("table_schema" = 'information_schema' AND "table_name" = 'sql_features') OR ("table_schema" = 'information_schema' AND "table_name" = 'tables') OR ("table_schema" = 'information_schema' AND "table_name" = 'sql_implementation_info') OR ("table_schema" = 'information_schema' AND "table_name" = 'sql_parts') OR ("table_schema" = 'information_schema' AND "table_name" = 'sql_sizing') OR ("table_schema" = 'information_schema' AND "table_name" = 'transforms') OR ("table_schema" = 'information_schema' AND "table_name" = 'table_constraints') OR ("table_schema" = 'information_schema' AND "table_name" = 'view_routine_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'role_udt_grants') OR ("table_schema" = 'information_schema' AND "table_name" = 'triggered_update_columns') OR ("table_schema" = 'information_schema' AND "table_name" = 'triggers') OR ("table_schema" = 'information_schema' AND "table_name" = 'user_defined_types') OR ("table_schema" = 'information_schema' AND "table_name" = 'usage_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = 'role_usage_grants') OR ("table_schema" = 'information_schema' AND "table_name" = 'view_column_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'view_table_usage') OR ("table_schema" = 'information_schema' AND "table_name" = 'views') OR ("table_schema" = 'information_schema' AND "table_name" = 'data_type_privileges') OR ("table_schema" = 'information_schema' AND "table_name" = '_pg_foreign_table_columns') OR ("table_schema" = 'information_schema' AND "table_name" = 'element_types') OR ("table_schema" = 'information_schema' AND "table_name" = 'column_options') OR ("table_schema" = 'information_schema' AND "table_name" = '_pg_foreign_data_wrappers') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_data_wrapper_options') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_data_wrappers') OR ("table_schema" = 'information_schema' AND "table_name" = '_pg_foreign_servers') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_server_options') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_servers') OR ("table_schema" = 'information_schema' AND "table_name" = '_pg_foreign_tables') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_table_options') OR ("table_schema" = 'information_schema' AND "table_name" = 'foreign_tables') OR ("table_schema" = 'information_schema' AND "table_name" = '_pg_user_mappings') OR ("table_schema" = 'information_schema' AND "table_name" = 'user_mapping_options') OR ("table_schema" = 'information_schema' AND "table_name" = 'user_mappings');

-- compare: rows
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "cnst"."conname" AS "constraint_name", pg_get_constraintdef("cnst"."oid") AS "expression", CASE "cnst"."contype" WHEN 'p' THEN 'PRIMARY' WHEN 'u' THEN 'UNIQUE' WHEN 'c' THEN 'CHECK' WHEN 'x' THEN 'EXCLUDE' END AS "constraint_type", "a"."attname" AS "column_name" FROM "pg_constraint" "cnst" INNER JOIN "pg_class" "t" ON "t"."oid" = "cnst"."conrelid" INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "cnst"."connamespace" LEFT JOIN "pg_attribute" "a" ON "a"."attrelid" = "cnst"."conrelid" AND "a"."attnum" = ANY ("cnst"."conkey") WHERE "t"."relkind" IN ('r', 'p') AND (("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'v') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'part1') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'part') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'ft') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_class') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_type') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statistic') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_type') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_foreign_table') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_authid') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_shadow') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_roles') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statistic_ext_data') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_settings') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_file_settings') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_hba_file_rules') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ident_file_mappings') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_config') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_shmem_allocations') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_backend_memory_contexts') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_user_mapping') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_activity') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_replication_origin_status') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_subscription') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_attribute') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_proc') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_class') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_attrdef') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_constraint') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_inherits') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_index') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_replication') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_slru') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_wal_receiver') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_recovery_prefetch') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_operator') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_opfamily') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_opclass') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_am') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_amop') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_amproc') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_language') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_largeobject_metadata') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_aggregate') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statistic_ext') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_rewrite') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_trigger') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_event_trigger') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_description') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_cast') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_enum') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_namespace') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_conversion') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_depend') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_database') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_db_role_setting') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_tablespace') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_auth_members') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_shdepend') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_shdescription') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ts_config') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ts_config_map') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ts_dict') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ts_parser') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ts_template') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_extension') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_foreign_data_wrapper') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_foreign_server') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_policy') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_replication_origin') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_default_acl') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_init_privs') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_seclabel') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_shseclabel') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_collation') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_parameter_acl') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_partitioned_table') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_range') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_transform') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_sequence') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_publication') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_publication_namespace') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_publication_rel') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_subscription_rel') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_group') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_user') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_policies') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_rules') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_views') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_matviews') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stats') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stats_ext') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stats_ext_exprs') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_publication_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_locks') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_cursors') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_available_extensions') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_available_extension_versions') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_prepared_xacts') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_prepared_statements') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_seclabels') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_timezone_abbrevs') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_timezone_names') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_sys_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_xact_sys_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_user_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_all_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_xact_all_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_xact_user_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_all_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_sys_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_user_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_all_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_sys_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_user_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_all_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_sys_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_user_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_all_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_sys_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_user_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_subscription') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_ssl') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_gssapi') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_replication_slots') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_replication_slots') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_database') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_database_conflicts') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_user_functions') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_xact_user_functions') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_archiver') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_bgwriter') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_wal') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_analyze') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_vacuum') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_cluster') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_create_index') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_basebackup') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_copy') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_user_mappings') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_subscription_stats') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_largeobject') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'role_column_grants') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'information_schema_catalog_name') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'column_domain_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'applicable_roles') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'administrable_role_authorizations') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'domain_constraints') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'attributes') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'column_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'character_sets') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'check_constraint_routine_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'check_constraints') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'column_udt_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'collations') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'collation_character_set_applicability') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'key_column_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'column_column_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'columns') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'domain_udt_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'constraint_column_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'constraint_table_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'domains') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'referential_constraints') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'enabled_roles') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'parameters') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routine_column_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routine_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'role_routine_grants') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routine_routine_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'table_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routine_sequence_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routine_table_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'udt_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routines') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'role_table_grants') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'schemata') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'sequences') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'sql_features') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'tables') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'sql_implementation_info') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'sql_parts') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'sql_sizing') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'transforms') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'table_constraints') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'view_routine_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'role_udt_grants') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'triggered_update_columns') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'triggers') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'user_defined_types') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'usage_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'role_usage_grants') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'view_column_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'view_table_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'views') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'data_type_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = '_pg_foreign_table_columns') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'element_types') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'column_options') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = '_pg_foreign_data_wrappers') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_data_wrapper_options') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_data_wrappers') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = '_pg_foreign_servers') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_server_options') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_servers') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = '_pg_foreign_tables') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_table_options') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_tables') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = '_pg_user_mappings') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'user_mapping_options') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'user_mappings'));

-- compare: rows
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "i"."relname" AS "constraint_name", "a"."attname" AS "column_name", CASE "ix"."indisunique" WHEN 't' THEN 'TRUE' ELSE'FALSE' END AS "is_unique", pg_get_expr("ix"."indpred", "ix"."indrelid") AS "condition", "types"."typname" AS "type_name", "am"."amname" AS "index_type" FROM "pg_class" "t" INNER JOIN "pg_index" "ix" ON "ix"."indrelid" = "t"."oid" INNER JOIN "pg_attribute" "a" ON "a"."attrelid" = "t"."oid"  AND "a"."attnum" = ANY ("ix"."indkey") INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "t"."relnamespace" INNER JOIN "pg_class" "i" ON "i"."oid" = "ix"."indexrelid" INNER JOIN "pg_type" "types" ON "types"."oid" = "a"."atttypid" INNER JOIN "pg_am" "am" ON "i"."relam" = "am"."oid" LEFT JOIN "pg_constraint" "cnst" ON "cnst"."conname" = "i"."relname" WHERE "t"."relkind" IN ('r', 'p') AND "cnst"."contype" IS NULL AND (("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'v') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'part1') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'part') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'ft') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_class') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_type') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statistic') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_type') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_foreign_table') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_authid') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_shadow') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_roles') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statistic_ext_data') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_settings') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_file_settings') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_hba_file_rules') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ident_file_mappings') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_config') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_shmem_allocations') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_backend_memory_contexts') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_user_mapping') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_activity') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_replication_origin_status') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_subscription') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_attribute') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_proc') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_class') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_attrdef') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_constraint') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_inherits') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_index') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_replication') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_slru') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_wal_receiver') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_recovery_prefetch') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_operator') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_opfamily') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_opclass') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_am') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_amop') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_amproc') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_language') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_largeobject_metadata') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_aggregate') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statistic_ext') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_rewrite') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_trigger') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_event_trigger') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_description') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_cast') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_enum') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_namespace') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_conversion') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_depend') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_database') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_db_role_setting') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_tablespace') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_auth_members') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_shdepend') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_shdescription') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ts_config') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ts_config_map') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ts_dict') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ts_parser') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_ts_template') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_extension') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_foreign_data_wrapper') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_foreign_server') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_policy') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_replication_origin') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_default_acl') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_init_privs') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_seclabel') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_shseclabel') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_collation') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_parameter_acl') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_partitioned_table') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_range') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_transform') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_sequence') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_publication') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_publication_namespace') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_publication_rel') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_subscription_rel') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_group') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_user') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_policies') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_rules') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_views') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_matviews') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stats') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stats_ext') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stats_ext_exprs') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_publication_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_locks') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_cursors') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_available_extensions') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_available_extension_versions') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_prepared_xacts') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_prepared_statements') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_seclabels') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_timezone_abbrevs') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_timezone_names') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_sys_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_xact_sys_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_user_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_all_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_xact_all_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_xact_user_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_all_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_sys_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_user_tables') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_all_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_sys_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_user_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_all_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_sys_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_user_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_all_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_sys_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_statio_user_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_subscription') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_ssl') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_gssapi') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_replication_slots') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_replication_slots') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_database') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_database_conflicts') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_user_functions') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_xact_user_functions') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_archiver') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_bgwriter') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_wal') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_analyze') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_vacuum') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_cluster') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_create_index') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_basebackup') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_progress_copy') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_user_mappings') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_stat_subscription_stats') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_largeobject') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'role_column_grants') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'information_schema_catalog_name') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'column_domain_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'applicable_roles') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'administrable_role_authorizations') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'domain_constraints') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'attributes') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'column_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'character_sets') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'check_constraint_routine_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'check_constraints') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'column_udt_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'collations') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'collation_character_set_applicability') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'key_column_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'column_column_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'columns') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'domain_udt_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'constraint_column_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'constraint_table_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'domains') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'referential_constraints') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'enabled_roles') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'parameters') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routine_column_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routine_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'role_routine_grants') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routine_routine_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'table_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routine_sequence_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routine_table_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'udt_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'routines') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'role_table_grants') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'schemata') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'sequences') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'sql_features') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'tables') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'sql_implementation_info') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'sql_parts') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'sql_sizing') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'transforms') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'table_constraints') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'view_routine_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'role_udt_grants') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'triggered_update_columns') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'triggers') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'user_defined_types') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'usage_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'role_usage_grants') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'view_column_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'view_table_usage') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'views') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'data_type_privileges') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = '_pg_foreign_table_columns') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'element_types') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'column_options') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = '_pg_foreign_data_wrappers') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_data_wrapper_options') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_data_wrappers') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = '_pg_foreign_servers') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_server_options') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_servers') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = '_pg_foreign_tables') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_table_options') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'foreign_tables') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = '_pg_user_mappings') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'user_mapping_options') OR ("ns"."nspname" = 'information_schema' AND "t"."relname" = 'user_mappings'));

-- compare: rows
SELECT "con"."conname" AS "constraint_name", "con"."nspname" AS "table_schema", "con"."relname" AS "table_name", "att2"."attname" AS "column_name", "ns"."nspname" AS "referenced_table_schema", "cl"."relname" AS "referenced_table_name", "att"."attname" AS "referenced_column_name", "con"."confdeltype" AS "on_delete", "con"."confupdtype" AS "on_update", "con"."condeferrable" AS "deferrable", "con"."condeferred" AS "deferred" FROM ( SELECT UNNEST ("con1"."conkey") AS "parent", UNNEST ("con1"."confkey") AS "child", "con1"."confrelid", "con1"."conrelid", "con1"."conname", "con1"."contype", "ns"."nspname", "cl"."relname", "con1"."condeferrable", CASE WHEN "con1"."condeferred" THEN 'INITIALLY DEFERRED' ELSE 'INITIALLY IMMEDIATE' END as condeferred, CASE "con1"."confdeltype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confdeltype", CASE "con1"."confupdtype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confupdtype" FROM "pg_class" "cl" INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_constraint" "con1" ON "con1"."conrelid" = "cl"."oid" WHERE "con1"."contype" = 'f' AND (("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'v') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'part1') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'part') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'ft') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_class') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_type') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statistic') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_type') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_foreign_table') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_authid') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_shadow') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_roles') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statistic_ext_data') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_settings') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_file_settings') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_hba_file_rules') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_ident_file_mappings') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_config') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_shmem_allocations') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_backend_memory_contexts') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_user_mapping') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_activity') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_replication_origin_status') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_subscription') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_attribute') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_proc') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_class') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_attrdef') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_constraint') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_inherits') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_index') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_replication') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_slru') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_wal_receiver') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_recovery_prefetch') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_operator') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_opfamily') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_opclass') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_am') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_amop') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_amproc') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_language') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_largeobject_metadata') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_aggregate') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statistic_ext') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_rewrite') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_trigger') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_event_trigger') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_description') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_cast') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_enum') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_namespace') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_conversion') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_depend') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_database') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_db_role_setting') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_tablespace') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_auth_members') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_shdepend') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_shdescription') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_ts_config') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_ts_config_map') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_ts_dict') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_ts_parser') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_ts_template') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_extension') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_foreign_data_wrapper') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_foreign_server') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_policy') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_replication_origin') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_default_acl') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_init_privs') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_seclabel') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_shseclabel') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_collation') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_parameter_acl') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_partitioned_table') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_range') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_transform') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_sequence') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_publication') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_publication_namespace') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_publication_rel') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_subscription_rel') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_group') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_user') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_policies') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_rules') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_views') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_matviews') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stats') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stats_ext') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stats_ext_exprs') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_publication_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_locks') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_cursors') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_available_extensions') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_available_extension_versions') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_prepared_xacts') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_prepared_statements') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_seclabels') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_timezone_abbrevs') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_timezone_names') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_sys_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_xact_sys_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_user_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_all_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_xact_all_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_xact_user_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statio_all_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statio_sys_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statio_user_tables') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_all_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_sys_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_user_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statio_all_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statio_sys_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statio_user_indexes') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statio_all_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statio_sys_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_statio_user_sequences') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_subscription') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_ssl') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_gssapi') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_replication_slots') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_replication_slots') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_database') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_database_conflicts') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_user_functions') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_xact_user_functions') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_archiver') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_bgwriter') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_wal') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_progress_analyze') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_progress_vacuum') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_progress_cluster') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_progress_create_index') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_progress_basebackup') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_progress_copy') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_user_mappings') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_stat_subscription_stats') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_largeobject') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'role_column_grants') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'information_schema_catalog_name') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'column_domain_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'applicable_roles') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'administrable_role_authorizations') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'domain_constraints') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'attributes') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'column_privileges') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'character_sets') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'check_constraint_routine_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'check_constraints') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'column_udt_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'collations') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'collation_character_set_applicability') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'key_column_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'column_column_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'columns') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'domain_udt_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'constraint_column_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'constraint_table_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'domains') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'referential_constraints') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'enabled_roles') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'parameters') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'routine_column_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'routine_privileges') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'role_routine_grants') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'routine_routine_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'table_privileges') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'routine_sequence_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'routine_table_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'udt_privileges') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'routines') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'role_table_grants') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'schemata') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'sequences') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'sql_features') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'tables') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'sql_implementation_info') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'sql_parts') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'sql_sizing') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'transforms') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'table_constraints') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'view_routine_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'role_udt_grants') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'triggered_update_columns') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'triggers') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'user_defined_types') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'usage_privileges') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'role_usage_grants') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'view_column_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'view_table_usage') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'views') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'data_type_privileges') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = '_pg_foreign_table_columns') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'element_types') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'column_options') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = '_pg_foreign_data_wrappers') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'foreign_data_wrapper_options') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'foreign_data_wrappers') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = '_pg_foreign_servers') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'foreign_server_options') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'foreign_servers') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = '_pg_foreign_tables') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'foreign_table_options') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'foreign_tables') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = '_pg_user_mappings') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'user_mapping_options') OR ("ns"."nspname" = 'information_schema' AND "cl"."relname" = 'user_mappings')) ) "con" INNER JOIN "pg_attribute" "att" ON "att"."attrelid" = "con"."confrelid" AND "att"."attnum" = "con"."child" INNER JOIN "pg_class" "cl" ON "cl"."oid" = "con"."confrelid"  AND "cl"."relispartition" = 'f'INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_attribute" "att2" ON "att2"."attrelid" = "con"."conrelid" AND "att2"."attnum" = "con"."parent";

-- compare: rows
SELECT "udt_schema", "udt_name" FROM "information_schema"."columns" WHERE "table_schema" = 'pg_catalog' AND "table_name" = 'pg_type' AND "column_name"='m';

-- compare: rows
SELECT "udt_schema", "udt_name" FROM "information_schema"."columns" WHERE "table_schema" = 'pg_catalog' AND "table_name" = 'pg_type' AND "column_name"='tags';

-- compare: rows
SELECT "e"."enumlabel" AS "value" FROM "pg_enum" "e" INNER JOIN "pg_type" "t" ON "t"."oid" = "e"."enumtypid" INNER JOIN "pg_namespace" "n" ON "n"."oid" = "t"."typnamespace" WHERE "n"."nspname" = 'pg_catalog' AND "t"."typname" = 'mood' ORDER BY "e"."enumsortorder";

-- compare: rows
SELECT "e"."enumlabel" AS "value" FROM "pg_enum" "e" INNER JOIN "pg_type" "t" ON "t"."oid" = "e"."enumtypid" INNER JOIN "pg_namespace" "n" ON "n"."oid" = "t"."typnamespace" WHERE "n"."nspname" = 'pg_catalog' AND "t"."typname" = 'text' ORDER BY "e"."enumsortorder";

-- compare: rows
SELECT "table_schema", "table_name", obj_description((quote_ident("table_schema") || '.' || quote_ident("table_name"))::regclass, 'pg_class') AS table_comment FROM "information_schema"."tables" WHERE ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_class') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_type') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_class');

-- compare: rows
SELECT columns.*, pg_catalog.col_description((quote_ident(table_catalog) || '.' || quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass::oid, ordinal_position) AS description, ('"' || "udt_schema" || '"."' || "udt_name" || '"')::"regtype"::text AS "regtype", pg_catalog.format_type("col_attr"."atttypid", "col_attr"."atttypmod") AS "format_type" FROM "information_schema"."columns" LEFT JOIN "pg_catalog"."pg_attribute" AS "col_attr" ON "col_attr"."attname" = "columns"."column_name" AND "col_attr"."attrelid" = ( SELECT "cls"."oid" FROM "pg_catalog"."pg_class" AS "cls" LEFT JOIN "pg_catalog"."pg_namespace" AS "ns" ON "ns"."oid" = "cls"."relnamespace" WHERE "cls"."relname" = "columns"."table_name" AND "ns"."nspname" = "columns"."table_schema" ) WHERE ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_type') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_class') OR ("table_schema" = 'pg_catalog' AND "table_name" = 'pg_class');

-- compare: rows
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "cnst"."conname" AS "constraint_name", pg_get_constraintdef("cnst"."oid") AS "expression", CASE "cnst"."contype" WHEN 'p' THEN 'PRIMARY' WHEN 'u' THEN 'UNIQUE' WHEN 'c' THEN 'CHECK' WHEN 'x' THEN 'EXCLUDE' END AS "constraint_type", "a"."attname" AS "column_name" FROM "pg_constraint" "cnst" INNER JOIN "pg_class" "t" ON "t"."oid" = "cnst"."conrelid" INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "cnst"."connamespace" LEFT JOIN "pg_attribute" "a" ON "a"."attrelid" = "cnst"."conrelid" AND "a"."attnum" = ANY ("cnst"."conkey") WHERE "t"."relkind" IN ('r', 'p') AND (("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_type') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_class') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_class'));

-- compare: rows
SELECT "ns"."nspname" AS "table_schema", "t"."relname" AS "table_name", "i"."relname" AS "constraint_name", "a"."attname" AS "column_name", CASE "ix"."indisunique" WHEN 't' THEN 'TRUE' ELSE'FALSE' END AS "is_unique", pg_get_expr("ix"."indpred", "ix"."indrelid") AS "condition", "types"."typname" AS "type_name", "am"."amname" AS "index_type" FROM "pg_class" "t" INNER JOIN "pg_index" "ix" ON "ix"."indrelid" = "t"."oid" INNER JOIN "pg_attribute" "a" ON "a"."attrelid" = "t"."oid"  AND "a"."attnum" = ANY ("ix"."indkey") INNER JOIN "pg_namespace" "ns" ON "ns"."oid" = "t"."relnamespace" INNER JOIN "pg_class" "i" ON "i"."oid" = "ix"."indexrelid" INNER JOIN "pg_type" "types" ON "types"."oid" = "a"."atttypid" INNER JOIN "pg_am" "am" ON "i"."relam" = "am"."oid" LEFT JOIN "pg_constraint" "cnst" ON "cnst"."conname" = "i"."relname" WHERE "t"."relkind" IN ('r', 'p') AND "cnst"."contype" IS NULL AND (("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_type') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_class') OR ("ns"."nspname" = 'pg_catalog' AND "t"."relname" = 'pg_class'));

-- compare: rows
SELECT "con"."conname" AS "constraint_name", "con"."nspname" AS "table_schema", "con"."relname" AS "table_name", "att2"."attname" AS "column_name", "ns"."nspname" AS "referenced_table_schema", "cl"."relname" AS "referenced_table_name", "att"."attname" AS "referenced_column_name", "con"."confdeltype" AS "on_delete", "con"."confupdtype" AS "on_update", "con"."condeferrable" AS "deferrable", "con"."condeferred" AS "deferred" FROM ( SELECT UNNEST ("con1"."conkey") AS "parent", UNNEST ("con1"."confkey") AS "child", "con1"."confrelid", "con1"."conrelid", "con1"."conname", "con1"."contype", "ns"."nspname", "cl"."relname", "con1"."condeferrable", CASE WHEN "con1"."condeferred" THEN 'INITIALLY DEFERRED' ELSE 'INITIALLY IMMEDIATE' END as condeferred, CASE "con1"."confdeltype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confdeltype", CASE "con1"."confupdtype" WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END as "confupdtype" FROM "pg_class" "cl" INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_constraint" "con1" ON "con1"."conrelid" = "cl"."oid" WHERE "con1"."contype" = 'f' AND (("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_type') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_class') OR ("ns"."nspname" = 'pg_catalog' AND "cl"."relname" = 'pg_class')) ) "con" INNER JOIN "pg_attribute" "att" ON "att"."attrelid" = "con"."confrelid" AND "att"."attnum" = "con"."child" INNER JOIN "pg_class" "cl" ON "cl"."oid" = "con"."confrelid"  AND "cl"."relispartition" = 'f'INNER JOIN "pg_namespace" "ns" ON "cl"."relnamespace" = "ns"."oid" INNER JOIN "pg_attribute" "att2" ON "att2"."attrelid" = "con"."conrelid" AND "att2"."attnum" = "con"."parent";

-- compare: rows
-- parameters: ["pg_catalog", "typeorm_metadata"]
SELECT * FROM "information_schema"."tables" WHERE "table_schema" = $1 AND "table_name" = $2;

-- compare: rows
-- parameters: ["pg_catalog", "pg_class", "id"]
SELECT * FROM "information_schema"."columns" WHERE "table_schema" = $1 AND "table_name" = $2 AND "column_name" = $3;

-- compare: rows
-- parameters: ["pg_catalog"]
SELECT * FROM "information_schema"."schemata" WHERE "schema_name" = $1;

-- compare: rows
select "nspname" from "pg_catalog"."pg_namespace";

-- compare: rows
-- parameters: ["r", "v", "p", "^pg_", "information_schema", "crdb_internal", "0", "t"]
select "a"."attname" as "column", "a"."attnotnull" as "not_null", "a"."atthasdef" as "has_default", "c"."relname" as "table", "c"."relkind" as "table_type", "ns"."nspname" as "schema", "typ"."typname" as "type", "dtns"."nspname" as "type_schema", col_description(a.attrelid, a.attnum) as "column_description", pg_get_serial_sequence(quote_ident(ns.nspname) || '.' || quote_ident(c.relname), a.attname) as "auto_incrementing" from "pg_catalog"."pg_attribute" as "a" inner join "pg_catalog"."pg_class" as "c" on "a"."attrelid" = "c"."oid" inner join "pg_catalog"."pg_namespace" as "ns" on "c"."relnamespace" = "ns"."oid" inner join "pg_catalog"."pg_type" as "typ" on "a"."atttypid" = "typ"."oid" inner join "pg_catalog"."pg_namespace" as "dtns" on "typ"."typnamespace" = "dtns"."oid" where "c"."relkind" in ($1, $2, $3) and "ns"."nspname" !~ $4 and "ns"."nspname" != $5 and "ns"."nspname" != $6 and has_schema_privilege(ns.nspname, 'USAGE') and "a"."attnum" >= $7 and "a"."attisdropped" != $8 order by "ns"."nspname", "c"."relname", "a"."attnum";

-- compare: rows
-- parameters: ["r", "v", "p", "^pg_", "information_schema", "crdb_internal", "0", "t", "kysely_migration", "kysely_migration_lock"]
select "a"."attname" as "column", "a"."attnotnull" as "not_null", "a"."atthasdef" as "has_default", "c"."relname" as "table", "c"."relkind" as "table_type", "ns"."nspname" as "schema", "typ"."typname" as "type", "dtns"."nspname" as "type_schema", col_description(a.attrelid, a.attnum) as "column_description", pg_get_serial_sequence(quote_ident(ns.nspname) || '.' || quote_ident(c.relname), a.attname) as "auto_incrementing" from "pg_catalog"."pg_attribute" as "a" inner join "pg_catalog"."pg_class" as "c" on "a"."attrelid" = "c"."oid" inner join "pg_catalog"."pg_namespace" as "ns" on "c"."relnamespace" = "ns"."oid" inner join "pg_catalog"."pg_type" as "typ" on "a"."atttypid" = "typ"."oid" inner join "pg_catalog"."pg_namespace" as "dtns" on "typ"."typnamespace" = "dtns"."oid" where "c"."relkind" in ($1, $2, $3) and "ns"."nspname" !~ $4 and "ns"."nspname" != $5 and "ns"."nspname" != $6 and has_schema_privilege(ns.nspname, 'USAGE') and "a"."attnum" >= $7 and "a"."attisdropped" != $8 and "c"."relname" != $9 and "c"."relname" != $10 order by "ns"."nspname", "c"."relname", "a"."attnum";

-- compare: rows
with
  database as (
    select pg_database.oid as _id, *
    from pg_catalog.pg_database
    where datname = current_database()
  ),

  namespaces as (
    select pg_namespace.oid as _id, *
    from pg_catalog.pg_namespace
    where nspname <> 'information_schema'
  ),

  classes as (
    select pg_class.oid as _id, *,
      pg_catalog.pg_relation_is_updatable(oid, true)::bit(8)::int4 as "updatable_mask"
    from pg_catalog.pg_class
    where relnamespace in (select namespaces._id from namespaces where nspname <> 'information_schema' and nspname not like 'pg\_%')
  ),

  attributes as (
    select *
    from pg_catalog.pg_attribute
    where attrelid in (select classes._id from classes) AND attnum > 0
  ),

  constraints as (
    select pg_constraint.oid as _id, *
    from pg_catalog.pg_constraint
    where connamespace in (select namespaces._id from namespaces where nspname <> 'information_schema' and nspname not like 'pg\_%')
  ),

  procs as (
    select pg_proc.oid as _id, *
    from pg_catalog.pg_proc
    where pronamespace in (select namespaces._id from namespaces where nspname <> 'information_schema' and nspname not like 'pg\_%')
    and prorettype operator(pg_catalog.<>) 2279
  ),

  roles as (
    select pg_roles.oid as _id, *
    from pg_catalog.pg_roles
  ),

  auth_members as (
    select *
    from pg_catalog.pg_auth_members
    where roleid in (select roles._id from roles)
  ),

  types as (
    select pg_type.oid as _id, *
    from pg_catalog.pg_type
    where (typnamespace in (select namespaces._id from namespaces where nspname <> 'information_schema' and nspname not like 'pg\_%'))
    or (typnamespace = 'pg_catalog'::regnamespace)
  ),

  enums as (
    select pg_enum.oid as _id, *
    from pg_catalog.pg_enum
    where enumtypid in (select types._id from types)
  ),

  extensions as (
    select pg_extension.oid as _id, *
    from pg_catalog.pg_extension
  ),

  indexes as (
    select *
    from pg_catalog.pg_index
    where indrelid in (select classes._id from classes)
  ),

  inherits as (
    select *
    from pg_catalog.pg_inherits
    where inhrelid in (select classes._id from classes)
  ),

  languages as (
    select pg_language.oid as _id, *
    from pg_catalog.pg_language
  ),

  ranges as (
    select *
    from pg_catalog.pg_range
    where rngtypid in (select types._id from types)
  ),

  depends as (
    select *
    from pg_catalog.pg_depend
    where deptype IN ('a', 'e') and (
      (classid = 'pg_catalog.pg_namespace'::regclass and objid in (select namespaces._id from namespaces))
      or (classid = 'pg_catalog.pg_class'::regclass and objid in (select classes._id from classes))
      or (classid = 'pg_catalog.pg_attribute'::regclass and objid in (select classes._id from classes) and objsubid > 0)
      or (classid = 'pg_catalog.pg_constraint'::regclass and objid in (select constraints._id from constraints))
      or (classid = 'pg_catalog.pg_proc'::regclass and objid in (select procs._id from procs))
      or (classid = 'pg_catalog.pg_type'::regclass and objid in (select types._id from types))
      or (classid = 'pg_catalog.pg_enum'::regclass and objid in (select enums._id from enums))
      or (classid = 'pg_catalog.pg_extension'::regclass and objid in (select extensions._id from extensions))
    )
  ),

  descriptions as (
    select *
    from pg_catalog.pg_description
    where (
      (classoid = 'pg_catalog.pg_namespace'::regclass and objoid in (select namespaces._id from namespaces))
      or (classoid = 'pg_catalog.pg_class'::regclass and objoid in (select classes._id from classes))
      or (classoid = 'pg_catalog.pg_attribute'::regclass and objoid in (select classes._id from classes) and objsubid > 0)
      or (classoid = 'pg_catalog.pg_constraint'::regclass and objoid in (select constraints._id from constraints))
      or (classoid = 'pg_catalog.pg_proc'::regclass and objoid in (select procs._id from procs))
      or (classoid = 'pg_catalog.pg_type'::regclass and objoid in (select types._id from types))
      or (classoid = 'pg_catalog.pg_enum'::regclass and objoid in (select enums._id from enums))
      or (classoid = 'pg_catalog.pg_extension'::regclass and objoid in (select extensions._id from extensions))
    )
  )
select json_build_object(
  'database',
  (select row_to_json(database) from database),

  'namespaces',
  (select coalesce((select json_agg(row_to_json(namespaces) order by nspname) from namespaces), '[]'::json)),

  'classes',
  (select coalesce((select json_agg(row_to_json(classes) order by relnamespace, relname) from classes), '[]'::json)),

  'attributes',
  (select coalesce((select json_agg(row_to_json(attributes) order by attrelid, attnum) from attributes), '[]'::json)),

  'constraints',
  (select coalesce((select json_agg(row_to_json(constraints) order by connamespace, conrelid, conname) from constraints), '[]'::json)),

  'procs',
  (select coalesce((select json_agg(row_to_json(procs) order by pronamespace, proname, pg_get_function_identity_arguments(procs._id)) from procs), '[]'::json)),

  'roles',
  (select coalesce((select json_agg(row_to_json(roles) order by rolname) from roles), '[]'::json)),

  'auth_members',
  (select coalesce((select json_agg(row_to_json(auth_members) order by roleid, member, grantor) from auth_members), '[]'::json)),

  'types',
  (select coalesce((select json_agg(row_to_json(types) order by typnamespace, typname) from types), '[]'::json)),

  'enums',
  (select coalesce((select json_agg(row_to_json(enums) order by enumtypid, enumsortorder) from enums), '[]'::json)),

  'extensions',
  (select coalesce((select json_agg(row_to_json(extensions) order by extname) from extensions), '[]'::json)),

  'indexes',
  (select coalesce((select json_agg(row_to_json(indexes) order by indrelid, indexrelid) from indexes), '[]'::json)),

  'inherits',
  (select coalesce((select json_agg(row_to_json(inherits) order by inhrelid, inhseqno) from inherits), '[]'::json)),

  'languages',
  (select coalesce((select json_agg(row_to_json(languages) order by lanname) from languages), '[]'::json)),

  'ranges',
  (select coalesce((select json_agg(row_to_json(ranges) order by rngtypid) from ranges), '[]'::json)),

  'depends',
  (select coalesce((select json_agg(row_to_json(depends) order by classid, objid, objsubid, refclassid, refobjid, refobjsubid) from depends), '[]'::json)),

  'descriptions',
  (select coalesce((select json_agg(row_to_json(descriptions) order by objoid, classoid, objsubid) from descriptions), '[]'::json)),

  'catalog_by_oid',
  (
    select json_object_agg(oid::text, relname order by relname asc)
    from pg_class
    where relnamespace = (
      select oid
      from pg_namespace
      where nspname = 'pg_catalog'
    )
    and relkind = 'r'
  ),

  'current_user',
  current_user,
  'pg_version',
  version(),
  'introspection_version',
  1
)::text as introspection;
