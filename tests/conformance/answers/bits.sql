B'1100' & B'1010', B'1100' | B'1010', B'1100' # B'1010', ~ B'1100', B'1100' << 1, B'1100' >> 2, B'1100' << -1, B'1100' >> -1, B'1100' << 9, B'1100' >> 9, B'11' || B'00'
B'11' & B'1'
B'11' | B'1'
B'11' # B'1'
B'' & B'', ~ B'', B'' || B'1'
length(B'10101'), bit_length(B'10101'), octet_length(B'10101'), octet_length(B''), bit_count(B'10101'), bit_count('\x1234'::bytea), length(B'101'::varbit)
substring(B'110010' from 2), substring(B'110010' from 2 for 3), substring(B'110010' from -1 for 3), substring(B'110010' from 20), substring(B'110010' for 2)
substring(B'110010' from 2 for -1)
overlay(B'01010101' placing B'111' from 3), overlay(B'01010101' placing B'111' from 3 for 1), overlay(B'0101' placing B'' from 2 for 2)
overlay(B'01' placing B'1' from 0)
overlay(B'01' placing B'1' from 2147483647 for 10)
position(B'010' in B'0001010'), position(B'' in B'01'), position(B'11' in B'0'), position(B'' in B'')
get_bit(B'1010', 0), get_bit(B'1010', 3), set_bit(B'1010', 1, 1), set_bit(B'1010', 0, 0)
get_bit(B'1010', 4)
set_bit(B'1010', -1, 1)
set_bit(B'1010', 1, 2)
get_bit('\x1234567890'::bytea, 30), set_bit('\x1234567890'::bytea, 30, 0), set_bit('\x00'::bytea, 7, 1), get_bit('\x1234'::bytea, null)
get_bit('\x12'::bytea, 8)
set_bit('\x12'::bytea, 0, 3)
set_bit(''::bytea, 0, 1)
overlay('\x1234567890'::bytea placing '\002\003'::bytea from 2 for 3), overlay('\x1234'::bytea placing '\xff'::bytea from 1), overlay('\x1234'::bytea placing '\xff'::bytea from 9)
overlay('\x12'::bytea placing '\xff'::bytea from 0)
44::bit(10), (-44)::bit(12), '1110'::bit(4)::integer, B'101'::bit(5), B'10111'::bit(3), B'101'::varbit(2), 5::bigint::bit(70)
B'10' = B'010', B'10' < B'11', B'1' < B'10', B'10'::varbit = B'10'
