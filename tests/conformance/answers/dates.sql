date '2001-09-28' + 7, date '2001-09-28' + interval '1 hour', date '2001-09-28' + time '03:00', 7 + date '2001-09-28', time '03:00' + date '2001-09-28'
interval '1 day' + interval '1 hour', timestamp '2001-09-28 01:00' + interval '23 hours', time '01:00' + interval '3 hours', - interval '23 hours'
date '2001-10-01' - date '2001-09-28', date '2001-10-01' - 7, date '2001-09-28' - interval '1 hour', time '05:00' - time '03:00', time '05:00' - interval '2 hours'
timestamp '2001-09-28 23:00' - interval '23 hours', interval '1 day' - interval '1 hour', timestamp '2001-09-29 03:00' - timestamp '2001-07-27 12:00'
interval '1 second' * 900, interval '1 day' * 21, interval '1 hour' * 3.5, interval '1 hour' / 1.5, 2.5 * interval '1 month 2 days', interval '7 months' / 3
interval '1 year 2 mons 3 days 04:05:06.789' * 1.37, interval '1 year 2 mons 3 days 04:05:06.789' / -7.3, interval '1 mon' * 0.5, interval '-1 mon -1 day' * 0.1
interval '1 day' / 0
interval '178000000 years' * 2
interval '1 day' * 'NaN'::float8
timestamp '2020-01-31' + interval '1 month', timestamp '2020-03-31' - interval '1 month', date '2020-02-29' + interval '1 year', date '2020-02-29' + interval '4 years'
timestamptz '2021-03-13 12:00' + interval '1 day', timestamptz '2021-03-13 12:00' + interval '24 hours', timestamptz '2021-11-06 12:00' + interval '1 day', timestamptz '2021-11-06 01:30' + interval '1 day', timestamptz '2021-03-13 02:30' + interval '1 day'
timestamptz '2021-03-15' - timestamptz '2021-03-13', timestamptz '2021-03-15' - interval '1 day 1 hour', interval '1 month' + timestamptz '2021-01-31'
timestamp 'infinity' - timestamp '2020-01-01'
timestamp 'infinity' + interval '1 day', date 'infinity' + 1, date '-infinity' + interval '1 day', timestamptz '-infinity' - interval '1 year'
date 'infinity' - date '2020-01-01'
timestamp '9999-12-31' = date '9999-12-31', date '2020-01-01' = timestamp '2020-01-01', date '2020-01-01' < timestamptz '2020-01-01 00:00:01', timestamp '2020-01-01' = timestamptz '2020-01-01'
date 'infinity' > date '2020-01-01', date '-infinity' < 'infinity', timestamp 'infinity' = timestamp 'infinity', date 'infinity' = timestamp 'infinity', timestamp '2020-01-01' < timestamptz 'infinity', date '2020-01-01' >= date '-infinity'
timestamptz '2020-01-01 00:00+00' = timestamptz '2020-01-01 01:00+01', time '10:00' < time '10:01', interval '1 month' = interval '30 days', interval '24 hours' = interval '1 day', interval '1 month' > interval '29 days'
age(timestamp '2001-04-10', timestamp '1957-06-13'), age(timestamp '1957-06-13', timestamp '2001-04-10'), age(timestamp '2020-03-01 10:00', timestamp '2020-01-31 11:30'), age(timestamptz '2021-03-15', timestamptz '2021-03-13 12:00')
age(timestamp '2020-01-31', timestamp '2020-03-01'), age(date '2020-02-29', date '2019-02-28'), age(timestamp '2020-12-31 23:59:59.999999', timestamp '2000-01-01 00:00:00.000001')
extract(century from timestamp '2000-12-16 12:21:13'), extract(century from timestamp '2001-02-16 20:38:40'), extract(day from timestamp '2001-02-16 20:38:40'), extract(day from interval '40 days 1 minute')
extract(decade from timestamp '2001-02-16'), extract(dow from timestamp '2001-02-16'), extract(doy from timestamp '2001-02-16'), extract(epoch from timestamptz '2001-02-16 20:38:40.12-08'), extract(epoch from timestamp '2001-02-16 20:38:40.12'), extract(epoch from interval '5 days 3 hours')
extract(hour from timestamp '2001-02-16 20:38:40'), extract(isodow from timestamp '2001-02-18'), extract(isoyear from date '2006-01-01'), extract(isoyear from date '2006-01-02'), extract(julian from date '2006-01-01'), extract(julian from timestamp '2006-01-01 12:00')
extract(microseconds from time '17:12:28.5'), extract(millennium from timestamp '2001-02-16'), extract(milliseconds from time '17:12:28.5'), extract(minute from timestamp '2001-02-16 20:38:40'), extract(month from interval '2 years 13 months'), extract(quarter from timestamp '2001-02-16')
extract(second from timestamp '2001-02-16 20:38:40.25'), extract(second from time '17:12:28.5'), extract(timezone from timestamptz '2020-01-01'), extract(timezone_hour from timestamptz '2020-07-01'), extract(timezone_minute from timestamptz '2020-01-01'), extract(week from date '2006-01-02'), extract(year from timestamp '2001-02-16')
extract(year from interval '-13 months'), extract(month from interval '-13 months'), extract(epoch from interval '-1 year -2 mons 3 days'), extract(ms from interval '-1.5 s'), extract(decade from interval '25 years'), extract(millennium from interval '2500 years'), extract(hour from interval '100:30')
extract(epoch from timestamp 'infinity'), extract(year from timestamptz '-infinity'), extract(month from date 'infinity'), extract(julian from date '-infinity')
extract(hour from date '2020-01-01')
extract(foo from date '2020-01-01')
extract(dow from interval '1 day')
extract(year from time '10:00')
extract(timezone from timestamp '2020-01-01')
date_part('day', timestamp '2001-02-16 20:38:40'), date_part('hour', interval '4 hours 3 minutes'), date_part('epoch', date '2020-01-01'), date_part('hour', date '2020-01-01'), date_part('second', time '10:00:01.25'), date_part('epoch', timestamptz '2020-01-01 00:00:00.123456+00')
date_part('foo', now())
date_trunc('hour', timestamp '2001-02-16 20:38:40'), date_trunc('year', timestamp '2001-02-16 20:38:40'), date_trunc('week', timestamp '2001-02-16'), date_trunc('quarter', timestamp '2001-08-16'), date_trunc('decade', timestamp '2018-05-05'), date_trunc('century', timestamp '2000-05-05'), date_trunc('millennium', timestamp '2000-05-05')
date_trunc('day', timestamptz '2001-02-16 20:38:40+00'), date_trunc('day', timestamptz '2001-02-16 20:38:40+00', 'Australia/Sydney'), date_trunc('hour', timestamptz '2021-11-07 05:30:00+00'), date_trunc('hour', timestamptz '2021-11-07 06:30:00+00'), date_trunc('month', date '2020-05-06')
date_trunc('hour', interval '3 days 02:47:33'), date_trunc('month', interval '1 year 5 mons 3 days'), date_trunc('millisecond', timestamp '2020-01-01 00:00:00.123456'), date_trunc('decade', interval '-25 years'), date_trunc('quarter', interval '5 mons')
date_trunc('foo', timestamp '2020-01-01')
date_trunc('week', interval '1 day')
date_trunc('day', timestamptz '2020-01-01', 'No/Where')
date_bin('15 minutes', timestamp '2020-02-11 15:44:17', timestamp '2001-01-01'), date_bin('1 day', timestamptz '2000-01-01 12:00+00', timestamptz '2020-01-01 06:00+00'), date_bin('7 days', timestamp '1999-12-25 10:00', timestamp '2000-01-01')
date_bin('1 month', timestamp '2020-01-01', timestamp '2001-01-01')
date_bin('0 days', timestamp '2020-01-01', timestamp '2001-01-01')
make_date(2013, 7, 15), make_interval(days => 10), make_interval(1, 2, 3, 4, 5, 6, 7.5), make_time(8, 15, 23.5), make_timestamp(2013, 7, 15, 8, 15, 23.5), make_timestamptz(2013, 7, 15, 8, 15, 23.5), make_timestamptz(2013, 7, 15, 8, 15, 23.5, 'America/New_York')
make_date(2013, 13, 1)
make_date(2013, 2, 30)
make_time(25, 0, 0)
make_time(10, 0, 61)
make_timestamp(2013, 7, 15, 24, 15, 23.5)
make_timestamp(2013, 2, 29, 1, 15, 23.5)
make_timestamptz(2013, 7, 15, 8, 15, 23.5, 'No/Where')
justify_days(interval '35 days'), justify_hours(interval '27 hours'), justify_interval(interval '1 mon -1 hour'), justify_interval(interval '-1 mon 31 days 25 hours'), justify_days(interval '-35 days 1 mon'), justify_hours(interval '1 day -27 hours')
isfinite(date '2001-02-16'), isfinite(timestamp 'infinity'), isfinite(interval '4 hours'), isfinite(timestamptz '-infinity')
to_timestamp(1284352323), to_timestamp(0.123456789), to_timestamp('infinity'::float8), to_timestamp(-1.5)
to_timestamp('NaN'::float8)
timestamp '2001-02-16 20:38:40' at time zone 'America/Denver', timestamptz '2001-02-16 20:38:40-05' at time zone 'America/Denver', timestamptz '2001-02-16 20:38:40-05' at time zone 'Asia/Tokyo' at time zone 'America/Chicago', timestamptz '2001-02-16 20:38:40-05' at time zone interval '-08:00', timestamp '2001-02-16 20:38:40' at time zone 'PST', timestamptz '2020-07-01 00:00+00' at time zone 'utc', timestamptz 'infinity' at time zone 'UTC'
timestamptz '2020-01-01' at time zone 'No/Where'
timestamptz '2020-01-01' at time zone interval '1 day'
timestamp '2021-03-14 02:30' at time zone 'America/New_York', timestamp '2021-11-07 01:30' at time zone 'America/New_York'
date(timestamp '2020-05-06 10:00'), timestamptz '2020-05-06 02:00+00'::date, '2020-05-06'::date::timestamptz, '2020-05-06 10:00'::timestamp::timestamptz, timestamptz '2020-05-06 02:00+00'::timestamp, timestamptz '2020-05-06 02:00+00'::time, interval '25:30'::time, time '10:00'::interval, timestamp '2020-01-01 10:11:12.5'::time
timestamp(2) '2020-01-01 10:11:12.555555', '2020-01-01 10:11:12.5'::timestamp(0), '2020-01-01 10:11:13.5'::timestamptz(0), time(1) '10:11:12.55', '1999-12-31 23:59:59.999999'::timestamp(3), '1999-06-01 00:00:00.125'::timestamp(2)
interval '1 year 2 mons 3 days 04:05:06.789' year, interval '1-2' year to month, interval '1 year 2 mons 3 days 04:05:06.789' day to hour, interval '3 04:05:06.789' day to second(1), '1 year 2 mons 3 days 04:05:06.789'::interval month, '3 days 04:05:06.789'::interval minute, '1 day 04:05:06.789'::interval(0), '04:05:06.789'::interval hour to minute
(date '2001-02-16', date '2001-12-21') overlaps (date '2001-10-30', date '2002-10-30'), (date '2001-02-16', interval '100 days') overlaps (date '2001-10-30', date '2002-10-30'), (date '2001-10-29', date '2001-10-30') overlaps (date '2001-10-30', date '2001-10-31'), (date '2001-10-30', date '2001-10-30') overlaps (date '2001-10-30', date '2001-10-31')
(time '10:00', time '12:00') overlaps (time '11:00', interval '1 hour'), (timestamp '2020-01-01', null) overlaps (timestamp '2019-01-01', timestamp '2021-01-01'), (timestamptz '2020-01-01', interval '1 day') overlaps (timestamptz '2020-01-02', interval '1 day'), (timestamp '2020-01-01', null) overlaps (timestamp '2020-01-01', null)
now() = current_timestamp, now() = transaction_timestamp(), clock_timestamp() >= statement_timestamp(), current_date = now()::date, localtimestamp = now()::timestamp, localtime = now()::time, current_timestamp(0) = now()::timestamptz(0), timeofday() <> ''
pg_sleep(0.001), pg_sleep_for('1 millisecond'), pg_sleep_until(now())
* from generate_series(timestamp '2008-03-01 00:00', '2008-03-04 12:00', '10 hours')
* from generate_series(timestamptz '2021-03-13 00:00', '2021-03-16', '1 day')
* from generate_series(date '2020-01-31', date '2020-05-31', '1 month')
* from generate_series(timestamp '2008-03-04', '2008-03-01', '-1 day')
* from generate_series(timestamp '2008-03-04', '2008-03-05', '0 days')
generate_series(1, 3), generate_series(5, 1, -2), generate_series(1.0, 2, 0.25)
* from generate_series(1, 5, 0)
* from generate_series(9223372036854775806, 9223372036854775807)
* from generate_series(2147483646, 2147483647)
* from generate_series(1, 2, 'NaN'::numeric)
* from generate_series(3, 1)
count(*) from generate_series(1, 2.00, 1.0)
abbrev, utc_offset, is_dst from pg_timezone_abbrevs() order by 1 limit 5
to_char(timestamp '2020-05-06 13:04:05.678', 'YYYY-MM-DD HH24:MI:SS.MS'), to_char(timestamptz '2020-05-06 13:04:05+00', 'Day, DD Month YYYY HH12:MI:SS AM TZ TZH:TZM OF'), to_char(date '2020-05-06', 'FMDay, FMDDth FMMonth YYYY, IYYY-IW-ID Q WW J'), to_char(interval '15h 2m 12s', 'HH24:MI:SS'), to_char(timestamp 'infinity', 'YYYY')
to_date('05 Dec 2000', 'DD Mon YYYY'), to_timestamp('05 Dec 2000 10:11', 'DD Mon YYYY HH24:MI'), to_timestamp('2020-05-06 11:12 +05:30', 'YYYY-MM-DD HH24:MI TZH:TZM'), to_date('2458977', 'J'), to_date('2020 123', 'YYYY DDD')
to_date('2020-13-01', 'YYYY-MM-DD')
to_timestamp('abc', 'YYYY')
to_timestamp('13:30 AM 2020', 'HH:MI PM YYYY')
to_char(interval '1 day', 'Month')
txid_current() > 0, pg_current_snapshot() is not null, txid_snapshot_xmax(txid_current_snapshot()) > 0
age('1'::xid), age('2'::xid), age('0'::xid), mxid_age('1'::xid), mxid_age('0'::xid), mxid_age('5'::xid)
bool_and(age(datfrozenxid) between 0 and 1000000), bool_and(mxid_age(datminmxid) >= 0) from pg_database
bool_and(age(relfrozenxid) between 0 and 1000000), bool_and(mxid_age(relminmxid) >= 0) from pg_class where relkind in ('r', 't')
