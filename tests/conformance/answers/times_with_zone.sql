timetz '10:00+02' = timetz '08:00+00', timetz '10:00+02' < timetz '10:00+01', timetz '10:00+02' > timetz '08:00+00', timetz '23:00+00' + interval '2 hours', timetz '01:00-03' - interval '2 hours', interval '1 hour' + timetz '01:00+00'
date '2020-05-06' + timetz '10:00+02', timetz '23:00-05' + date '2020-05-06', timestamptz '2020-07-01 10:00+00'::timetz, timetz '10:11:12.5+03'::time, timetz(1) '10:11:12.55+03'
extract(timezone from timetz '10:00+05:30'), extract(timezone_hour from timetz '10:00-03:30'), extract(timezone_minute from timetz '10:00-03:30'), extract(epoch from timetz '10:00:00.5+01'), extract(second from timetz '10:00:00.5+01'), date_part('hour', timetz '10:00+01')
extract(day from timetz '10:00+01')
timetz '10:00+01' at time zone 'UTC', timetz '10:00+01' at time zone interval '-03:00', timetz '10:00+01' at time zone 'JST'
current_time = now()::timetz, current_time(0) = now()::timestamptz(0)::timetz, time '10:00'::timetz is not null
min(x), max(x) from (values (timetz '10:00+02'), ('09:00+00'), ('10:00-05')) v(x)
