select 1
select 'a', null, 1.5, 'b'::name
select oid, relname from pg_class
select c.* from pg_class c
select * from pg_class c, pg_namespace n where c.relnamespace = n.oid
select * from pg_class c join pg_namespace n on c.relnamespace = n.oid
select * from pg_am natural join pg_am b
select * from pg_am a join pg_am b using (oid)
select oid from pg_am a join pg_am b using (oid)
select oid, a.oid, b.oid from pg_am a full join pg_am b using (oid)
select * from pg_am a left join pg_am b using (oid, amname)
select * from pg_am a right join pg_am b using (oid)
select x.* from (pg_am a join pg_am b using (oid)) as x
select x.oid from pg_am a join pg_am b using (oid) as x
select x.* from pg_am a join pg_am b using (oid) as x
select x.amname from pg_am a join pg_am b using (oid) as x
select a.amname from (pg_am a join pg_am b using (oid)) as x
select * from (select oid, relname from pg_class) s
select * from (select oid, relname from pg_class) s(a)
select s.a, s.relname from (select oid, relname from pg_class) s(a)
select * from (select oid, relname from pg_class) s(a,b,c)
select * from (select 1)
select * from (values (1))
select * from (values (1,'a'),(2.5,null)) v
select * from (values (1,'a'),(2.5,null)) v(x,y)
values (1,'a'),(2,'b')
values (1,'a'),(2)
values (1),('x')
values (1),(2) order by column1 desc limit 1
values (1),(2) order by 1+column1
values (1),(2) order by column2
select tableoid, ctid, xmin, xmax, cmin, cmax from pg_class
select tableoid from pg_tables
select c.ctid from pg_class c
select ctid from (select 1 a) s
select c from pg_class c
select pg_class from pg_class
select (c).relname from pg_class c
select (c).* from pg_am c
select s from (select 1 a, 'x' b) s
select (s).a from (select 1 a, 'x' b) s
select (s).zz from (select 1 a, 'x' b) s
select (s).* from (select 1 a, 'x' b) s
select nosuch from pg_class
select c.nosuch from pg_class c
select relnam from pg_class
select c.relnam from pg_class c
select x.relname from pg_class c
select pg_class.relname from pg_class c
select d.oid from pg_class c, pg_namespace n
select oid from pg_class, pg_namespace
select * from nosuch
select * from pg_catalog.nosuch
select * from nosch.nosuch
select * from postgres.pg_catalog.pg_am
select * from other.pg_catalog.pg_am
select * from a.b.c.d
select * from pg_class, pg_class
select * from pg_class c, pg_am c
select * from pg_class a join pg_class a on true
select * from pg_class c join pg_am a on c.oid = b.oid
select * from pg_class c, pg_am a join pg_type t on t.oid = c.oid
select * from pg_class c, lateral (select c.relname) x
select * from pg_class c, (select c.relname) x
select * from pg_class c cross join lateral (select c.relname, c.oid::int8) x(a,b)
select * from pg_class c right join lateral (select c.relname) x on true
select * from pg_class c left join lateral (select c.relname) x on true
select * from generate_series(1,3)
select * from generate_series(1,3) g
select * from generate_series(1,3) g(x)
select g from generate_series(1,3) g
select g.g from generate_series(1,3) g
select * from generate_series(1,3) with ordinality
select * from generate_series(1,3) with ordinality as t(a,b)
select * from generate_series(1,3) with ordinality as t(a,b,c)
select * from rows from (generate_series(1,3), generate_series(1,2)) as t
select * from rows from (generate_series(1,3), unnest(array['a','b'])) with ordinality as t(a,b,c)
select * from unnest(array[1,2], array['a','b'])
select * from unnest(array[1,2], array['a','b']) u
select * from unnest(array[1,2]) with ordinality
select * from pg_get_keywords()
select word from pg_get_keywords() k
select k from pg_get_keywords() k
select (k).word from pg_get_keywords() k
select * from json_each('{"a":1}')
select * from jsonb_to_recordset('[]') as x(a int, b text)
select * from jsonb_to_recordset('[]') as x
select * from jsonb_to_recordset('[]')
select * from json_each('{}') as x(a int, b text)
select * from generate_series(1,2) as x(a int)
select * from current_date
select * from current_schemas(true) s
select * from version()
select * from upper('x') as u
select * from pg_class c, generate_series(1, c.relnatts) g
select * from generate_series(1, c.relnatts) g, pg_class c
select * from pg_options_to_table(array['a=b'])
select c.relname, x.* from pg_class c, aclexplode(c.relacl) x
select relname as x from pg_class order by x
select relname as x from pg_class order by relname
select relname as x, relkind as x from pg_class order by x
select relname from pg_class order by 1
select relname from pg_class order by 2
select relname from pg_class order by 0
select relname from pg_class order by -1
select relname from pg_class order by 'a'
select relname from pg_class order by 1.5
select relname from pg_class order by null
select relname from pg_class order by oid desc nulls last
select relname from pg_class order by oid using >
select relname from pg_class order by oid using +
select relname from pg_class order by oid using =
select relname from pg_class order by relacl
select '{}'::json j order by 1
select '{}'::json j order by j
select distinct '{}'::json j
select '{}'::json group by 1
select 'x' order by 1
select distinct 'x'
select distinct relname from pg_class order by oid
select distinct relname from pg_class order by relname
select distinct on (relkind) relname from pg_class order by relkind, relname
select distinct on (relkind) relname from pg_class order by relname
select distinct on (relkind, relname) relname from pg_class order by relname
select distinct on (relkind, relname) relname from pg_class order by relname, oid, relkind
select distinct on (1) relname from pg_class
select distinct on (3) relname from pg_class
select relkind, count(*) from pg_class group by relkind
select relkind, count(*) from pg_class group by 1
select relkind k, count(*) from pg_class group by k
select relkind, count(*) from pg_class
select count(*) from pg_class group by 2
select count(*) from pg_class group by 1
select relname, count(*) from pg_class group by relkind
select c.oid, relname, count(*) from pg_class c group by c.oid
select c.oid, relname, nspname from pg_class c join pg_namespace n on n.oid = relnamespace group by c.oid
select c.oid, relname, nspname from pg_class c join pg_namespace n on n.oid = relnamespace group by c.oid, n.oid
select c.relname from pg_class c group by c.oid, c.relkind
select tablename, count(*) from pg_tables group by schemaname
select relkind from pg_class having count(*) > 1
select relkind from pg_class group by relkind having count(*) > 1 order by count(*)
select relkind from pg_class group by relkind having relname = 'a'
select relkind from pg_class group by relkind order by relname
select 1 from pg_class having true
select relname from pg_class having true
select upper(relkind::text), count(*) from pg_class group by upper(relkind::text)
select upper(relkind::text) || 'x', count(*) from pg_class group by upper(relkind::text)
select lower(relkind::text), count(*) from pg_class group by upper(relkind::text)
select relkind, (select relname) from pg_class group by relkind
select relkind, (select max(relname)) from pg_class group by relkind
select relkind, (select c.relkind) from pg_class c group by relkind
select relkind, (select max(a.amname || c.relname) from pg_am a) from pg_class c group by relkind
select relkind, relpersistence, count(*), grouping(relkind), grouping(relkind, relpersistence) from pg_class group by rollup(relkind, relpersistence)
select relkind, relpersistence, count(*) from pg_class group by cube(relkind, relpersistence)
select relkind, relpersistence, count(*) from pg_class group by grouping sets ((relkind), (relpersistence), ())
select relkind, relname, count(*) from pg_class group by grouping sets ((relkind), (relpersistence), ())
select count(*) from pg_class group by ()
select relname from pg_class group by ()
select relkind, relpersistence from pg_class group by (relkind, relpersistence)
select relkind, relpersistence from pg_class group by relkind, rollup((relpersistence, relname), relnatts)
select grouping(relname) from pg_class group by relkind
select grouping(relkind) from pg_class
select count(*) from pg_class c group by cube(oid,relname,relkind,relnatts,relpages,relowner,relam,reltype,reloftype,relchecks,relacl,reloptions,relhasrules)
select count(*) from pg_class c group by cube(oid,relname,relkind,relnatts,relpages,relowner,relam), cube(oid,relname,relkind,relnatts,relpages,relowner,relam)
select * from pg_class where count(*) > 1
select * from pg_class a join pg_class b on count(a.oid) > 1
select sum(sum(relnatts)) from pg_class
select count(*) from pg_class limit count(*)
select relname from pg_class limit relnatts
select relname from pg_class limit 'a'
select relname from pg_class limit '5'
select relname from pg_class limit 1.5
select relname from pg_class limit true
select relname from pg_class offset relnatts
select relname from pg_class limit $1 offset $2
select relname from pg_class order by relname fetch first 3 rows with ties
select relname from pg_class fetch first 3 rows with ties
select relname from pg_class order by 1 fetch first null rows with ties
select row_number() over () from pg_class
select row_number() over (partition by relkind order by relname), rank() over w from pg_class window w as (order by oid)
select rank() over w from pg_class
select rank() over w from pg_class window w as (), w as ()
select rank() over (w partition by oid) from pg_class window w as (order by oid)
select rank() over (w order by oid) from pg_class window w as (order by oid)
select rank() over (w order by oid) from pg_class window w as (partition by relkind)
select sum(relnatts) over (w rows 1 preceding) from pg_class window w as (order by oid rows 2 preceding)
select sum(relnatts) over (order by oid rows between 1 preceding and unbounded following) from pg_class
select sum(relnatts) over (order by relpages range between 1 preceding and 2 following) from pg_class
select sum(relnatts) over (order by relpages range between '1' preceding and 2 following) from pg_class
select sum(relnatts) over (order by relname range between 1 preceding and 2 following) from pg_class
select sum(relnatts) over (range between 1 preceding and 2 following) from pg_class
select sum(relnatts) over (order by relpages, oid range between 1 preceding and 2 following) from pg_class
select sum(relnatts) over (groups 1 preceding) from pg_class
select sum(relnatts) over (order by oid rows relnatts preceding) from pg_class
select sum(relnatts) over (order by oid rows 'a' preceding) from pg_class
select sum(relnatts) over (order by relpages range 1.5 preceding) from pg_class
select sum(relnatts) over (order by now() range '1 day' preceding) from pg_class
select sum(relnatts) over (order by now() range 1 preceding) from pg_class
select count(*), rank() over (order by relname) from pg_class
select count(*), rank() over (order by count(*)) from pg_class group by relkind
select relkind, sum(count(*)) over () from pg_class group by relkind
select * from pg_class where rank() over () > 1
select rank() over (order by rank() over ()) from pg_class
select 1 union select 2
select 1 as a union select 2 as b
select 1 union select 'a'
select 'a' union select 'b'
select 1 union select 2.5
select null union select 1
select null union select null
select null union select null union select 1
select 1, 2 union select 1
select 1 union all select 2 order by 1
select 1 as a union all select 2 order by a desc
select 1 as a union all select 2 order by a + 1
select 1 as a union all select 2 order by b
select 1 as a union all select 2 order by 2
select 1 as a union all select 2 limit 1
select relname from pg_class union select amname from pg_am
select relname from pg_class union select 'x'
select relname from pg_class union select 'x'::text
select '{}'::json union select '{}'::json
select '{}'::json union all select '{}'::json
select 1 intersect select 2 except select 3
(select 1 order by 1) union (select 2.5 limit 1)
(select 'x' limit 1) union select 'y'::name
select distinct 1 union select 2.5
select 1 union (select 2 union select 3.5)
select relname::varchar(10) from pg_class union select 'a'::varchar(10)
select relname::varchar(10) from pg_class union select 'a'::varchar(11)
select 1 union select 2 for update
select 1 where true union select oid from pg_class
select $1 union select 1
select 1 as a union values (2)
values (1) union select 2.5
with a as (select 1 as x) select * from a
with a as (select 1 as x), b as (select x + 1 as y from a) select * from b, a
with a(p,q) as (select 1, 2) select p from a
with a(p,q,r) as (select 1, 2) select p from a
with a as (select 1), a as (select 2) select * from a
with a as (select * from b), b as (select 1) select * from a
with recursive a as (select * from b), b as (select 1 x) select * from a
with recursive a as (select * from b), b as (select * from a) select * from a
with recursive t(n) as (values (1) union all select n+1 from t where n < 5) select * from t
with recursive t(n) as (select 1 union all select n+1.5 from t) select * from t
with recursive t(n) as (select 'a' union all select n||'b' from t) select * from t
with recursive t(n) as (select 'a'::varchar(3) union all select n::varchar(3) from t) select * from t
with recursive t(n) as (select 'a'::varchar(3) union all select n::varchar(4) from t) select * from t
with recursive t(n) as (select n from t) select * from t
with recursive t(n) as (select n from t union select 1) select * from t
with recursive t(n) as (select 1 union select n from t intersect select 1) select * from t
with recursive t(n) as (select 1 union (select n from t except select n from t)) select * from t
with recursive t(n) as (select 1 union select a.n from t a, t b) select * from t
with recursive t(n) as (select 1 union select 2 where exists (select * from t)) select * from t
with recursive t(n) as (select 1 union select b.n from pg_class c left join t b on true) select * from t
with recursive t(n) as (select 1 union select n from t order by 1) select * from t
with recursive t(n) as (select 1 union select n from t limit 1) select * from t
with recursive t(n) as (select 1 union select count(n) from t) select * from t
with pg_class as (select 1 as z) select * from pg_class
with a as (select oid, relname from pg_class) select relname from a
with a as (select 1 as x) select (select x from a), (with a as (select 'q' as y) select y from a)
with a as (select 'x') select * from a
with t as (select relname from pg_class) select (select max(relname) from t), relname from t
select (select 1), (select 'a'), exists (select 1), array(select oid from pg_class)
select (select 1, 2)
select (select oid from pg_am where amname = c.relname) from pg_class c
select (select relname from pg_class)
select 1 in (select oid from pg_class)
select (1,2) in (select oid, relnatts from pg_class)
select (select a.oid from pg_am) from pg_class c
select * from pg_class c where exists (select 1 from pg_am where oid = c.relam)
select * from pg_class where oid in (select nosuch from pg_am)
select relname from pg_class for update
select distinct relname from pg_class for update
select count(*) from pg_class for update
select relkind from pg_class group by relkind for update
values (1) for update
select *
select t.* from pg_class c
select pg_class.*, 1 from pg_class
select pg_catalog.pg_class.relname from pg_class
select pg_catalog.pg_class.relname from pg_class c
select public.pg_class.relname from pg_class
select postgres.pg_catalog.pg_class.relname from pg_class
select other.pg_catalog.pg_class.relname from pg_class
select a.b.c.d.e from pg_class
table pg_am
select
select from pg_class
select distinct from pg_class
select * from pg_class c join pg_am a using (nosuch)
select * from pg_class c join pg_am a using (relname)
select * from pg_class c join pg_am a using (oid, oid)
select * from pg_class c join pg_type a on c.oid
select * from pg_class c join (select 1 a, 2 a) s using (a)
select a from (select 1 a, 2 a) s
select s.a from (select 1 a, 2 a) s
select * from (select 1 a, 2 a) s
select * from (pg_class c join pg_am a on true) j
select j.relname from (pg_class c join pg_am a on true) j
select j.oid from (pg_class c join pg_am a on true) j
select c.relname from (pg_class c join pg_am a on true) j
select j from (pg_am b join pg_am a using (oid)) j
select * from pg_am a natural join pg_class c
select * from pg_am a natural full join pg_class c
select oid from pg_am a natural full join pg_class c
select * from pg_am a natural join (select 'x' z) c
select * from (select oid::int8 as o from pg_am) a join (select oid as o from pg_am) b using (o)
select * from (select 1 as o) a join (select 2::int8 as o) b using (o)
select * from (select 1 as o) a full join (select 2::int8 as o) b using (o)
select * from (select 1 as o) a join (select 'a'::text as o) b using (o)
select generate_series(1,3)
select generate_series(1,3), generate_series(1,2) order by 1
select count(generate_series(1,3))
select generate_series(1,3) where generate_series(1,2) > 1
select coalesce(generate_series(1,3), 1)
select * from generate_series(1, generate_series(1,2))
select * from pg_class limit generate_series(1,2)
values (generate_series(1,2))
select $1
select $1, $2::int
select $2::int
select $1 + 1, $1
select $1::int, $1::text
select relname from pg_class where relname = $1 and oid = $2
select typname, typlen from pg_type t where t.typname = any($1)
select s.relname from (select * from pg_class) s
select r.relname from pg_class c, lateral (select c.relname) r
select relname, reltype from information_schema.tables
select table_name, is_insertable_into from information_schema.tables
select * from information_schema.columns
select * from pg_stat_activity
select * from pg_settings
select count(*) filter (where relkind = 'r') from pg_class
select array_agg(relname order by oid) from pg_class
select string_agg(relname, ',' order by relname desc) from pg_class
select percentile_cont(0.5) within group (order by relnatts) from pg_class
select c.relname as "A b", 1 as "?column?" from pg_class c
select relname::text from pg_class
select relname::varchar(5) from pg_class
select a.attname, t.typname from pg_attribute a join pg_type t on a.atttypid = t.oid where a.attrelid = 'pg_class'::regclass and attnum > 0 and not attisdropped order by attnum
select max(c.oid) from pg_class c group by relkind having max(c.relnatts) > 3 order by max(c.relname) desc
select case when relkind = 'r' then 'table' else 'x' end as kind, count(*) from pg_class group by kind
select relkind = 'r' as b, count(*) from pg_class group by b, relkind order by b
select relname, max(oid) over (partition by relkind) from pg_class group by relname
select x.a from (select 1) as x(a), (select 2) as y(a)
select a from (select 1) as x(a), (select 2) as y(a)
select relname from pg_class order by upper(relname)
select relname as r from pg_class order by upper(r)
select relname as oid from pg_class order by oid
select relname as relkind, count(*) from pg_class group by relkind
select sum(relnatts) as s from pg_class where s > 1
select sum(relnatts) as s from pg_class having s > 1
select oid as o from pg_class group by o having o > 1
select relname from pg_class where relname
select relname from pg_class where 1
select relname from pg_class where null
select relname from pg_class where 't'
select relname from pg_class where 'maybe'
select 1 having 1
select * from pg_class where (relname, oid) = (select relname, oid from pg_class limit 1)
select pg_class.relname from pg_class join pg_am on pg_class.relam = pg_am.oid
select pg_class.relname from pg_catalog.pg_class, information_schema.tables
select tables.table_name from information_schema.tables, (select 1 as tables) x
select * from pg_catalog.pg_tables, information_schema.tables
select a.oid, count(*) from pg_am a full join pg_am b using (oid) group by oid
select oid, count(*) from pg_am a full join pg_am b using (oid) group by oid
select oid, count(*) from pg_am a left join pg_am b using (oid) group by a.oid
select oid, count(*) from pg_am a right join pg_am b using (oid) group by a.oid
select oid, count(*) from pg_am a right join pg_am b using (oid) group by b.oid
select (c).relname from pg_class c group by relname
select c from pg_class c group by c
select c from pg_class c group by c.oid
select c.* from pg_class c group by c
select c.relname from pg_class c group by c
select c.ctid, count(*) from pg_class c group by c.oid
select c.ctid, count(*) from pg_class c group by relname
select count(*), c from pg_class c
select count(*), s from (select 1 a) s
select count(*), s.a + 1 from (select 1 a) s
select count(*) + relnatts from pg_class
select case when relnatts > 1 then count(*) end from pg_class
select count(*) from pg_class order by relname
select count(*) from pg_class order by count(*), relname
select relkind from pg_class group by relkind order by relkind || relname
select relkind, array(select relname) from pg_class group by relkind
select relkind, exists(select 1 from pg_am where amname = relname) from pg_class group by relkind
select 1 from pg_class c group by relkind having exists (select 1 from pg_am where amname = c.relname)
select relkind::text || 'a' from pg_class group by relkind::text || 'a' order by relkind::text || 'a'
select (select relkind::text || 'a') from pg_class group by relkind::text || 'a'
select sum(relnatts), (select sum(relnatts)) from pg_class
select (select sum(c.relnatts) from pg_am) from pg_class c
select (select sum(c.relnatts + a.oid::int) from pg_am a) from pg_class c
select relname, (select sum(c.relnatts) from pg_am) from pg_class c
select * from pg_class c where (select sum(c.relnatts) from pg_am) > 1
select (select count(*) from pg_am having count(c.relnatts) > 1) from pg_class c
select relkind from pg_class group by relkind, 1
select relkind from pg_class group by 1, relkind
select 1 as relkind, relkind from pg_class group by relkind
select relname as a, oid as a from pg_class group by a
select relname as a, relname as a from pg_class group by a
select relname as a, relname as a from pg_class order by a
select relname from pg_class group by nosuch
select relname from pg_class group by 'x'
select relname from pg_class group by 1.5
select relname from pg_class group by null
select relname, 'x' from pg_class group by 1, 2
select relname, $1 from pg_class group by 1, 2
select relname, rank() over () from pg_class group by 1, 2
select relname, rank() over () r from pg_class group by r
select count(*) c from pg_class group by c
select distinct on (count(*)) relkind from pg_class group by relkind
select distinct relkind, count(*) from pg_class group by relkind order by count(*)
select distinct relkind from pg_class group by relkind order by count(*)
select distinct on (relname) relname, oid from pg_class order by relname, 2
select distinct on ('x') relname from pg_class
select distinct on (nosuch) relname from pg_class
select distinct on (relname, relname) relname from pg_class order by relname
select distinct on (upper(relname)) relname from pg_class order by upper(relname)
select relname from pg_class order by relname, relname desc
select oid, oid from pg_class order by oid
select oid as x, relnatts as oid from pg_class order by oid
select oid as x, relnatts as oid from pg_class order by pg_class.oid
select oid as x, relnatts as oid from pg_class order by -oid
select row_number() over (order by relname) as n from pg_class order by n
select row_number() over (order by relname) as n from pg_class where n = 1
select row_number() over (order by n) as n from pg_class
select row_number() over (order by 1), row_number() over (order by 'x') from pg_class
select row_number() over (partition by 'x' order by null) from pg_class
select rank() over (order by '{}'::json) from pg_class
select rank() over (partition by '{}'::json) from pg_class
select rank() over (order by relkind) from pg_class group by relname
select rank() over (partition by relkind) from pg_class group by relkind
select rank() over w from pg_class group by relkind window w as (order by relname)
select 1 from pg_class window w as (order by nosuch)
select 1 from pg_class window w as (order by relname), w2 as (w rows current row)
select sum(1) over w2 from pg_class window w as (order by relname), w2 as (w rows current row), w3 as (w2 groups current row)
select sum(1) over (w) from pg_class window w as (order by relname)
select sum(1) over (w2) from pg_class window w as (order by relname)
select sum(1) over (rows between '1' preceding and $1 following) from pg_class
select sum(1) over (order by relname groups between 1 preceding and 1 following) from pg_class
select sum(1) over (order by oid range 1 preceding) from pg_class
select sum(1) over (order by oid::int8 range 1 preceding) from pg_class
select sum(1) over (order by oid::int8 range 1::int2 preceding) from pg_class
select sum(1) over (order by 1.5 range 1 preceding) from pg_class
select sum(1) over (order by 1.5::float4 range 1 preceding) from pg_class
select sum(1) over (order by current_date range '1 day' preceding) from pg_class
select sum(1) over (order by current_date range interval '1 day' preceding) from pg_class
select sum(1) over (order by current_time range interval '1 day' preceding exclude ties) from pg_class
select * from pg_class c, lateral (select * from pg_am a where a.oid = c.relam) x
select * from pg_class c, lateral (select * from pg_am a where a.oid = d.relam) x
select * from pg_class c left join lateral (select c.relname as n limit 1) x on x.n = c.relname
select * from pg_class c full join lateral (select c.relname as n limit 1) x on x.n = c.relname
select * from (select relname) x, pg_class
select * from lateral (select relname) x, pg_class
select * from pg_class c join (pg_am a join pg_type t on t.oid = c.oid) on true
select * from pg_class c join lateral (select c.oid) x on x.oid = c.oid join pg_am a on a.oid = x.oid
select * from pg_class c, unnest(c.relacl) u(x)
select * from pg_class c left join unnest(c.relacl) u(x) on true
select * from pg_class c right join unnest(c.relacl) u(x) on true
select * from pg_class c, lateral unnest(c.relacl) with ordinality u(x, n)
select u.* from pg_class c, rows from (unnest(c.relacl), unnest(c.reloptions)) u
select * from rows from (jsonb_to_record('{}') as (a int, b text), generate_series(1,2)) x
select * from rows from (jsonb_to_record('{}') as (a int, b text), generate_series(1,2)) x(p,q,r)
select * from jsonb_populate_record(null::pg_am, '{}')
select x.amname from jsonb_populate_record(null::pg_am, '{}') x
select x from jsonb_populate_record(null::pg_am, '{}') x
select x from generate_series(1,3) with ordinality x
select x from unnest(array[1,2]) x
select x from json_each('{}') x
select (x).key from json_each('{}') x
select x.key, x.value from json_each('{}') x
select x.k from json_each('{}') x(k)
select (x).k from json_each('{}') x(k)
select * from regexp_matches('a','b')
select * from regexp_split_to_table('a','b') with ordinality
select * from string_to_table('a,b', ',') as t(x)
select * from pg_input_file('x')
select * from abs(1), upper('x')
select * from count(1)
select * from rank()
select * from coalesce(1,2)
select * from (select 1 as a) x, coalesce(x.a, 2) y
select * from localtimestamp as t
select * from cast(1 as int8) as t
select * from jsonb_array_elements('[1]') e, jsonb_array_elements(e.value)
select * from jsonb_array_elements('[1]') e, jsonb_array_elements(e)
select current_user, session_user, current_date, current_schema
select x.* from (values (1, 'a')) x(n)
select x.n, x.column2 from (values (1, 'a')) x(n)
select * from (values (1, 'a'), (null, null)) x
select * from (values (null), (null)) x
select * from (values ('a'), ('b')) x
select * from (values ('a'), ('b'::name)) x
select * from (values (1), (1.5), ('2')) x
select * from (values (1::int2), (1::int8)) x
select * from (values ('a'::varchar(3)), ('b'::varchar(3))) x
select * from (values ('a'::varchar(3)), ('b'::varchar(4))) x
select * from (values (array[1]), ('{2}')) x
select * from (values (1, 2), (3)) x
values ((select 1)), (2)
values ($1), (2)
values ($1), ($2)
values (relname)
values (count(*))
values (rank() over ())
select * from pg_am, (values (amname)) x
select * from pg_am, lateral (values (amname)) x
with a as (values (1), (2)) select * from a
with a as (select 1 as x union select 2) select x from a order by 1
with a as (select relname, 'x' from pg_class) select * from a
with a as (select * from pg_class) select a from a
with a as (select * from pg_class) select a.tableoid from a
with a as (select 1 x) select * from a a1, a a2 where a1.x = a2.x
with a as (select 1 x) select * from public.a
with a as (select 1 x) select * from (with a as (select 2 y) select * from a) b, a
with recursive a as (select 1 x) select * from a
with recursive t(a, b) as (select 1, 'x' union all select a + 1, b || 'y' from t) select * from t
with recursive t(a) as (select 1 union all select a + 1 from t where a < (select 5)) select a as q from t where a > 2
with recursive t(a) as (select 1 union all select * from (select a + 1 from t) s) select * from t
with recursive t(a) as (select 1 union all (with u as (select * from t) select a + 1 from u)) select * from t
with recursive t as (select oid, relname from pg_class union all select c.oid, c.relname from pg_class c join t on t.oid = c.relam) select * from t
with recursive t(a) as (select null union all select a from t) select * from t
with recursive t(a) as (select 1 union all select a, 2 from t) select * from t
with recursive t(a) as (select 1::numeric(5,2) union all select a + 1 from t) select * from t
with recursive t(a,b) as (select 1 union all select a from t) select * from t
with recursive t(a) as (select 1 union all select a from t group by a) select * from t
with recursive t(a) as (select 1 intersect select a from t) select * from t
with recursive t(a) as (select 1 union all select a from t for update) select * from t
with recursive t(a) as (select 1 union all select a from t offset 1) select * from t
with recursive a as (select 1), a as (select 2) select * from a
with a as (select 1 as x) select x from a union select 'q' from a
with a as (select 1 as x) (select x from a) order by x
(with a as (select 1 as x) select x from a) order by x
(select 1 as x order by x) limit 1
((select 1 as x)) union ((select 2)) order by x
select 1 as x union (select 2 as y order by y limit 1) order by x
select * from (select 1 union select 'x') s
select * from (select 1 a union select 2.5) s, (select 'x' b union all select null) t
select relname, oid from pg_class union select amname, oid from pg_am order by 2, relname
select relname from pg_class union select amname from pg_am order by pg_class.relname
select relname from pg_class union select amname from pg_am order by amname
select relname from pg_class union select amname from pg_am order by relname || 'x'
select relname from pg_class union select amname from pg_am limit relname
select null::json union all select null order by 1
select row(1,2) union select row(3,4)
select array[1] union select '{2}'
select 1::int2 union select 2::int4 union all select 3::int8
select 'a'::name union select 'b'::text
select 'a'::char(3) union select 'b'::varchar(4)
select 1::numeric(5,2) union select 2::numeric(5,2)
select 1::numeric(5,2) union select 2::numeric(6,2)
select now() union select '2020-01-01'
select now() union select 'xx'
select '2020-01-01' union select now()
select current_date union select now()
select true union select 1
select relkind from pg_class union select 'x'::text order by 1
select * from pg_am union select * from pg_am
select * from pg_am union select oid from pg_am
select from pg_am union select from pg_am
select distinct relkind from pg_class union all select 'x'
select $1::int union select $2
select generate_series(1,2) union select 3
select count(*) from pg_am union select 1.5
select relname x from pg_class intersect all select amname from pg_am except all select 'pg_am'
select pg_catalog.pg_class.oid from pg_class
select pg_am.oid, pg_class.oid from pg_am, pg_class
select oid.oid from pg_class
select pg_clas.oid from pg_class
select pg_clas.oi from pg_class
select relnames from pg_class
select amnam from pg_am a, pg_am b
select amnam from pg_am a, pg_am b, pg_am c
select a.amnames from pg_am a, pg_am b
select xmin2 from pg_am
select x.xmin from pg_am x
select x.xmin from (select * from pg_am) x
select relname from pg_am, lateral (select relname from pg_class) c
select relname from pg_am where exists (select 1 from pg_class)
select relname from pg_am where exists (select 1 from pg_class where amname = relnam)
select c.relname from pg_am where exists (select 1 from pg_class c)
select pg_class.relname from pg_am where exists (select 1 from pg_class c where pg_class.oid = 1)
select * from pg_am a where a.oid = (select oid from pg_class where a.oid = oid and b.oid = 1)
select a.* from pg_am a join pg_class b on true
select a.*, b.* from pg_am a, pg_am b
select b.* from pg_am a
select pg_catalog.a.* from pg_am a
select pg_catalog.pg_am.* from pg_am
select row(a.*) from pg_am a
select row(a.*, 1), count(a.*), count(a) from pg_am a group by a.oid
select count(*), count(a.*) from pg_am a
select (select a) from pg_am a
select (select a.*) from pg_am a
select array(select a from pg_am a)
select to_json(a) from pg_am a
select row_to_json(x) from (select 1 a, 2 b) x
select a = b from pg_am a, pg_am b
select a is null from pg_am a
select (a).amname, (b).nosuch from pg_am a, pg_am b
select a.nosuch from pg_am a
select a.text from pg_am a
select amname.text from pg_am
select a.oid.x from pg_am a
select (a.oid).x from pg_am a
select nosuch(a) from pg_am a
select amname(a) from pg_am a
select a from pg_am as b(a)
select b.a, b.amname from pg_am as b(a)
select oid from pg_am as b(a)
select (b).oid from pg_am as b(a)
select * from pg_am as b(a,b,c,d,e)
select * from pg_am as b(a,a)
select a from pg_am as b(a,a)
select relname from only pg_class
select relname from pg_class *
select typname::regtype, 'pg_class'::regclass from pg_type
select 'nosuch'::regclass
select atttypid::regtype from pg_attribute where attrelid = 'pg_class'::regclass
select limit 5
select 1 limit null
select 1 limit all
select 1 offset null
select 1 offset '1' rows
select 1 limit 1 + 1 offset 1.4
select 1 fetch first row only
select 1 fetch first (1+1) rows only
select relname from pg_class order by relkind fetch first 2 rows with ties
select relname from pg_class limit (select 1)
select relname from pg_class limit (select relnatts)
select relname from pg_class c where oid > all (select oid from pg_am where c.relam = oid)
select 1 from pg_class where relname in ('a', 'b') and oid in (1, 2) or relkind = any('{r,v}')
select coalesce(relname, 'x'), nullif(relkind, 'r'), greatest(oid, 1) from pg_class
select relname from pg_class tablesample system (10)
select * from information_schema.sql_features where feature_id = 'x'
select feature_id from information_schema.sql_features
select column_name, data_type, ordinal_position from information_schema.columns order by ordinal_position
select t.table_name, c.column_name from information_schema.tables t join information_schema.columns c using (table_schema, table_name)
select table_schema, t.table_schema from information_schema.tables t join information_schema.columns c using (table_schema, table_name)
select * from information_schema.tables natural join information_schema.views
select * from trigger_in('x')
select * from set_config('a.b', 'c', false)
select * from pg_sleep(0)
select 1 order by true
select distinct on (false) 1 order by false
select 1 group by true
select percentile_cont(array_agg(0.5::float8)) within group (order by 1::float8) from generate_series(1, 2)
select (select percentile_cont(max(a.x)) within group (order by b.x) from (values (1.0::float8)) b(x)) from (values (0.5::float8)) a(x)
