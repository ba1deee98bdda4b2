-- origin: written anew after DBeaver's extension for PostgreSQL (what its navigator, editors, search, sessions and locks ask), which could not be run here

-- compare: columns
SELECT current_schema(),session_user;

-- compare: columns
SHOW search_path;

-- compare: columns
SHOW "default_transaction_isolation";

-- compare: columns
-- parameters: ["postgres"]
SELECT db.oid,db.* FROM pg_catalog.pg_database db WHERE datallowconn AND NOT datistemplate OR db.datname = $1 ORDER BY db.datname;

-- compare: rows
SELECT setting FROM pg_catalog.pg_settings WHERE name='server_version_num';

-- compare: columns
SELECT n.oid,n.*,d.description FROM pg_catalog.pg_namespace n
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=n.oid AND d.objsubid=0 AND d.classoid='pg_namespace'::regclass ORDER BY nspname;

-- compare: rows
-- parameters: ["11"]
SELECT t.oid,t.*,c.relkind,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name, d.description
FROM pg_catalog.pg_type t
LEFT OUTER JOIN pg_catalog.pg_type et ON et.oid=t.typelem
LEFT OUTER JOIN pg_catalog.pg_class c ON c.oid=t.typrelid
LEFT OUTER JOIN pg_catalog.pg_description d ON t.oid=d.objoid AND d.classoid='pg_type'::regclass
WHERE t.typname IS NOT NULL AND (c.relkind IS NULL OR c.relkind = 'c') AND (et.typcategory IS NULL OR et.typcategory <> 'C') AND t.typnamespace=$1;

-- compare: rows
-- parameters: ["_text"]
SELECT t.oid,t.*,format_type(nullif(t.typbasetype, 0), t.typtypmod) as base_type_name FROM pg_catalog.pg_type t
LEFT OUTER JOIN pg_class c ON c.oid=t.typrelid WHERE t.typname=$1;

-- compare: rows
-- parameters: ["3500"]
SELECT e.enumlabel FROM pg_catalog.pg_enum e WHERE e.enumtypid=$1 ORDER BY e.enumsortorder;

-- compare: rows
SELECT c.oid,c.relname,c.relkind,c.relpersistence,c.reloptions,c.relacl,d.description,pg_catalog.pg_get_expr(c.relpartbound, c.oid) as partition_expr, pg_catalog.pg_get_partkeydef(c.oid) as partition_key
FROM pg_catalog.pg_class c
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_class'::regclass
WHERE c.relnamespace=11 AND c.relkind not in ('i','I','c');

-- compare: rows
-- parameters: ["1259"]
SELECT c.relname,a.attname,a.atttypid,a.attnum,a.attnotnull,a.attacl,a.attoptions,a.attidentity,a.attgenerated,pg_catalog.pg_get_expr(ad.adbin, ad.adrelid, true) as def_value,dsc.description,dep.objid
FROM pg_catalog.pg_attribute a
INNER JOIN pg_catalog.pg_class c ON (a.attrelid=c.oid)
LEFT OUTER JOIN pg_catalog.pg_attrdef ad ON (a.attrelid=ad.adrelid AND a.attnum = ad.adnum)
LEFT OUTER JOIN pg_catalog.pg_description dsc ON (c.oid=dsc.objoid AND a.attnum = dsc.objsubid)
LEFT OUTER JOIN pg_depend dep on dep.refobjid = a.attrelid AND dep.deptype = 'i' and dep.refobjsubid = a.attnum and dep.classid = dep.refclassid
WHERE NOT a.attisdropped AND c.relkind not in ('i','I','c') AND c.oid=$1 ORDER BY a.attnum;

-- compare: rows
-- parameters: ["11"]
SELECT c.oid,c.*,t.relname as tabrelname,rt.relnamespace as refnamespace,d.description, case when c.contype='c' then "substring"(pg_get_constraintdef(c.oid), 7) else null end consrc_copy
FROM pg_catalog.pg_constraint c
INNER JOIN pg_catalog.pg_class t ON t.oid=c.conrelid
LEFT OUTER JOIN pg_catalog.pg_class rt ON rt.oid=c.confrelid
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=c.oid AND d.objsubid=0 AND d.classoid='pg_constraint'::regclass
WHERE t.relnamespace=$1 AND t.relname IN ('pg_class', 'pg_proc') ORDER BY c.oid;

-- compare: rows
-- parameters: ["1259"]
SELECT i.*,i.indkey as keys,c.relname,c.relnamespace,c.relam,c.reltablespace,tc.relname as tabrelname,dsc.description,pg_catalog.pg_get_expr(i.indpred, i.indrelid) as pred_expr,pg_catalog.pg_get_expr(i.indexprs, i.indrelid, true) as expr
FROM pg_catalog.pg_index i
INNER JOIN pg_catalog.pg_class c ON c.oid=i.indexrelid
INNER JOIN pg_catalog.pg_class tc ON tc.oid=i.indrelid
LEFT OUTER JOIN pg_catalog.pg_description dsc ON i.indexrelid=dsc.objoid
WHERE i.indrelid=$1 ORDER BY tabrelname, c.relname;

-- compare: rows
-- parameters: ["2662", "1"]
select pg_catalog.pg_get_indexdef($1, $2, true);

-- compare: rows
-- parameters: ["1259"]
SELECT x.oid,x.*,p.pronamespace as func_schema_id,d.description FROM pg_catalog.pg_trigger x
LEFT OUTER JOIN pg_catalog.pg_proc p ON p.oid=x.tgfoid
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=x.oid AND d.objsubid=0
WHERE x.tgrelid=$1 AND NOT x.tgisinternal;

-- compare: rows
SELECT r.rulename,r.ev_type,r.ev_enabled,r.is_instead,pg_get_ruledef(r.oid) AS definition FROM pg_catalog.pg_rewrite r WHERE r.ev_class='pg_catalog.pg_user'::regclass;

-- compare: rows
-- parameters: ["13207"]
SELECT p.oid,p.*,pg_catalog.pg_get_expr(p.proargdefaults, 0) as arg_defaults,d.description
FROM pg_catalog.pg_proc p
LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=p.oid AND d.objsubid = 0
WHERE p.pronamespace=$1 AND p.prosqlbody IS NULL ORDER BY p.proname;

-- compare: rows
SELECT pg_catalog.pg_get_functiondef('information_schema._pg_expandarray'::regproc);

-- compare: rows
-- parameters: ["1259"]
SELECT i.*,c.relnamespace,pc.relnamespace AS parent_ns FROM pg_catalog.pg_inherits i,pg_catalog.pg_class c,pg_catalog.pg_class pc WHERE i.inhrelid=$1 AND c.oid=i.inhparent AND pc.oid=i.inhrelid ORDER BY i.inhseqno;

-- compare: columns
SELECT c.oid,pg_catalog.pg_total_relation_size(c.oid) as total_rel_size,pg_catalog.pg_relation_size(c.oid) as rel_size FROM pg_class c WHERE c.relnamespace=11;

-- compare: columns
SELECT db.oid,pg_catalog.pg_database_size(db.oid) as db_size FROM pg_catalog.pg_database db;

-- compare: columns
SELECT a.oid,a.*,pd.description FROM pg_catalog.pg_roles a left join pg_catalog.pg_shdescription pd on a.oid = pd.objoid ORDER BY a.rolname;

-- compare: columns
SELECT r.rolname, m.admin_option, b.rolname AS grantor FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles r ON r.oid = m.roleid JOIN pg_catalog.pg_roles b ON b.oid = m.grantor WHERE m.member = 10;

-- compare: columns
SELECT t.oid,t.*,pg_tablespace_location(t.oid) loc FROM pg_catalog.pg_tablespace t ORDER BY t.oid;

-- compare: rows
SELECT c.contoencoding as encid, pg_catalog.pg_encoding_to_char(c.contoencoding) as encname FROM pg_catalog.pg_conversion c GROUP BY c.contoencoding ORDER BY 2;

-- compare: columns
SELECT l.oid,l.* FROM pg_catalog.pg_language l ORDER BY l.oid;

-- compare: rows
SELECT am.oid,am.* FROM pg_catalog.pg_am am ORDER BY am.oid;

-- compare: columns
SELECT c.oid,c.* FROM pg_catalog.pg_collation c ORDER BY c.oid;

-- compare: rows
SELECT l.oid,l.*,p.pronamespace as handler_schema_id,d.description FROM pg_catalog.pg_foreign_data_wrapper l
LEFT OUTER JOIN pg_catalog.pg_proc p ON p.oid=l.fdwhandler LEFT OUTER JOIN pg_catalog.pg_description d ON d.objoid=p.oid ORDER BY l.fdwname;

-- compare: columns
SELECT e.oid, a.name, e.extversion, n.nspname AS schema_name, e.extrelocatable, a.comment, coalesce(e.extconfig::text[], '{}') AS tables
FROM pg_catalog.pg_extension e JOIN pg_catalog.pg_available_extensions a ON a.name = e.extname JOIN pg_namespace n ON n.oid = e.extnamespace ORDER BY e.oid;

-- compare: rows
SELECT opc.oid,opc.opcmethod,opc.opcname,opf.opfname,opc.opcintype::regtype FROM pg_catalog.pg_opclass opc LEFT JOIN pg_catalog.pg_opfamily opf ON opf.oid=opc.opcfamily WHERE opc.opcmethod=403 ORDER BY opc.oid;

-- compare: columns
-- parameters: ["pg_catalog", "pg_class"]
SELECT * FROM information_schema.table_privileges WHERE table_schema=$1 AND table_name=$2;

-- compare: columns
SELECT relacl,relkind FROM pg_catalog.pg_class WHERE oid = 1259;

-- compare: rows
SELECT a.grantor, a.grantee, a.privilege_type, a.is_grantable FROM pg_catalog.pg_class c, aclexplode(COALESCE(c.relacl, acldefault('r', c.relowner))) a WHERE c.relname = 'pg_type' AND c.relnamespace = 11;

-- compare: rows
-- parameters: ["pg\\_cl%", "{11,13207}"]
SELECT x.oid,x.relname,x.relnamespace,x.relkind FROM pg_catalog.pg_class x
WHERE x.relkind in('r','v','m','f','p') AND x.relname ILIKE $1 AND x.relnamespace = ANY ($2::oid[]) ORDER BY x.relname LIMIT 100;

-- compare: rows
-- parameters: ["%generate%"]
SELECT DISTINCT x.oid,x.proname,x.pronamespace FROM pg_catalog.pg_proc x WHERE x.proname ILIKE $1 AND x.pronamespace IN (11) ORDER BY x.proname LIMIT 10;

-- compare: rows
-- parameters: ["rel%"]
SELECT x.attname,x.attrelid,x.atttypid,c.relnamespace FROM pg_catalog.pg_attribute x, pg_catalog.pg_class c WHERE c.oid=x.attrelid AND x.attname LIKE $1 AND c.relkind = 'r' ORDER BY x.attname, x.attrelid LIMIT 50;

-- compare: columns
SELECT sa.* FROM pg_catalog.pg_stat_activity sa WHERE (sa.state <> 'idle' OR sa.state IS NULL) AND sa.pid <> pg_backend_pid();

-- compare: columns
with locks as (
  select pid, locktype, mode, granted, transactionid as tid, relation, page, tuple from pg_locks
), conflict as (
  select * from (values ('AccessShareLock','AccessExclusiveLock',1), ('RowExclusiveLock','ShareLock',2), ('ExclusiveLock','RowShareLock',3)) as t (mode1, mode2, prt)
), real_locks as (
  select la.pid as blocked_pid, blocked.usename as blocked_user, la.mode as blocked_mode, lb.pid as blocking_pid, blocking.usename as blocking_user, lb.mode as blocking_mode,
    blocked.query as blocked_statement, blocking.query as statement_in, case when la.locktype = 'relation' then la.relation::regclass::text else la.tid::text end as lock_object
  from locks la join locks lb on la.pid <> lb.pid and la.granted is false and lb.granted
    and ((la.locktype = lb.locktype) and (la.relation is not distinct from lb.relation) and (la.tid is not distinct from lb.tid))
  join conflict c on (la.mode = c.mode1 and lb.mode = c.mode2) or (la.mode = c.mode2 and lb.mode = c.mode1)
  join pg_stat_activity blocked on blocked.pid = la.pid join pg_stat_activity blocking on blocking.pid = lb.pid
)
select blocked_pid, blocked_user, string_agg(blocking_pid::text, ', ' order by blocking_pid) as blocking_pids, max(lock_object) as lock_object from real_locks group by 1, 2;

-- compare: rows
SELECT x.* FROM pg_catalog.pg_am x ORDER BY x.amname DESC LIMIT 200 OFFSET 0;

-- compare: rows
select amname, count(*) from (SELECT x.* FROM pg_catalog.pg_am x WHERE (x.amname ilike '%tree%')) as z_q group by amname order by 2 desc, 1;

-- compare: rows
SELECT COUNT(*) FROM pg_catalog.pg_am dbvrcnt;

-- compare: rows
EXPLAIN (FORMAT XML, COSTS off) SELECT 1;

-- compare: rows
EXPLAIN (FORMAT YAML, COSTS off) SELECT 1;

-- compare: rows
EXPLAIN (FORMAT JSON, COSTS off) SELECT 1;
