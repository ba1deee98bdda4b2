-- origin: vacuumdb, reindexdb, clusterdb, pg_amcheck, pgbench, vacuumlo, oid2name 15.18 (Debian), from the log of PostgreSQL 15

-- compare: rows
SELECT datname FROM pg_database WHERE datallowconn AND datconnlimit <> -2 ORDER BY 1;

-- compare: rows
SELECT c.relname, ns.nspname FROM pg_catalog.pg_class c
 JOIN pg_catalog.pg_namespace ns ON c.relnamespace OPERATOR(pg_catalog.=) ns.oid
 LEFT JOIN pg_catalog.pg_class t ON c.reltoastrelid OPERATOR(pg_catalog.=) t.oid
 WHERE c.relpersistence OPERATOR(pg_catalog.!=) 't'
 AND c.relkind OPERATOR(pg_catalog.=) ANY (array['r', 'm'])
 ORDER BY c.relpages DESC;

-- compare: rows
SELECT n.nspname, x.extversion FROM pg_catalog.pg_extension x
JOIN pg_catalog.pg_namespace n ON x.extnamespace = n.oid
WHERE x.extname = 'amcheck';

-- compare: rows
WITH relation (pattern_id, oid, nspname, relname, reltoastrelid, relpages, is_heap, is_btree) AS (
SELECT DISTINCT ON (c.oid) NULL::INTEGER AS pattern_id,
c.oid, n.nspname, c.relname, c.reltoastrelid, c.relpages, c.relam = 2 AS is_heap, c.relam = 403 AS is_btree
FROM pg_catalog.pg_class c INNER JOIN pg_catalog.pg_namespace n ON c.relnamespace = n.oid
WHERE c.relpersistence != 't' AND c.relam = 2 AND c.relkind IN ('r', 'S', 'm', 't') AND c.relnamespace != 99
ORDER BY c.oid), toast (oid, nspname, relname, relpages) AS (
SELECT t.oid, 'pg_toast', t.relname, t.relpages
FROM pg_catalog.pg_class t INNER JOIN relation r ON r.reltoastrelid = t.oid
), index (oid, nspname, relname, relpages) AS (
SELECT c.oid, r.nspname, c.relname, c.relpages FROM relation r
INNER JOIN pg_catalog.pg_index i ON r.oid = i.indrelid INNER JOIN pg_catalog.pg_class c ON i.indexrelid = c.oid AND c.relpersistence != 't'
WHERE true AND c.relam = 403 AND c.relkind = 'i'
), toast_index (oid, nspname, relname, relpages) AS (
SELECT c.oid, 'pg_toast', c.relname, c.relpages FROM toast t INNER JOIN pg_catalog.pg_index i ON t.oid = i.indrelid
INNER JOIN pg_catalog.pg_class c ON i.indexrelid = c.oid AND c.relpersistence != 't'
WHERE true AND c.relam = 403 AND c.relkind = 'i')
SELECT pattern_id, is_heap, is_btree, oid, nspname, relname, relpages FROM (
SELECT pattern_id, is_heap, is_btree, NULL::OID AS oid, NULL::TEXT AS nspname, NULL::TEXT AS relname, NULL::INTEGER AS relpages
FROM relation WHERE pattern_id IS NOT NULL UNION
SELECT NULL::INTEGER AS pattern_id, is_heap, is_btree, oid, nspname, relname, relpages FROM relation UNION
SELECT NULL::INTEGER AS pattern_id, TRUE AS is_heap, FALSE AS is_btree, oid, nspname, relname, relpages FROM toast UNION
SELECT NULL::INTEGER AS pattern_id, FALSE AS is_heap, TRUE AS is_btree, oid, nspname, relname, relpages FROM index UNION
SELECT NULL::INTEGER AS pattern_id, FALSE AS is_heap, TRUE AS is_btree, oid, nspname, relname, relpages FROM toast_index
) AS combined_records ORDER BY relpages DESC NULLS FIRST, oid;

-- compare: rows
select o.n, p.partstrat, pg_catalog.count(i.inhparent) from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on (n.oid = c.relnamespace) cross join lateral (select pg_catalog.array_position(pg_catalog.current_schemas(true), n.nspname)) as o(n) left join pg_catalog.pg_partitioned_table as p on (p.partrelid = c.oid) left join pg_catalog.pg_inherits as i on (c.oid = i.inhparent) where c.relname = 'pgbench_accounts' and o.n is not null group by 1, 2 order by 1 asc limit 1;

-- compare: rows
WITH listed_tables (table_oid, column_list) AS (
  VALUES ('pg_class'::pg_catalog.regclass, NULL::pg_catalog.text)
)
SELECT c.relname, ns.nspname, listed_tables.column_list FROM pg_catalog.pg_class c
 JOIN pg_catalog.pg_namespace ns ON c.relnamespace OPERATOR(pg_catalog.=) ns.oid
 LEFT JOIN pg_catalog.pg_class t ON c.reltoastrelid OPERATOR(pg_catalog.=) t.oid
 JOIN listed_tables ON listed_tables.table_oid OPERATOR(pg_catalog.=) c.oid
 WHERE c.relpersistence OPERATOR(pg_catalog.!=) 't'
 AND GREATEST(pg_catalog.age(c.relfrozenxid), pg_catalog.age(t.relfrozenxid))  OPERATOR(pg_catalog.>=) '1'::pg_catalog.int4
 AND c.relfrozenxid OPERATOR(pg_catalog.!=) '0'::pg_catalog.xid
 ORDER BY c.relpages DESC;

-- compare: rows
SELECT s.nspname, c.relname, a.attname FROM pg_class c, pg_attribute a, pg_namespace s, pg_type t WHERE a.attnum > 0 AND NOT a.attisdropped       AND a.attrelid = c.oid       AND a.atttypid = t.oid       AND c.relnamespace = s.oid       AND t.typname in ('oid', 'lo')       AND c.relkind in ('r', 'm')      AND s.nspname !~ '^pg_';

-- compare: rows
SELECT pg_catalog.pg_relation_filenode(c.oid) as "Filenode", relname as "Table Name"  FROM pg_catalog.pg_class c 	LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace 	LEFT JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database(),	pg_catalog.pg_tablespace t WHERE relkind IN ('r','m','i','S','t') AND 			t.oid = CASE			WHEN reltablespace <> 0 THEN reltablespace			ELSE dattablespace		END ORDER BY relname;

-- compare: rows
SELECT d.oid AS "Oid", datname AS "Database Name", spcname AS "Tablespace" FROM pg_catalog.pg_database d JOIN pg_catalog.pg_tablespace t ON (dattablespace = t.oid) ORDER BY 2;

-- compare: rows
SELECT oid AS "Oid", spcname as "Tablespace Name"
FROM pg_catalog.pg_tablespace;

-- compare: rows
SELECT pg_catalog.pg_relation_filenode(c.oid) as "Filenode", relname as "Table Name" ,c.oid AS "Oid", nspname AS "Schema", spcname as "Tablespace" 
FROM pg_catalog.pg_class c
	LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
	LEFT JOIN pg_catalog.pg_database d ON d.datname = pg_catalog.current_database(),
	pg_catalog.pg_tablespace t
WHERE relkind IN ('r','m','i','S','t') AND
		t.oid = CASE
			WHEN reltablespace <> 0 THEN reltablespace
			ELSE dattablespace
		END AND
  (c.oid IN ('1259'))
ORDER BY relname;
