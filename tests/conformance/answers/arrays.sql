array[1,2,3] = array[1,2,3]
array[1,2,3] <> array[1,2,4], array[1,2] < array[1,2,3], array[1,3] > array[1,2,9], array[1,null] = array[1,null]
array[1.0] = array[1.00], array['NaN'::float8] = array['NaN'::float8], array[1,2] <= array[1,2], array[[1],[2]] < array[1,2]
'[0:1]={1,2}'::int[] = array[1,2]
array[1,4,3] @> array[3,1,3], array[2,2,7] <@ array[1,7,4,2,6], array[1,4,3] && array[2,1], array[1] && array[2]
array[1,null] @> array[null]::int[], array[1,null] @> array[1], array[]::int[] <@ array[1], array[1,null] && array[null,2]
array[1,2,3] || array[4,5,6,7], array[1,2,3] || array[[4,5,6],[7,8,9.9]], 3 || array[4,5,6], array[4,5,6] || 7
array[[1,2],[3,4]] || array[5,6], array[1,2] || null::int[], null::int[] || array[1], array[1] || '{}'::int[]
array_append(array[1,2], 3), array_append(null::int[], 3), array_append('{}'::int[], null), array_append('[0:1]={1,2}'::int[], 9)
array_prepend(0, array[1,2]), array_prepend(0, '[5:6]={1,2}'::int[]), array_prepend(1, null)
array_cat(array[1,2], array[[3,4],[5,6]]), array_cat(array[1,2,3], array[4])
array_cat(array[[1,2]], array[[3,4,5]])
array_cat(array[1,2,3], array[[[1]]])
array_append(array[[1]], 2)
array_dims(array[[1,2,3],[4,5,6]]), array_ndims(array[[1,2,3],[4,5,6]]), array_dims('[2:3]={1,2}'::int[]), array_dims('{}'::int[]), array_ndims('{}'::int[])
array_length(array[1,2,3], 1), array_length(array[]::int[], 1), array_length(array['text'], 2), array_length(array[1], 0), cardinality(array[[1,2],[3,4]]), cardinality('{}'::int[])
array_lower('[0:2]={1,2,3}'::int[], 1), array_upper(array[1,8,3,7], 1), array_upper('[0:2]={1,2,3}'::int[], 1), array_lower(array[1], 2)
array_position(array['sun','mon','tue','wed','thu','fri','sat'], 'mon'), array_position(array[1,4,2,3,4], 4, 3), array_position(array[1,null], null), array_position('[0:1]={1,2}'::int[], 2), array_position(array[1], 5)
array_positions(array['A','A','B','A'], 'A'), array_positions(array[1], 2), array_positions(null::int[], 2), array_positions('{}'::int[], 1)
array_position(array[[1]], 1)
array_position(array[1], 1, null)
array_remove(array[1,2,3,2], 2), array_remove(array[1,null,2], null), array_remove(array[2,2], 2), array_remove('[3:5]={1,2,3}'::int[], 2)
array_remove(array[[1]], 1)
array_replace(array[1,2,5,4], 5, 3), array_replace(array[[1,2],[2,null]], 2, 9), array_replace(array[1,null], null, 0)
array_fill(11, array[2,3]), array_fill(7, array[3], array[2]), array_fill(null::text, array[2]), array_fill(1, '{}'::int[]), array_fill(1, array[0])
array_fill(1, null::int[])
array_fill(1, array[2], array[1,2])
array_fill(1, array[null]::int[])
array_fill(1, array[-1])
trim_array(array[1,2,3,4,5,6], 2), trim_array('[0:2]={1,2,3}'::int[], 1), trim_array(array[1], 1)
trim_array(array[1,2], 3)
unnest(array[[1,2],[3,4]])
unnest(array[1,2]), unnest(array['a','b','c'])
* from unnest(array[1,2], array['foo','bar','baz']) as x(a,b)
* from unnest(array['a','b']) with ordinality
generate_subscripts(array[1,2,3], 1), generate_subscripts('[5:6]={1,2}'::int[], 1, true)
generate_subscripts(array[[1,2,3]], 2), generate_subscripts(array[1], 3)
(information_schema._pg_expandarray(array['a','b']))
* from information_schema._pg_expandarray('[0:1]={7,8}'::int[])
'1 2 3'::int2vector = '1 2 3'::int2vector, '1 2'::oidvector < '1 2 3'::oidvector, '1 2'::oidvector = '1 2'::oidvector
array_length('1 2 3'::int2vector, 1), array_lower('1 2 3'::int2vector, 1), unnest('4 5'::int2vector)
3 = any('1 2 3'::int2vector), 5 = all(array[5,5]), 1 = any(array[2,null])
array_to_string('1 2 3'::oidvector, ','), array_upper('1 2 3'::oidvector, 1)
width_bucket(5.35, array[1, 3, 4, 6]), width_bucket('2020-06-01', array['2020-01-01', '2020-07-01']::timestamptz[])
max(x), min(x) from (values (array[1,2]), (array[1,3]), (array[0])) v(x)
array_larger(array[1], array[2]), array_smaller(array['a'], array['b'])
row(1,2) = row(1,2), row(1,2) < row(1,3), row(1,null) is distinct from row(1,null), row(1,'a') = row(1,'b')
(array[1,2,3])[2:3], (array[[1,2],[3,4]])[2][1], ('{1,2,3}'::int[])[5]
'{NaN,NULL}'::numeric[] <= '{1.5,2}'::numeric[], array['NaN'::float8] = array[null::float8], array['NaN'::float8] < array[null::float8], array[null, 1] >= array[null, 2], greatest('{NULL}'::int[], '{9}'::int[])
x from (values ('{NULL}'::numeric[]), ('{NaN}'), ('{Infinity}'), ('{}'), ('{1}')) v(x) order by x
row(null::float8) > row('NaN'::float8), row(1, null) between row(1, 2) and row(2, 1)
rank(null) within group (order by x) from (values ('NaN'::float8), (null), (1)) v(x)
