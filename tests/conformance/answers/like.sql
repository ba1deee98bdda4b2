'abc' like 'abc\', 'ab' like 'abc\', '' like '\', 'ab' like 'ab%\', 'abc' like 'x%\', 'ABC' ilike 'abc\', 'abc' not like 'abc\'
'abcd' like 'abc\'
'abcd' ilike 'ABC\'
'abcd' not like 'abc\'
'a' like '\'
'abc' like '%\'
'abc' like 'a%c\'
'abcc' like 'a%c\'
'a' like '%_\'
'ab' like 'ab%_\'
'a\' like 'a\\', 'a%' like 'a\%', 'ab' like 'a\%', 'a_c' like 'a\_c', 'abc' like 'a\bc', 'abc' like '%c', 'abc' like '_b_', 'aXbXc' like 'a%b%c', 'abc' like 'a' || null
'abc' like 'ab!%' escape '!', 'ab%' like 'ab!%' escape '!', 'a\c' like 'a\c' escape ''
'abc' like 'abc' escape 'xx'
'a!c' like 'abc!' escape '!'
'\x616263'::bytea like 'a%c'::bytea, '\x61'::bytea like '\x61255c'::bytea, '\x6125'::bytea like '\x612125'::bytea escape '!'::bytea
substring('foobar' similar '%#"o_b#"%' escape '#'), substring('foobar' from '#"%#"bar' for '#'), substring('foobar' similar 'z#"o#"%' escape '#'), substring('abc' similar 'a#"b#"c' escape null)
'abc' similar to 'a(b|x)c', 'abc' similar to '_b_', 'abc' similar to 'ab', 'a%c' similar to 'a#%c' escape '#'
