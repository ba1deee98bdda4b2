'12.34'::money + '1'::money, '12.34'::money - '20'::money, '12.34'::money * 3, 3 * '12.34'::money, '12.34'::money * 2.5::float8, 2.5::float4 * '12.34'::money, '12.34'::money * 2::int2, 2::int8 * '12.34'::money
'10'::money / 3, '-10'::money / 3, '10'::money / 3::float8, '10'::money / 3::int8, '10'::money / '4'::money, '1'::money / 0.3::float4, '10'::money / 3::int2
'10'::money / 0
'10'::money / '0'::money
'10'::money / 0::float8
'10'::money::numeric, '-1.05'::money::numeric(10,1), 12::money, 12::bigint::money, 12.345::money, (-12.345)::money, 0.005::money
9223372036854775807::money
'NaN'::numeric::money
1e30::money
sum(x), min(x), max(x) from (values ('1.5'::money), ('-3'), (null)) v(x)
sum(x) from (values ('1.5'::money)) v(x) where false
'1.50'::money = '1.5'::money, '1'::money < '2'::money, '$1,234.56'::money, '(1.5)'::money
cash_words('123.45'), cash_words('0'), cash_words('1.01'), cash_words('-20.30'), cash_words('1000000'), cash_words('1234567.89'), cash_words('20119.11'), cash_words('2000'), cash_words('100.10'), cash_words('90071992547409.91')
* from (values ('2'::money), ('10'), (null), ('-1')) v(x) order by x
