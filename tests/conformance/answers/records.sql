(information_schema._pg_expandarray(array[1,2]))
information_schema._pg_expandarray(array['a',null])
(information_schema._pg_expandarray(array[1.5,2])).x, (information_schema._pg_expandarray(array[1.5,2])).n
(information_schema._pg_expandarray(array[true])).*
x.x, x.n from information_schema._pg_expandarray(array['a'::name,'b']) x
information_schema._pg_expandarray('{1}')
x from information_schema._pg_expandarray(array[2,1]) x order by x
to_json(t), t::text, format('%s', t), concat(t, null) from pg_am t order by oid
json_agg(t order by oid), array_agg(t order by oid)::text, to_jsonb(array_agg(t order by oid)) from pg_am t
((array_agg(t order by oid))[1]).amhandler, pg_typeof(t), pg_typeof(array_agg(t)) from pg_am t group by t order by 1
md5(string_agg(t::text, ',' order by t.oid)), md5(string_agg(to_jsonb(t)::text, ',' order by t.oid)) from pg_type t where t.oid < 10000
u.amname, u.amhandler from unnest((select array_agg(t order by oid) from pg_am t)) u
row('int4'::regtype, array['pg_class'::regclass], row('boolin'::regproc)), concat(row('int4'::regtype), 'pg_class'::regclass)
array[row('int4'::regtype)], array_to_string(array[row('int4'::regtype)], ','), to_jsonb(row('int4'::regtype)), row('int4'::regtype)::text
array_agg(c.table_name)::text, to_json(array_agg(c.table_name)) from information_schema.tables c where c.table_name = 'pg_class'
pg_get_function_sqlbody('information_schema._pg_char_max_length'::regproc), pg_get_function_sqlbody('boolin'::regproc), pg_get_function_sqlbody(1)
