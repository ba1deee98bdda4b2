-- origin: written in the manner of DataGrip's introspection of PostgreSQL (what was changed since, by xmin; OIDs as bigint; arrays as text), which could not be run here

-- compare: columns
select case when pg_catalog.pg_is_in_recovery() then null else (pg_catalog.txid_current() % 4294967296)::varchar::bigint end as current_txid;

-- compare: columns
select L.transactionid::varchar::bigint as transaction_id from pg_catalog.pg_locks L where L.transactionid is not null order by pg_catalog.age(L.transactionid) desc limit 1;

-- compare: columns
select N.oid::bigint as id, N.datname as name, D.description, N.datistemplate as is_template, N.datallowconn as allow_connections, pg_catalog.pg_get_userbyid(N.datdba) as "owner"
from pg_catalog.pg_database N left join pg_catalog.pg_shdescription D on N.oid = D.objoid
order by case when N.datname = pg_catalog.current_database() then -1::bigint else N.oid::bigint end;

-- compare: columns
select N.oid::bigint as id, N.xmin as state_number, N.nspname as name, D.description, pg_catalog.pg_get_userbyid(N.nspowner) as "owner"
from pg_catalog.pg_namespace N left join pg_catalog.pg_description D on N.oid = D.objoid and D.classoid = 'pg_catalog.pg_namespace'::regclass
order by case when N.nspname = pg_catalog.current_schema() then -1::bigint else N.oid::bigint end;

-- compare: columns
select R.oid::bigint as role_id, rolname as role_name, rolsuper is_super, rolinherit is_inherit, rolcreaterole can_createrole, rolcreatedb can_createdb, rolcanlogin can_login,
  rolreplication is_replication, rolconnlimit conn_limit, rolvaliduntil valid_until, rolbypassrls bypass_rls, rolconfig config, D.description
from pg_catalog.pg_roles R left join pg_catalog.pg_shdescription D on D.objoid = R.oid;

-- compare: columns
select member id, roleid role_id, admin_option from pg_catalog.pg_auth_members order by id, roleid::text;

-- compare: columns
select T.oid::bigint as id, T.spcname as name, T.xmin as state_number, pg_catalog.pg_get_userbyid(T.spcowner) as owner, pg_catalog.pg_tablespace_location(T.oid) as location, T.spcoptions as options, D.description as comment
from pg_catalog.pg_tablespace T left join pg_catalog.pg_shdescription D on D.objoid = T.oid;

-- compare: columns
select T.oid as object_id, T.spcacl as acl from pg_catalog.pg_tablespace T union all select T.oid as object_id, T.datacl as acl from pg_catalog.pg_database T;

-- compare: rows
select pg_catalog.pg_encoding_to_char(6) as enc, pg_catalog.has_schema_privilege('pg_catalog', 'usage, create') as usable, pg_catalog.pg_get_userbyid(10) is not null as known;

-- compare: rows
-- parameters: ["11"]
select T.relkind as table_kind, T.relname as table_name, T.oid as table_id, T.xmin::varchar::bigint > 0 as has_state, false as table_with_oids, T.reltablespace as tablespace_id, T.reloptions as options, T.relpersistence as persistence,
  (select pg_catalog.array_agg(inhparent::bigint order by inhseqno)::varchar from pg_catalog.pg_inherits where T.oid = inhrelid) as ancestors,
  (select pg_catalog.array_agg(inhrelid::bigint order by inhrelid)::varchar from pg_catalog.pg_inherits where T.oid = inhparent) as successors,
  T.relispartition as is_partition, pg_catalog.pg_get_partkeydef(T.oid) as partition_key, pg_catalog.pg_get_expr(T.relpartbound, T.oid) as partition_expression, T.relam am_id
from pg_catalog.pg_class T where relnamespace = $1::oid and relkind in ('r', 'm', 'v', 'f', 'p') order by table_kind, table_id;

-- compare: rows
with T as (
  select T.oid as table_id, T.relname as table_name from pg_catalog.pg_class T where T.relnamespace = 11 and T.relkind in ('r', 'm', 'v', 'f', 'p') and T.relname in ('pg_am', 'pg_views')
)
select T.table_id, C.attnum as column_position, C.attname as column_name, C.xmin::varchar::bigint > 0 as has_state, C.atttypmod as type_mod, C.attndims as dimensions_number,
  pg_catalog.format_type(C.atttypid, C.atttypmod) as type_spec, C.atttypid as type_id, C.attnotnull as mandatory, pg_catalog.pg_get_expr(D.adbin, T.table_id) as column_default_expression,
  not C.attislocal as column_is_inherited, C.attfdwoptions as options, C.attisdropped as column_is_dropped, C.attidentity as identity_kind, C.attgenerated as generated
from T join pg_catalog.pg_attribute C on T.table_id = C.attrelid
left join pg_catalog.pg_attrdef D on (C.attrelid, C.attnum) = (D.adrelid, D.adnum)
where attnum > 0 order by table_id, attnum;

-- compare: rows
select tab.oid table_id, tab.relkind table_kind, ind_stor.relname index_name, ind_head.indexrelid index_id, ind_head.indisunique is_unique, ind_head.indisprimary is_primary, ind_head.indnullsnotdistinct nulls_not_distinct,
  pg_catalog.pg_get_expr(ind_head.indpred, ind_head.indrelid) as condition,
  (select pg_catalog.array_agg(inhparent::bigint order by inhseqno)::varchar from pg_catalog.pg_inherits where ind_stor.oid = inhrelid) as ancestors, opcmethod as access_method_id
from pg_catalog.pg_class tab join pg_catalog.pg_index ind_head on ind_head.indrelid = tab.oid
join pg_catalog.pg_class ind_stor on tab.relnamespace = ind_stor.relnamespace and ind_stor.oid = ind_head.indexrelid
left join pg_catalog.pg_opclass on pg_opclass.oid = ANY(indclass)
where tab.relnamespace = 11 and tab.relkind in ('r', 'm', 'v', 'p') and ind_stor.relkind in ('i', 'I') and tab.relname = 'pg_proc';

-- compare: rows
select ind_head.indexrelid index_id, k col_idx, k <= indnkeyatts in_key, ind_head.indkey[k-1] column_position, ind_head.indoption[k-1] column_options, ind_head.indcollation[k-1] as collation,
  colln.nspname as collation_schema, collname as collation_str, ind_head.indclass[k-1] as opclass, case when opcdefault then null else opcn.nspname end as opclass_schema,
  case when opcdefault then null else opcname end as opclass_str,
  case when indexprs is null then null when ind_head.indkey[k-1] = 0 then chr(27) || pg_catalog.pg_get_indexdef(ind_head.indexrelid, k::int, true) else pg_catalog.pg_get_indexdef(ind_head.indexrelid, k::int, true) end as expression,
  amcanorder can_order
from pg_catalog.pg_index ind_head
join pg_catalog.pg_class ind_stor on ind_stor.oid = ind_head.indexrelid
cross join unnest(ind_head.indkey) with ordinality u(u, k)
left join pg_catalog.pg_collation on pg_collation.oid = ind_head.indcollation[k-1]
left join pg_catalog.pg_namespace colln on collnamespace = colln.oid
cross join pg_catalog.pg_indexam_has_property(ind_stor.relam, 'can_order') amcanorder
left join pg_catalog.pg_opclass on pg_opclass.oid = ind_head.indclass[k-1]
left join pg_catalog.pg_namespace opcn on opcnamespace = opcn.oid
where ind_stor.relnamespace = 11 and ind_stor.relname like 'pg_proc%' order by index_id, k;

-- compare: rows
select T.oid table_id, relkind table_kind, C.oid::bigint con_id, conname con_name, contype con_kind, conkey con_columns, conindid index_id, confrelid ref_table_id, condeferrable is_deferrable, condeferred is_init_deferred,
  confupdtype on_update, confdeltype on_delete, connoinherit no_inherit, pg_catalog.pg_get_expr(conbin, T.oid) con_expression, confkey ref_columns, conexclop::int[] excl_operators,
  array(select unnest::regoper::varchar from unnest(conexclop)) excl_operators_str
from pg_catalog.pg_constraint C join pg_catalog.pg_class T on C.conrelid = T.oid
where relkind in ('r', 'v', 'f', 'p') and relnamespace = 11 and contype in ('p', 'u', 'f', 'c', 'x') and T.relname in ('pg_class', 'pg_proc') order by con_id;

-- compare: rows
with languages as (select oid as lang_oid, lanname as lang from pg_catalog.pg_language),
routines as (
  select proname as r_name, prolang as lang_oid, oid as r_id, proargnames as arg_names, proargmodes as arg_modes, proargtypes::int[] as in_arg_types, proallargtypes::int[] as all_arg_types,
    pg_catalog.pg_get_expr(proargdefaults, 0) as arg_defaults, provariadic as arg_variadic_id, prorettype as ret_type_id, proretset as ret_set, prokind as kind, provolatile as volatile_kind,
    proisstrict as is_strict, prosecdef as is_security_definer, proconfig as configuration_parameters, procost as cost, pg_catalog.pg_get_userbyid(proowner) as "owner", prorows as rows, proleakproof as is_leakproof, proparallel as concurrency_kind
  from pg_catalog.pg_proc where pronamespace = 11 and not (prokind = 'a') and proname like 'pg_get_%'
)
select * from routines natural join languages;

-- compare: rows
select P.oid as aggregate_id, P.proname as aggregate_name, P.proargnames as arg_names, P.proargmodes as arg_modes, P.proargtypes::int[] as in_arg_types, P.proallargtypes::int[] as all_arg_types,
  A.aggtransfn::oid as transition_function_id, A.aggtransfn::regproc::text as transition_function_name, A.aggtranstype as transition_type, A.aggfinalfn::oid as final_function_id,
  case when A.aggfinalfn::oid = 0 then null else A.aggfinalfn::regproc::varchar end as final_function_name, case when A.aggfinalfn::oid = 0 then 0 else P.prorettype end as final_return_type,
  A.agginitval as initial_value, A.aggsortop as sort_operator_id, case when A.aggsortop = 0 then null else A.aggsortop::regoper::varchar end as sort_operator_name, A.aggfinalextra as final_extra, A.aggtransspace as state_size, A.aggkind as kind
from pg_catalog.pg_aggregate A join pg_catalog.pg_proc P on A.aggfnoid = P.oid where P.pronamespace = 11 and P.proname in ('max', 'percentile_cont', 'string_agg') order by P.oid;

-- compare: rows
select O.oid as op_id, O.oprname as op_name, O.oprkind as op_kind, O.oprleft as arg_left_type_id, O.oprright as arg_right_type_id, O.oprresult as arg_result_type_id, O.oprcode as func_main, O.oprrest as func_restr, O.oprjoin as func_join,
  O.oprcom::oid as com_id, O.oprcom::regoper as com, O.oprnegate::regoper::varchar as neg, O.oprcanmerge as merges, O.oprcanhash as hashes
from pg_catalog.pg_operator O where oprnamespace = 11 and O.oid < 200 order by op_id;

-- compare: rows
select O.amopopr as op_id, F.oid::bigint as family_id, O.amopopr::regoperator::varchar as op_sig, O.amopstrategy as strategy, O.amoppurpose = 'o' as for_order, F.opfname as sort_family from pg_catalog.pg_amop O
left join pg_opfamily F on O.amopfamily = F.oid left join pg_depend D on D.classid = 'pg_amop'::regclass and O.oid = D.objid and D.objsubid = 0 left join pg_opclass C on D.refclassid = 'pg_opclass'::regclass and C.oid = D.refobjid and D.refobjsubid = 0
where F.opfnamespace = 11 and F.opfmethod = 403 and F.opfname = 'integer_ops' order by C.oid, F.oid, O.amopopr;

-- compare: rows
select T.oid as type_id, T.typname as type_name, T.typtype as type_sub_kind, T.typcategory as type_kind, T.typrelid as class_id, T.typbasetype as base_type_id,
  case when T.typtype in ('c', 'e') then null else pg_catalog.format_type(T.typbasetype, T.typtypmod) end as type_def, T.typndims as dimensions_number, T.typdefault as default_expression, T.typnotnull as mandatory
from pg_catalog.pg_type T where T.typnamespace = 11 and (T.typtype in ('d', 'e') or exists(select 1 from pg_catalog.pg_class C where C.oid = T.typrelid and C.relkind = 'c') or (T.typtype = 'p' and T.typisdefined) or T.typcategory = 'U' or T.typname in ('int4', 'text')) order by 1;

-- compare: columns
select T.relkind as view_kind, T.oid as view_id, pg_catalog.pg_get_viewdef(T.oid, true) as source_text from pg_catalog.pg_class T where T.relnamespace = 11 and T.relkind in ('m', 'v') and T.relname in ('pg_views', 'pg_roles', 'pg_locks') order by T.relname;

-- compare: rows
select D.objoid id, C.relkind::char as kind, D.objsubid sub_id, D.description from pg_catalog.pg_description D join pg_catalog.pg_class C on D.objoid = C.oid where D.classoid = 'pg_catalog.pg_class'::regclass and C.relkind not in ('i', 'I') and C.relnamespace = 11
union all select T.oid id, 'T'::char as kind, 0 sub_id, D.description from pg_catalog.pg_type T join pg_catalog.pg_description D on D.objoid = T.oid where T.typnamespace = 11 and D.classoid = 'pg_catalog.pg_type'::regclass
union all select D.objoid id, pg_catalog.translate(P.prokind, 'pfaw', 'RRaw')::char as kind, 0 sub_id, D.description from pg_catalog.pg_proc P join pg_catalog.pg_description D on P.oid = D.objoid where P.pronamespace = 11 and P.proname like 'pg_ls%' and D.classoid = 'pg_catalog.pg_proc'::regclass;

-- compare: columns
select T.oid as object_id, T.relacl as acl from pg_catalog.pg_class T where relnamespace = 11 and relkind in ('r', 'm', 'v', 'f', 'p') union all select T.oid as object_id, T.proacl as acl from pg_catalog.pg_proc T where pronamespace = 11 order by object_id;

-- compare: columns
select D1.objid as dependent_id, D1.objsubid as dependent_sub, D1.refclassid::regclass as class, D1.refobjid as owner_id, D1.deptype from pg_depend D1 where D1.classid = 'pg_class'::regclass and D1.deptype in ('a', 'i') and not exists (select 1 from pg_depend D2 where D2.objid = D1.objid and D2.deptype = 'e') limit 10;
