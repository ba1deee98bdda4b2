-- origin: Apache Superset 6.1: SQLAlchemy 1.4 with psycopg2, and its time grains, from the log of PostgreSQL 15; names and OIDs of the collector's own objects replaced

-- compare: rows
SELECT t.oid, typarray
FROM pg_type t JOIN pg_namespace ns
    ON typnamespace = ns.oid
WHERE typname = 'hstore';

-- compare: columns
select pg_catalog.version();

-- compare: columns
select current_schema();

-- compare: columns
SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg_%' ORDER BY nspname;

-- compare: rows
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'pg_catalog' AND c.relkind in ('r', 'p');

-- compare: rows
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'pg_catalog' AND c.relkind IN ('v', 'm');

-- compare: rows
SELECT c.oid
            FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE (n.nspname = 'pg_catalog')
            AND c.relname = 'pg_class' AND c.relkind in
            ('r', 'v', 'm', 'f', 'p');

-- compare: rows
SELECT a.attname,
              pg_catalog.format_type(a.atttypid, a.atttypmod),
              (
                SELECT pg_catalog.pg_get_expr(d.adbin, d.adrelid)
                FROM pg_catalog.pg_attrdef d
                WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum
                AND a.atthasdef
              ) AS DEFAULT,
              a.attnotnull,
              a.attrelid as table_oid,
              pgd.description as comment,
              a.attgenerated as generated,
                              (SELECT json_build_object(
                    'always', a.attidentity = 'a',
                    'start', s.seqstart,
                    'increment', s.seqincrement,
                    'minvalue', s.seqmin,
                    'maxvalue', s.seqmax,
                    'cache', s.seqcache,
                    'cycle', s.seqcycle)
                FROM pg_catalog.pg_sequence s
                JOIN pg_catalog.pg_class c on s.seqrelid = c."oid"
                WHERE c.relkind = 'S'
                AND a.attidentity != ''
                AND s.seqrelid = pg_catalog.pg_get_serial_sequence(
                    a.attrelid::regclass::text, a.attname
                )::regclass::oid
                ) as identity_options
            FROM pg_catalog.pg_attribute a
            LEFT JOIN pg_catalog.pg_description pgd ON (
                pgd.objoid = a.attrelid AND pgd.objsubid = a.attnum)
            WHERE a.attrelid = 1259
            AND a.attnum > 0 AND NOT a.attisdropped
            ORDER BY a.attnum;

-- compare: rows
SELECT t.typname as "name",
               pg_catalog.format_type(t.typbasetype, t.typtypmod) as "attype",
               not t.typnotnull as "nullable",
               t.typdefault as "default",
               pg_catalog.pg_type_is_visible(t.oid) as "visible",
               n.nspname as "schema"
            FROM pg_catalog.pg_type t
               LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
            WHERE t.typtype = 'd';

-- compare: rows
SELECT t.typname as "name",
               -- no enum defaults in 8.4 at least
               -- t.typdefault as "default",
               pg_catalog.pg_type_is_visible(t.oid) as "visible",
               n.nspname as "schema",
               e.enumlabel as "label"
            FROM pg_catalog.pg_type t
                 LEFT JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
                 LEFT JOIN pg_catalog.pg_enum e ON t.oid = e.enumtypid
            WHERE t.typtype = 'e'
        ORDER BY "schema", "name", e.oid;

-- compare: rows
SELECT
                  i.relname as relname,
                  ix.indisunique, ix.indexprs,
                  a.attname, a.attnum, c.conrelid, ix.indkey::varchar,
                  ix.indoption::varchar, i.reloptions, am.amname,
                  pg_get_expr(ix.indpred, ix.indrelid),
                  ix.indnkeyatts as indnkeyatts
              FROM
                  pg_class t
                        join pg_index ix on t.oid = ix.indrelid
                        join pg_class i on i.oid = ix.indexrelid
                        left outer join
                            pg_attribute a
                            on t.oid = a.attrelid and a.attnum = ANY(ix.indkey)
                        left outer join
                            pg_constraint c
                            on (ix.indrelid = c.conrelid and
                                ix.indexrelid = c.conindid and
                                c.contype in ('p', 'u', 'x'))
                        left outer join
                            pg_am am
                            on i.relam = am.oid
              WHERE
                  t.relkind IN ('r', 'v', 'f', 'm', 'p')
                  and t.oid = 1259
                  and ix.indisprimary = 'f'
              ORDER BY
                  t.relname,
                  i.relname;

-- compare: rows
SELECT a.attname
                FROM pg_attribute a JOIN (
                    SELECT unnest(ix.indkey) attnum,
                           generate_subscripts(ix.indkey, 1) ord
                    FROM pg_index ix
                    WHERE ix.indrelid = 1259 AND ix.indisprimary
                    ) k ON a.attnum=k.attnum
                WHERE a.attrelid = 1259
                ORDER BY k.ord;

-- compare: rows
SELECT conname
           FROM  pg_catalog.pg_constraint r
           WHERE r.conrelid = 1259 AND r.contype = 'p'
           ORDER BY 1;

-- compare: rows
SELECT r.conname,
                pg_catalog.pg_get_constraintdef(r.oid, true) as condef,
                n.nspname as conschema
          FROM  pg_catalog.pg_constraint r,
                pg_namespace n,
                pg_class c

          WHERE r.conrelid = 1259 AND
                r.contype = 'f' AND
                c.oid = confrelid AND
                n.oid = c.relnamespace
          ORDER BY 1;

-- compare: rows
SELECT
                cons.conname as name,
                cons.conkey as key,
                a.attnum as col_num,
                a.attname as col_name
            FROM
                pg_catalog.pg_constraint cons
                join pg_attribute a
                  on cons.conrelid = a.attrelid AND
                    a.attnum = ANY(cons.conkey)
            WHERE
                cons.conrelid = 1259 AND
                cons.contype = 'u';

-- compare: rows
SELECT
                cons.conname as name,
                pg_get_constraintdef(cons.oid) as src
            FROM
                pg_catalog.pg_constraint cons
            WHERE
                cons.conrelid = 1259 AND
                cons.contype = 'c';

-- compare: rows
SELECT
                pgd.description as table_comment
            FROM
                pg_catalog.pg_description pgd
            WHERE
                pgd.objsubid = 0 AND
                pgd.objoid = 1259;

-- compare: rows
select relname from pg_class c join pg_namespace n on n.oid=c.relnamespace where n.nspname='pg_catalog' and relname='pg_class';

-- compare: rows
SELECT pg_get_viewdef(c.oid) view_def FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'pg_catalog' AND c.relname = 'pg_tables' AND c.relkind IN ('v', 'm');

-- compare: rows
SELECT "at" AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY "at" ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('second', "at") AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('second', "at") ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('minute', "at") + INTERVAL '5 seconds' * FLOOR(EXTRACT(SECOND FROM "at") / 5) AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('minute', "at") + INTERVAL '5 seconds' * FLOOR(EXTRACT(SECOND FROM "at") / 5) ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('minute', "at") + INTERVAL '30 seconds' * FLOOR(EXTRACT(SECOND FROM "at") / 30) AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('minute', "at") + INTERVAL '30 seconds' * FLOOR(EXTRACT(SECOND FROM "at") / 30) ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('minute', "at") AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('minute', "at") ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('hour', "at") + INTERVAL '5 minutes' * FLOOR(EXTRACT(MINUTE FROM "at") / 5) AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('hour', "at") + INTERVAL '5 minutes' * FLOOR(EXTRACT(MINUTE FROM "at") / 5) ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('hour', "at") + INTERVAL '10 minutes' * FLOOR(EXTRACT(MINUTE FROM "at") / 10) AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('hour', "at") + INTERVAL '10 minutes' * FLOOR(EXTRACT(MINUTE FROM "at") / 10) ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('hour', "at") + INTERVAL '15 minutes' * FLOOR(EXTRACT(MINUTE FROM "at") / 15) AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('hour', "at") + INTERVAL '15 minutes' * FLOOR(EXTRACT(MINUTE FROM "at") / 15) ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('hour', "at") + INTERVAL '30 minutes' * FLOOR(EXTRACT(MINUTE FROM "at") / 30) AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('hour', "at") + INTERVAL '30 minutes' * FLOOR(EXTRACT(MINUTE FROM "at") / 30) ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('hour', "at") AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('hour', "at") ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('day', "at") AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('day', "at") ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('week', "at") AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('week', "at") ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('month', "at") AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('month', "at") ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('quarter', "at") AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('quarter', "at") ORDER BY count DESC LIMIT 10000;

-- compare: rows
SELECT DATE_TRUNC('year', "at") AS __timestamp, count(*) AS count FROM generate_series(timestamp '2020-01-30 22:17:03', timestamp '2020-03-02', interval '7 hours 11 minutes') AS events(at) GROUP BY DATE_TRUNC('year', "at") ORDER BY count DESC LIMIT 10000;
