(information_schema._pg_expandarray(array[1,2]))
information_schema._pg_expandarray(array['a',null])
(information_schema._pg_expandarray(array[1.5,2])).x, (information_schema._pg_expandarray(array[1.5,2])).n
(information_schema._pg_expandarray(array[true])).*
x.x, x.n from information_schema._pg_expandarray(array['a'::name,'b']) x
information_schema._pg_expandarray('{1}')
x from information_schema._pg_expandarray(array[2,1]) x order by x
