pg_typeof(1), pg_typeof('a'), pg_typeof(null), pg_typeof(array[1.5]), pg_typeof('a'::information_schema.sql_identifier), pg_typeof(row(1, 2)), pg_typeof(now()), pg_typeof(pg_typeof(1))
pg_typeof(table_name) from information_schema.tables limit 1
pg_typeof(1)::text, pg_typeof(1) = 'int4'::regtype, pg_typeof(c) from pg_class c limit 1
num_nulls(1, null, 2, null), num_nonnulls(1, null, 'a'), num_nulls(variadic array[1, null]), num_nonnulls(variadic '{}'::int[]), num_nulls(variadic null::int[]), num_nulls(null)
num_nulls()
pg_column_size(1), pg_column_size(1::int8), pg_column_size('abc'::text), pg_column_size(null::text), pg_column_size(true), pg_column_size(1.5), pg_column_size(12345678.9012), pg_column_size('\x1234'::bytea), pg_column_size(now()), pg_column_size('abc')
pg_column_size('a'::name), pg_column_size(gen_random_uuid()), pg_column_size('{}'::json), pg_column_size(interval '1 day'), pg_column_size(point '(1,2)')
setseed(0.5), random(), random(), random()
setseed(-1), random()
setseed(0), random()
setseed(1.5)
setseed('NaN')
setseed(null), random() is null, random() between 0 and 1
count(distinct random()) > 1 from generate_series(1, 10)
pg_typeof(gen_random_uuid()), length(gen_random_uuid()::text), substr(gen_random_uuid()::text, 15, 1), count(distinct gen_random_uuid()) from generate_series(1, 3) group by 1, 2, 3
unistr('d\0061t\+000061'), unistr('d\u0061t\U00000061'), unistr('\\'), unistr('\d83d\de00'), unistr('no'), unistr(null), unistr('')
unistr('wrong: \db99')
unistr('wrong: \db99\0061')
unistr('wrong: \+00db99\+000061')
unistr('wrong: \xyz')
unistr('wrong: \u0000')
unistr('wrong: \U00110000')
unistr('\')
unistr('\dc00')
unistr('\db99 \dc00')
(-1)::oid, (-32768)::oid, 4294967295::oid::int, (-1)::regclass, (-1)::regtype, 5::oid::int, (-1)::oid = 4294967295
oid from (values (-1), (1), (null)) v(n), lateral (select n::oid) s(oid) order by 1
length(round(0.5, 1234567)::text), length(trunc(99999.995, 32767)::text), round(12345.5, -3), trunc(12345.5, -4)
