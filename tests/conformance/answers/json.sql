'{"b": 1, "a": [1, 2.50, "x"]}'::jsonb
'{"b":1,   "a":2, "b":3}'::json
'{"a": {"b": [10, 20]}}'::jsonb -> 'a' -> 'b' -> 1
'{"a": {"b": [10, 20]}}'::json #> '{a,b}'
'{"a": {"b": [10, 20]}}'::jsonb #>> '{a,b,-1}'
'{"a": "x\ny", "n": null}'::jsonb ->> 'a'
'{"a": "x", "n": null}'::jsonb ->> 'n'
'{"a": "x", "n": null}'::jsonb -> 'n'
'[1, {"a": 2}]'::jsonb @> '[{"a": 2}]'
'{"a": [1, 2, 3]}'::jsonb @> '{"a": [3, 1]}'
'[1, 2]'::jsonb @> '1'
'{"a": 1}'::jsonb <@ '{"a": 1, "b": 2}'
'{"a": 1}'::jsonb ? 'a'
'["a", "b"]'::jsonb ?| array['c', 'b']
'["a", "b"]'::jsonb ?& array['a', 'c']
'{"a": 1}'::jsonb || '{"b": [1]}'
'[1]'::jsonb || '2'
'{"a": 1, "b": 2}'::jsonb - 'a'
'["a", "b"]'::jsonb - 0
'{"a": {"b": 1, "c": 2}}'::jsonb #- '{a,b}'
jsonb_set('{"a": [1, 2]}', '{a,1}', '"x"')
jsonb_set('{"a": 1}', '{b}', '2', false)
jsonb_pretty('{"a": [1, {"b": null}], "c": {}}')
jsonb_strip_nulls('{"a": null, "b": [null, {"c": null}]}')
json_build_object('a', 1, 'b', null, 'c', array[1, 2])
jsonb_build_object('bb', 1, 'a', true)
json_build_array(1, 'x', null, 1.50)
jsonb_build_array()
to_json('a "quoted" text'::text)
to_jsonb(1.50)
to_json(array['a', null])
to_json(timestamp '2020-01-02 03:04:05.600')
row_to_json(row(1, 'x', null))
array_to_json(array[[1, 2], [3, 4]])
json_array_length('[1, 2, 3]')
jsonb_typeof('1.5')
json_typeof('"x"')
(select json_agg(x) from (values (1), (null), (3)) t(x))
(select jsonb_agg(x order by x desc) from generate_series(1, 3) x)
(select json_object_agg(k, v) from (values ('a', 1), ('b', 2)) t(k, v))
(select json_agg(t) from (values (1, 'a'), (2, 'b')) t(n, s))
(select string_agg(key || '=' || value, ',') from json_each_text('{"a": 1, "b": "x"}'))
(select array_agg(k) from jsonb_object_keys('{"bb": 1, "a": 2}') k)
(select array_agg(e) from jsonb_array_elements('[1, "a", {}]') e)
json_object('{a,1,b,2}')
json_object('{a,b}', '{1,null}')
'{"a": 1}'::jsonb = '{"a": 1.0}'::jsonb
json_array_length('{}')
'{"a":'::json
'{"a": {"b": 1}}'::jsonb #> '{{a,b}}', '["a", "b"]'::jsonb #>> '{{a,b},{c,d}}', '{"a": {"b": 1}}'::json #> '{{a},{b}}', '{"a": {"b": 1}}'::jsonb #> '[0:1]={a,b}'
'{"a": 1}'::jsonb ?| '{{a},{b}}', '{"a": 1}'::jsonb ?& '[2:3]={a,b}', '["a", "b"]'::jsonb - '[2:2]={a}'::text[]
'["a", "b"]'::jsonb - '{{a,b},{c,d}}'::text[]
'["a", "b"]'::jsonb #- '{{a,b},{c,d}}'
jsonb_set('{"a": 1}', '{{a},{b}}', '2')
jsonb_insert('{"a": [1]}', '[5:6]={a,0}', '2')
'{"a": 1}'::jsonb::int
'[1]'::jsonb::numeric
json_to_record('{"a": 1}')
jsonb_to_recordset('"a"')
json_populate_record('a'::text, '[]')
json_object('{a,b}', '{}'), json_object('{}', '{}')
to_json('1 2'::int2vector), to_jsonb('1 2'::oidvector), to_json('{1 2,3}'::int2vector[]), json_agg('1 2'::int2vector), json_build_object('a', ''::oidvector), to_json(array['1 2'::int2vector])
row_to_json(i) from (select indkey, indclass, indoption from pg_index where indexrelid = 2662) i
'1'::jsonb -> 0, '1'::jsonb -> -1, '1'::jsonb ->> 0, '1'::jsonb -> 1, '"a"'::jsonb ->> -1, '1'::json -> 0, 'null'::jsonb -> 0, '{}'::jsonb -> 0, '1'::jsonb #> '{0}'
