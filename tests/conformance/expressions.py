"""Expressions over the columns of one table, good and bad, to be described by PostgreSQL and by the binder."""

from typing import Final

CONSTANTS: Final = """
1
-1
- -1
-(1)
+1
2147483647
2147483648
-2147483648
-2147483649
9223372036854775807
9223372036854775808
-9223372036854775808
1.5
1e3
.5
'a'
null
true
B'101'
X'1F'
B'12'
X'1G'
'1'::int
int '1'
cast('1' as bigint)
'x'::int
i + 'x'
date 'nonsense'
'2020-01-01'::timestamp(2)
interval '1' day
interval '1' year to month
interval '1 day'
interval(3) '1.23456 s'
interval '3' minute
numeric(5,2) '1'
'abc'::char
'abc'::char(2)
'abc'::varchar(2)
'abc'::bpchar
'a'::"char"
'a'::name
'{1,2}'::int[]
'{1,x}'::int[]
'{a,b}'::varchar(3)[]
'[1,2)'::int4range
'pg_class'::regclass
'nothing'::regclass
'int4'::regtype
'nothing'::regtype
'pg_catalog'::regnamespace
'nothing'::regnamespace
'nothing'::regproc
'nothing'::regrole
'{}'::jsonb
'{'::jsonb
'1 2'::oidvector
't'::bool
'maybe'::bool
'x'::nothing
'x'::public.nothing
'x'::nowhere.nothing
'x'::nothing[]
1::varchar(0)
1::numeric(0)
1::numeric(3,2000)
1::numeric(1,2,3)
1::text(3)
1::int4(3)
1::varchar(10485761)
1::timestamp(3)
"""

CASTS: Final = """
i::text
i::bigint
i::smallint
b::int
i::numeric(4,1)
n::numeric
n::numeric(10,2)
n::int
x::int
x::varchar(5)
v::varchar(5)
v::varchar(3)
v::varchar
v::text
c::char(3)
c::text
c::varchar(2)
nm::text
x::name
ch::text
ch::int
i::"char"
bo::int
i::bool
b::bool
bo::text
d::timestamp
ts::date
tz::date
tz::timestamptz(3)
tz::timestamptz
ts::time
d::int
i::date
iv::time
u::text
x::uuid
u::int
j::jsonb
jb::text
jb::int
jb::numeric
j::int
o::int
o::bigint
i::oid
o::regclass
rc::oid
rc::text
rc::int
x::regclass
ia::bigint[]
ia::text[]
ia::text
ta::int[]
ta::varchar(2)[]
va::text[]
va::varchar(5)[]
i2::int[]
i2::int2[]
i2::text
ov::oid[]
ia::int2vector
ia::int
bi::int
bi::bit(2)
i::bit(8)
rg::text
text(i)
text(v)
int4(n)
int8('5')
date(ts)
varchar(x)
numeric(i)
name(x)
oid('5')
float8(i)
bool(i)
jsonb('{}')
text(row(1))
row(1,2)::text
row(1,2)::record
null::record
i::information_schema.cardinal_number
x::information_schema.sql_identifier
i::information_schema.nothing
x::anyelement
1::void
cast(i as t)
row(1)::int
i::int[]
array[1]::int
"""

OPERATORS: Final = """
i + i
i + b
s + i
s + s
i + n
i + f
r + f
r + i
n + f
i / 2
i % 2
b % i
n % 2
f % 2
i ^ 2
2 ^ 3
|/ 4
@ -5
- i
- x
+ f
~ i
! i
i & 3
i << 2
i # 3
x || x
x || 'a'
x || 1
1 || 2
1 || 'a'
'a' || 'b'
x || nm
nm || nm
v || c
ia || 1
1 || ia
ia || ia
ia || '{1}'
ia || 'x'
ta || 'x'
ta || x
ia || ta
ia || b
jb || jb
jb || '{}'
j || j
x + 1
'1' + '2'
'1' + 2
1 + null
null + null
d + 1
d - d
d - 1
d + iv
ts - ts
ts + iv
ts + '1 day'
ts - '2020-01-01'
tz - iv
tm + iv
d + tm
iv * 2
2 * iv
iv / 2
now() - d
x = 'a'
x = v
x = c
x = nm
c = v
nm = 'a'
nm = x
ch = 'r'
ch = x
i = '1'
i = 'x'
i = x
i = bo
i = n
o = 1
o = i
o = b
o = '1'
o = rc
rc = 'pg_class'
rc = 'nothing'
o = 'pg_class'
rc = x
d = ts
ts = tz
d = '2020-01-01'
d > now()
u = 'x'
u = '00000000-0000-0000-0000-000000000000'
j = j
jb = jb
jb = '1'
bo = 't'
bo > false
bo = 1
ia = '{1}'
ia = ta
ia @> '{1}'
ia && array[1]
ta @> array['a']
ta @> array['a'::varchar]
j -> 'a'
j ->> 'a'
j -> 0
jb -> x
jb ->> i
jb #> '{a,b}'
jb #>> '{a}'
jb - 'a'
jb - 1
jb ? 'a'
jb @> '{}'
x ~ 'a'
x ~* 'a'
x !~ 'a'
nm ~ '^(a)$'
x like 'a%'
x not like 'a%'
x ilike 'a'
nm like 'a'
i like 'a'
x like 'a' escape '!'
x similar to 'a'
x operator(pg_catalog.~) 'a'
x operator(pg_catalog.+) 1
x operator(public.~) 'a'
x operator(nowhere.~) 'a'
x ## y
i <> 1
i != 1
x collate "C"
x collate "default" = 'a'
x collate pg_catalog."default"
i collate "C"
'a' collate "C"
x collate "nothing"
x collate public."C"
ts at time zone 'UTC'
tz at time zone 'UTC'
tz at time zone iv
tm at time zone 'UTC'
d at time zone 'UTC'
'2020-01-01' at time zone 'UTC'
i at time zone 'UTC'
rg @> 1
rg @> i
rg && '[1,2)'
rg = rg
x < 5
bi & bi
x is distinct from 'a'
i is distinct from null
null is not distinct from i
i is distinct from x
j is distinct from j
row(i, x) is distinct from row(1, 'a')
(i, x) is not distinct from (1, 'a')
(i, x) is distinct from (1, 'a', 2)
i is null
x is not null
row(i, null) is null
bo is true
bo is not unknown
i is true
'x' is true
'yes' is true
i isnull
"""

LOGIC: Final = """
bo and bo
bo and i
i and bo
'x' and bo
'true' or bo
not bo
not i
not x
null and null
bo or null
i = 1 and x = 'a' or bo
i in (1)
i in (1, 2)
i in (1, '2')
i in (1, 'x')
i in (1, 2.5)
i in (1, b)
i in (b, s)
i in (1, x)
x in ('a', 'b')
x in ('a', nm)
nm in ('a', 'b')
ch in ('r', 'v')
i not in (1, 2)
i in (null, 1)
o in ('1', 2)
i in (x)
i in ('a')
(i, x) in ((1, 'a'), (2, 'b'))
(i, x) in ((1, 'a', 2))
(i, x) not in ((1, 'a'))
'a' in ('a', 'b')
j in ('1', '2')
i = any(ia)
i = any('{1,2}')
i = any('{1,x}')
i = any(array[1,2])
i = any(array['1'])
x = any(ta)
x = any(va)
nm = any(ta)
nm = any('{a,b}')
o = any(ov)
s = any(i2)
i = any(i2)
i = all(ia)
i > all(ia)
b = any(ia)
x = any(ia)
i = any(i)
i + any(ia)
i = any(null)
ch = any('{r,v}')
ch = any(array['r','v'])
x like any(array['a'])
x ~~ all('{a}')
i operator(pg_catalog.=) any(ia)
i = any(1)
i = any(j)
1 = any(array[]::int[])
i between 1 and 2
i between '1' and 2
i not between 1 and 2.5
i between symmetric 2 and 1
i between x and 2
i between 'a' and 2
d between '2020-01-01' and now()
(i, x) < (1, 'a')
(i, x) = (1, 'a')
(i, x) <> (1, 'a')
(i, x) = (1, 2)
(i, x) < (1)
(i, x) = (1, 'a', 2)
row(i) = row(1)
row() = row()
(i, x) ~ (1, 'a')
(x, x) ~ ('a', 'b')
row(i, x) = row(1, 'a')
row(i, x) >= row(b, v)
(i, j) = (1, '{}')
row(1,2) = (select 1)
(i, x) = (select 1, 'a')
(i, x) in (select 1, 'a')
(i, x) in (select 1)
i in (select 1)
i in (select 'a')
i in (select 'a'::text)
i in (select 1, 2)
i not in (select 1.5)
i = any(select 1)
i > all(select 1)
x = any(select 'a'::name)
(i, b) < any(select 1, 2)
exists(select 1)
exists(select i)
not exists(select x)
(select 1)
(select 'a')
(select null)
(select x)
(select v)
(select 1, 2)
(select i as other)
array(select 1)
array(select x)
array(select 'a')
array(select ia)
array(select 1, 2)
array(select v)
array(select j)
(select (select 1.5))
(select 1) + 1
(select x) || 'a'
"""

CHOICES: Final = """
case when bo then 1 end
case when bo then 1 else 2 end
case when bo then 1 else 2.5 end
case when bo then 1 else 'a' end
case when bo then 'a' else 'b' end
case when bo then x else nm end
case when bo then nm else x end
case when bo then v end
case when bo then v else v end
case when bo then v else null end
case when bo then v else x end
case when bo then v else 'a' end
case when bo then n else n end
case when bo then i else x end
case when bo then d else ts end
case when bo then ts else d end
case when bo then null end
case when i then 1 end
case when 'x' then 1 end
case i when 1 then 'a' when 2 then 'b' end
case i when 'a' then 1 end
case i when 1.5 then 1 end
case i when x then 1 end
case 'a' when x then 1 end
case 'a' when 1 then 1 end
case x when 'a' then i else b end
case when bo then 1 else generate_series(1,2) end
case when bo then o else rc end
case when bo then rc else o end
case when bo then ia else '{}' end
case when bo then ia else ta end
case when bo then ch else 'x' end
case when bo then c else v end
case when bo then x end
case when bo then 1 else i end
case when bo then 1 else (select 1) end
coalesce(i)
coalesce(i, 1)
coalesce(i, '1')
coalesce(i, 'x')
coalesce(null, null)
coalesce(null, i)
coalesce(v, v)
coalesce(v, 'a')
coalesce(v, x)
coalesce(x, nm)
coalesce(nm, x)
coalesce(i, b, n)
coalesce(i, x)
coalesce(d, now())
coalesce(i, generate_series(1,2))
coalesce(ia, '{}')
coalesce(n, n)
coalesce(n, 0)
coalesce(tz, ts)
greatest(i, b)
greatest(1, 2.5)
least('a', x)
least(i, x)
greatest('1', 2)
greatest(j, j)
greatest(v, v)
nullif(i, 1)
nullif(1, 2.5)
nullif(x, '')
nullif(v, '')
nullif(i, x)
nullif('a', 'b')
nullif(j, j)
nullif(n, 0)
nullif(null, 1)
"""

ARRAYS_AND_ROWS: Final = """
array[1,2]
array[1,'2']
array[1,'x']
array[1,2.5]
array['a','b']
array[null]
array[]
array[]::int[]
array[]::text
array[[1,2],[3,4]]
array[[1],['2']]
array[ia, ia]
array[ia, '{}']
array[i, x]
array[v, v]
array[v, x]
array[nm, x]
array[1,2]::text[]
array['1','2']::int[]
array['1','x']::int[]
array[[1],[2]]::bigint[]
array['a']::varchar(3)[]
array[j]
array[row(1,2)]
array[i]::t[]
array[now()]::date[]
array[u]::int[]
ia[1]
ia[1:2]
ia[:2]
ia[1:]
ia[1][2]
ia[1:2][3]
ia['1']
ia['x']
ia[x]
ia[b]
ia[1.5]
ia[null]
va[1]
va[1:2]
i2[0]
i2[0:1]
ov[0]
ov[0:1]
i[1]
x[1]
j['a']
jb['a']
jb[1]
jb[x]
jb['a'][1]
jb[1:2]
jb[bo]
jb[b]
(array[1,2])[1]
(array[1,2])[1:2]
('{1,2}'::int[])[1]
(string_to_array(x, ','))[1]
ia[1][1][1][1][1][1][1]
row(1, 'a')
row()
(1, 'a')
row(i, x)
row(t.*)
row(1, t.*)
(row(1,2)).f1
(row(1,'a')).f2
(row(1,2)).f3
(pg_get_keywords()).word
(pg_get_keywords()).nothing
(i).x
(null::record).x
(1).x
(information_schema._pg_expandarray(ia)).x
(information_schema._pg_expandarray(ta)).x
(information_schema._pg_expandarray(ia)).n
t.i
t
(t).i
(t).nothing
(t.i).x
(t).v
t.nothing
nothing
"""

CALLS: Final = """
abs(i)
abs(s)
abs(-5)
abs('5')
abs('x')
abs(x)
abs()
abs(1,2)
abs(*)
abs(distinct 1)
abs(1 order by 1)
abs(1) filter (where true)
abs(1) over ()
abs(variadic ia)
length(x)
length('a')
length(nm)
length(by)
length(i)
upper(x)
upper(rg)
upper('a')
lower(nm)
nothing(1)
nothing(i, 'a', null)
public.nothing(1)
nowhere.nothing(1)
a.b.nothing(1)
postgres.pg_catalog.abs(1)
pg_catalog.abs(i)
now()
now(1)
substring(x from 2)
substring(x from 2 for 3)
substring(x, 'a')
substring(x from 'a')
substring(by from 1 for 2)
substring(i, 1)
position('a' in x)
trim(x)
trim(both 'a' from x)
overlay(x placing 'a' from 1)
extract(year from d)
extract(epoch from iv)
extract(year from x)
extract(year from '2020-01-01')
date_part('year', d)
date_trunc('day', tz)
date_trunc('day', d)
date_trunc('day', '2020-01-01')
age(ts)
to_char(ts, 'YYYY')
to_char(n, '9')
to_char(i, '9')
to_char('a', '9')
to_date('2020', 'YYYY')
round(n)
round(n, 1)
round(f)
round(f, 1)
round(1)
floor(f)
sqrt(2)
power(2, 3)
power(n, 2)
mod(i, 2)
mod(n, i)
random()
concat('a', 1, null)
concat(variadic ta)
concat(variadic 'x')
concat(variadic i)
concat()
concat_ws(',', x, i)
format('%s', x)
format('%s', variadic ia)
format(i)
quote_ident(nm)
quote_literal(i)
quote_literal('a')
quote_literal(x)
coalesce(quote_nullable(i))
replace(x, 'a', 'b')
split_part(x, ',', 1)
string_to_array(x, ',')
array_to_string(ia, ',')
array_to_string(i2, ',')
array_length(ia, 1)
array_length('{}', 1)
array_upper(i2, 1)
array_append(ia, 1)
array_append(ia, b)
array_append(ia, 'x')
array_append(ia, x)
array_append(null, 1)
array_append(null, null)
array_prepend(1, ia)
array_cat(ia, ia)
array_cat(ia, ta)
array_position(ia, 1)
array_position(ta, 'a')
array_remove(ia, 1)
array_fill(1, array[2])
array_fill('a', array[2])
array_fill('a'::text, array[2])
cardinality(ia)
unnest(ia)
unnest(ov)
unnest('{1}')
unnest(null)
unnest(va)
generate_series(1, 3)
generate_series(1, 3, 1)
generate_series(1, b)
generate_series(1.0, 3)
generate_series(ts, ts, '1 day')
generate_series(d, d, '1 day')
generate_series('1', '2')
generate_subscripts(ia, 1)
generate_series(1,2) + generate_series(1,2)
abs(generate_series(1,2))
generate_series(1, generate_series(1,2))
regexp_matches(x, 'a')
regexp_split_to_array(x, 'a')
regexp_replace(x, 'a', 'b', 'g')
to_json(x)
to_json('a')
to_jsonb(t)
row_to_json(t)
row_to_json(row(1))
row_to_json(i)
json_build_object('a', i)
jsonb_build_array(1, 'a')
json_typeof(j)
json_typeof('{}')
json_array_elements(j)
json_each(j)
jsonb_each_text(jb)
json_array_length(jb)
jsonb_set(jb, '{a}', '1')
jsonb_set(jb, '{a}', '1', true)
jsonb_set(jb, '{a}', '1', create_if_missing => false)
jsonb_path_query(jb, '$')
jsonb_array_length('[]')
make_interval(days => 3)
make_interval(1, 2)
make_interval(nothing => 3)
make_interval(days => 3, days => 4)
make_interval(days => 3, 4)
make_interval(days := 3)
make_date(2020, 1, 1)
parse_ident(x)
pg_typeof(1)
pg_typeof('a')
pg_typeof(null)
pg_get_expr('x', o)
pg_get_expr(x::pg_node_tree, o)
pg_get_indexdef(o)
pg_get_constraintdef(o, true)
pg_table_is_visible(o)
pg_table_is_visible(rc)
pg_table_is_visible('pg_class')
pg_table_is_visible('pg_class'::regclass)
format_type(o, i)
format_type(o, null)
obj_description(o, 'pg_class')
obj_description(o)
col_description(o, s)
has_table_privilege(o, 'select')
has_table_privilege('pg_class', 'select')
has_table_privilege(x, 'select')
has_schema_privilege('public', 'usage')
pg_encoding_to_char(i)
pg_relation_size(o)
pg_relation_size(rc)
pg_relation_size('pg_class')
pg_size_pretty(b)
pg_size_pretty(i)
pg_size_pretty(n)
pg_size_pretty('1')
current_setting('x')
current_schemas(true)
current_schema()
current_schema
current_user
session_user
user
current_role
current_catalog
current_date
current_time
current_time(2)
current_timestamp
current_timestamp(2)
localtime
localtimestamp
localtimestamp(0)
current_database()
version()
pg_backend_pid()
txid_current()
md5(x)
md5('a')
sha256(by)
encode(by, 'hex')
decode('aa', 'hex')
convert_from(by, 'UTF8')
chr(65)
ascii(x)
lpad(x, 3)
lpad(i, 3)
repeat('a', 3)
starts_with(x, 'a')
num_nulls(i, x)
width_bucket(i, array[1,2])
isfinite(d)
isempty(rg)
lower(rg)
int4range(1, 2)
int4range(i, i, '[]')
range_merge(rg, rg)
gen_random_uuid()
to_timestamp(f)
to_timestamp(i)
to_timestamp('2020', 'YYYY')
greatest(now(), d)
timezone('UTC', ts)
enum_range(null)
array_agg
xmlelement
i.abs
t.abs
text(null)
cast(null as int)
overlaps(ts, ts, ts, ts)
(d, d) overlaps (d, d)
x is normalized
normalize(x)
normalize(x, nfc)
bit_length(x)
octet_length(x)
char_length(c)
character_length('a')
"""

AGGREGATES: Final = """
count(*)
count(i)
count(distinct i)
count()
count(1, 2)
count(t)
count(t.*)
sum(i)
sum(b)
sum(n)
sum(f)
sum(r)
sum('1')
sum(x)
sum(iv)
avg(i)
avg(f)
min(x)
min(v)
min(nm)
min(ia)
min(ts)
min(rc)
min(bo)
min(j)
max('a')
bool_and(bo)
bool_and(i)
every(bo)
string_agg(x, ',')
string_agg(x)
string_agg(i, ',')
string_agg(nm, ',')
string_agg(x, ',' order by i)
string_agg(distinct x, ',' order by x)
string_agg(distinct x, ',' order by i)
string_agg(by, by)
array_agg(i)
array_agg(x order by i desc nulls last)
array_agg(ia)
array_agg('a')
array_agg(t)
array_agg(v)
array_agg(nm)
json_agg(t)
jsonb_agg(i)
json_object_agg(x, i)
count(distinct j)
count(distinct jb)
array_agg(i order by j)
array_agg(i order by i using <)
array_agg(i order by i using +)
array_agg(distinct i order by i)
count(*) filter (where bo)
count(*) filter (where i)
count(*) filter (where count(*) > 1)
sum(sum(i))
sum((select sum(i)))
sum(generate_series(1,2))
sum(row_number() over ())
sum(i order by row_number() over ())
count(*) + 1
percentile_cont(0.5) within group (order by f)
percentile_cont(0.5) within group (order by i)
percentile_cont(array[0.5]) within group (order by f)
percentile_disc(0.5) within group (order by x)
percentile_cont(0.5)
percentile_cont(0.5, 1) within group (order by f)
mode() within group (order by x)
mode() within group (order by j)
rank(1) within group (order by i)
rank('a') within group (order by i)
rank(1, 2) within group (order by i)
sum(i) within group (order by i)
percentile_cont(0.5) within group (order by f) over ()
row_number()
row_number() over ()
row_number() within group (order by i)
row_number() over (order by x)
rank() over (order by x)
ntile(4) over (order by x)
lag(i) over (order by x)
lag(i, 1) over (order by x)
lag(i, 1, 0) over (order by x)
lag(i, 1, b) over (order by x)
lag(x, 1, 'a') over (order by x)
lag(i, 1, 'a') over (order by x)
first_value(v) over (order by x)
nth_value(x, 2) over (order by x)
sum(i) over ()
sum(i) over (partition by x)
sum(distinct i) over ()
sum(i order by i) over ()
count(*) over ()
count() over ()
count(*) filter (where bo) over ()
row_number() filter (where bo) over ()
sum(row_number() over ()) over ()
sum(generate_series(1,2)) over ()
sum(count(*)) over ()
sum(i => 1)
grouping(i)
"""

PARAMETERS: Final = """
$1
$1::int
$1 + 1
$1 + $2
i + $1
x || $1
$1 || $2
$1 = i
$1 = x
$1 = $2
i = any($1)
i in ($1, $2)
x in ($1, 'a')
$1 in (1, 2)
i between $1 and $2
$1 between 1 and 2
coalesce($1, i)
coalesce($1, $2)
case when $1 then 1 end
case $1 when 1 then 2 end
case when bo then $1 else i end
array[$1, 1]
array[$1]
$1::int + $1
$1::int + $1::text::int
row($1::int, $1::text)
$1::int::text || $1
length($1)
abs($1)
format('%s', $1)
concat($1)
pg_typeof($1)
$1 is null
$1::varchar(3)
$1::information_schema.sql_identifier
$2::int
now() - $1
d + $1
ts + $1
tz - $1
x like $1
ia[$1]
jb -> $1
jb ->> $1
jb[$1]
$1::regclass
rc = $1
generate_series(1, $1)
not $1
$1 and bo
exists(select $1)
(select $1)
i in (select $1)
sum($1)
$1 is distinct from i
nullif($1, i)
greatest($1, i)
unnest($1)
unnest($1::int[])
lag(i, $1) over (order by x)
string_agg(x, $1)
to_char(ts, $1)
($1, $2) = (i, x)
$1 collate "C"
$0
cast($1 as t)
case when bo then $1 when $1::int = 1 then 'a' end
"""

EXPRESSIONS: Final = tuple(
    line
    for group in (
        CONSTANTS,
        CASTS,
        OPERATORS,
        LOGIC,
        CHOICES,
        ARRAYS_AND_ROWS,
        CALLS,
        AGGREGATES,
        PARAMETERS,
    )
    for line in group.strip().splitlines()
)
