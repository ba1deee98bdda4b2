* from (values (1),(2)) a(x) full join (values (2),(3)) b(y) on x<y
* from (values (1),(2)) a(x) full join (values (2),(3)) b(y) on x<y where x=1 order by 1, 2
* from (values (1),(2)) a(x) full join (values (2),(3)) b(y) on x<y where x is null
* from (values (1),(2)) a(x) full join (values (2),(3)) b(y) on true order by 1, 2
* from (values (1),(2)) a(x) full join (values (2),(3)) b(y) on x=1
* from (values (1),(2)) a(x) full join (values (2),(3)) b(y) on x=y and x>1 order by 1, 2
* from (values (1),(2)) a(x) full join (values (2),(3)) b(y) on x=y and x>1 and false order by 1, 2
* from (values ('1'::money),('2')) a(x) full join (values ('2'::money),('3')) b(y) on x=y and true order by 1, 2
count(*) from pg_class a full join pg_class b on a.oid<b.oid where coalesce(a.oid,b.oid)=3
count(*) from pg_am a full join pg_am b on a.oid in (b.oid)
count(*) from pg_am a full join pg_am b on not (a.oid <> b.oid)
count(*) from pg_am a full join pg_am b on a.oid = any(array[b.oid])
count(*) from pg_am a full join pg_am b on now() > '2000-01-01'
count(*) from pg_am a full join pg_am b on 1=1
count(*) from pg_am a full join pg_am b on a.oid<b.oid and false
count(*) from pg_am a full join pg_am b on a.oid<b.oid where a.oid in (select 1)
count(*) from pg_am a full join pg_am b using (oid, amname)
count(*) from pg_am a full join (select oid o from pg_am) b on a.oid=b.o left join pg_am c on c.oid = b.o
count(*) from (values (date '2020-01-01')) a(x) full join (values (timestamp '2020-01-01')) b(y) on x=y
count(*) from (values (point '(1,1)')) a(x) full join (values (point '(1,1)')) b(y) on x ~= y
count(*) from pg_am a left join (pg_am b full join pg_am c on b.oid < c.oid) on a.oid = b.oid
