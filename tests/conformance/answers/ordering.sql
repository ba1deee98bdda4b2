array_agg(x order by x), count(distinct x), min(x), max(x) from unnest('{10:00:00+02,08:00:00+00,10:00:00+01,09:00:00-05}'::timetz[]) x
array_agg(x order by x desc), count(distinct x), min(x), max(x) from unnest('{0/10,0/9,F/0,10/0,0/9}'::pg_lsn[]) x
array_agg(x order by x), count(distinct x), min(x), max(x) from unnest('{10.10.0.1,::1,10.0.0.1,10.0.0.0/16,10.2.0.0/8,10.0.0.0/8,9.0.0.1,::,10.0.0.1/32}'::inet[]) x
array_agg(x order by x), count(distinct x) from unnest('{10.0.0.0/16,10.0.0.0/8,192.168.0.0/24,10.1.0.0/16}'::cidr[]) x
inet '10.0.0.1' = cidr '10.0.0.1/32', inet '10.0.0.2' > inet '10.0.0.10', inet '::1' > inet '255.0.0.0', inet '10.0.0.1/8' < inet '10.0.0.1/16', cidr '10.0.0.0/8' <= inet '10.0.0.0/8'
array_agg(x order by x), count(distinct x), min(x), max(x) from unnest('{-10,-2,1000,9,10,.05,9.00}'::money[]) x
money '9' < money '10', money '-1' > money '-2', money '1' = money '1.00', money '1000' <> money '999.99'
array_agg(x order by x), count(distinct x) from unnest('{0,1,11,10,01,100000001}'::varbit[]) x
array_agg(x order by x desc) from unnest(array[B'010', B'110', B'001']) x
array_agg(x order by x desc) from unnest('{010,110,001}'::bit(3)[]) x
array_agg(x order by x), count(distinct x) from unnest('{0a:00:00:00:00:00,08:00:2b:01:02:04,08-00-2B-01-02-03}'::macaddr[]) x
macaddr '08:00:2b:01:02:03' < macaddr '08:00:2b:01:02:04', macaddr8 '08:00:2b:01:02:03:04:05' = macaddr8 '08002b:0102030405'
array_agg(x order by x) from unnest('{100,20,3}'::xid8[]) x
array_agg(x order by x) from unnest('{1,2}'::xid[]) x
x, count(*) from unnest('{10:00:00+02,08:00:00+00,10:00:00+02}'::timetz[]) x group by x order by x limit 2
x from unnest(array[inet '10.0.0.9', '10.0.0.10', '10.0.0.1', null]) x order by x desc nulls last limit 2
x from generate_series(1, 9) x order by x % 3 desc, x limit 4 offset 1
x % 3 from generate_series(1, 9) x order by x % 3 fetch first 2 rows with ties
