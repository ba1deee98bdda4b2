import java.math.BigDecimal;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.Date;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import org.postgresql.PGStatement;

/** SELECT through PostgreSQL's JDBC driver: metadata, values, cursors, batches, time limits. */
public final class Queries extends Harness {
    // One that sleeps, and one that calculates without holding memory.
    private static final List<String> ENDLESS =
            List.of("SELECT pg_sleep(30)", "SELECT n FROM generate_series(1, 1000000000) AS n WHERE n < 0");

    public static void main(String[] arguments) throws SQLException {
        begin(arguments[0]);
        try (Connection connection = connect()) {
            run(connection, create("a"));
            run(connection, create("b"));
        }
        play("tables", Queries::tables);
        play("columns", Queries::columns);
        play("catalogs", Queries::catalogs);
        play("keys", Queries::keys);
        play("result_metadata", Queries::resultMetadata);
        play("values", Queries::values);
        play("parameters", Queries::parameters);
        play("arrays", Queries::arrays);
        play("calls", Queries::calls);
        play("server_prepared", Queries::serverPrepared);
        play("fetch_size", Queries::fetchSize);
        play("scrolling", Queries::scrolling);
        play("batches", Queries::batches);
        play("time_limit", Queries::timeLimit);
        play("cancel", Queries::cancel);
        play("errors", Queries::errors);
    }

    // What tools ask first.

    private static void tables(Connection connection) throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        try (ResultSet rows = metadata.getTables(null, "default", "model%", new String[] {"VIEW"})) {
            List<String> names = new ArrayList<>();
            while (rows.next()) {
                names.add(rows.getString("TABLE_NAME"));
                same("VIEW", rows.getString("TABLE_TYPE"));
                same("default", rows.getString("TABLE_SCHEM"));
            }
            check(names.containsAll(List.of("models", "model_versions", "model_inputs")), names.toString());
        }
        try (ResultSet rows = metadata.getTables(null, "default", "%", new String[] {"TABLE"})) {
            check(!rows.next(), "there is a table");
        }
        try (ResultSet rows = metadata.getTables(null, "pg_catalog", "pg_class", null)) {
            check(rows.next(), "there is no pg_class");
            same("SYSTEM TABLE", rows.getString("TABLE_TYPE"));
        }
        check(strings(metadata.getTableTypes(), 1).contains("VIEW"), "VIEW is no type of table");
    }

    private static void columns(Connection connection) throws SQLException {
        try (ResultSet rows = connection.getMetaData().getColumns(null, "default", "model_versions", "%")) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString("COLUMN_NAME") + " " + rows.getString("TYPE_NAME"));
                same(found.size(), rows.getInt("ORDINAL_POSITION"));
                same("YES", rows.getString("IS_NULLABLE"));
                check(!rows.getString("REMARKS").isEmpty(), "there is no comment");
            }
            List<String> expected = List.of("project text", "is_default bool", "create_time timestamptz", "options jsonb");
            check(found.containsAll(expected), found.toString());
            check(found.contains("aliases _text"), found.toString());
        }
    }

    private static void catalogs(Connection connection) throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        check(strings(metadata.getSchemas(), 1).containsAll(List.of("default", "pg_catalog", "information_schema")), "schemas");
        same(List.of("default"), strings(metadata.getSchemas(null, "def%"), 1));
        same(connection.getCatalog(), strings(metadata.getCatalogs(), 1).stream().filter(Queries::isOurs).findFirst().get());
        same("default", connection.getSchema());
        check(strings(metadata.getTypeInfo(), 1).containsAll(List.of("int4", "text", "jsonb", "timestamptz")), "types");
        check(strings(metadata.getFunctions(null, "pg_catalog", "lower"), 3).contains("lower"), "lower");
        check(metadata.getProcedures(null, null, "%").getMetaData().getColumnCount() > 5, "procedures");
        check(metadata.getSQLKeywords().contains("ilike"), metadata.getSQLKeywords());
        check(metadata.getMaxColumnNameLength() == 63, "names");
        same(15, metadata.getDatabaseMajorVersion());
    }

    private static boolean isOurs(String catalog) {
        return url().contains("/" + catalog + "?");
    }

    private static void keys(Connection connection) throws SQLException {
        DatabaseMetaData metadata = connection.getMetaData();
        same(List.of(), strings(metadata.getPrimaryKeys(null, "default", "models"), 4));
        same(List.of(), strings(metadata.getImportedKeys(null, "default", "models"), 4));
        same(List.of(), strings(metadata.getExportedKeys(null, "default", "models"), 4));
        same(List.of(), strings(metadata.getIndexInfo(null, "default", "models", false, true), 6));
        same(List.of("oid"), strings(metadata.getPrimaryKeys(null, "pg_catalog", "pg_class"), 4));
        check(strings(metadata.getIndexInfo(null, "pg_catalog", "pg_class", true, false), 6).contains("pg_class_oid_index"), "");
        metadata.getBestRowIdentifier(null, "default", "models", DatabaseMetaData.bestRowSession, true).close();
        metadata.getVersionColumns(null, "default", "models").close();
        metadata.getTablePrivileges(null, "default", "models").close();
        metadata.getColumnPrivileges(null, "default", "models", "%").close();
        metadata.getUDTs(null, "%", "%", null).close();
        metadata.getClientInfoProperties().close();
    }

    private static void resultMetadata(Connection connection) throws SQLException {
        String sql = "SELECT model_name AS name, version_count, 1.5::numeric(6,2) AS n, 'x'::varchar(7) FROM models";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            ResultSetMetaData metadata = statement.executeQuery().getMetaData();
            same("name", metadata.getColumnLabel(1));
            same("model_name", ((org.postgresql.PGResultSetMetaData) metadata).getBaseColumnName(1));
            same("models", metadata.getTableName(1).isEmpty() ? "models" : metadata.getTableName(1));
            same(Types.BIGINT, metadata.getColumnType(2));
            same(6, metadata.getPrecision(3));
            same(2, metadata.getScale(3));
            same(7, metadata.getPrecision(4));
            same(ResultSetMetaData.columnNullable, metadata.isNullable(1));
            check(!metadata.isAutoIncrement(1), "a model's name counts up");
        }
        if (pastesParameters()) {
            return; // The driver would ask for the types of a text that still has its question marks.
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?::int8, ? || 'x', upper(?)")) {
            same(3, statement.getParameterMetaData().getParameterCount());
            same("int8", statement.getParameterMetaData().getParameterTypeName(1));
        }
    }

    // Values.

    private static void values(Connection connection) throws SQLException {
        String sql = "SELECT 1::int2, 2::int4, 3::int8, 0.5::float4, 0.25::float8, 12.50::numeric, true, 'é模'::text, "
                + "'\\x0102'::bytea, date '2024-02-29', timestamp '2024-02-29 12:34:56.789', "
                + "timestamptz '2024-02-29 12:34:56.789+05', '{\"a\": 1}'::jsonb, NULL::text, "
                + "'7ffe0ff8-4f2e-4b6e-9b9d-0b9d8a1a2b3c'::uuid, interval '1 day 02:03:04', time '01:02:03', 7::oid";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int round = 0; round < 7; round++) {
                try (ResultSet rows = statement.executeQuery()) {
                    check(rows.next(), "there is no row");
                    same(6, rows.getShort(1) + rows.getInt(2) + (int) rows.getLong(3));
                    same(0.75, rows.getFloat(4) + rows.getDouble(5));
                    same(new BigDecimal("12.50"), rows.getBigDecimal(6));
                    same(true, rows.getBoolean(7));
                    same("é模", rows.getString(8));
                    check(Arrays.equals(new byte[] {1, 2}, rows.getBytes(9)), "bytea");
                    same(LocalDate.of(2024, 2, 29), rows.getObject(10, LocalDate.class));
                    same(Date.valueOf("2024-02-29"), rows.getDate(10));
                    same(LocalDateTime.parse("2024-02-29T12:34:56.789"), rows.getObject(11, LocalDateTime.class));
                    OffsetDateTime moment = rows.getObject(12, OffsetDateTime.class);
                    same(OffsetDateTime.parse("2024-02-29T07:34:56.789Z").toInstant(), moment.toInstant());
                    same("{\"a\": 1}", rows.getObject(13).toString());
                    check(rows.getString(14) == null && rows.wasNull(), "NULL");
                    same(UUID.fromString("7ffe0ff8-4f2e-4b6e-9b9d-0b9d8a1a2b3c"), rows.getObject(15));
                    check(rows.getString(16).contains("1 day"), rows.getString(16));
                    same("01:02:03", rows.getTime(17).toString());
                    same(7L, rows.getLong(18));
                }
            }
        }
    }

    private static void parameters(Connection connection) throws SQLException {
        String sql = "SELECT ?::int4 + 1, ? || 'x', ?::numeric * 2, ?::timestamptz, ?::bool, ?::uuid, ?::date + 1";
        UUID uuid = UUID.randomUUID();
        OffsetDateTime moment = OffsetDateTime.parse("2024-02-29T07:34:56.789Z");
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int round = 0; round < 7; round++) {
                statement.setInt(1, 41);
                statement.setString(2, "it's");
                statement.setBigDecimal(3, new BigDecimal("1.25"));
                statement.setObject(4, moment);
                statement.setBoolean(5, true);
                statement.setObject(6, uuid);
                statement.setObject(7, LocalDate.of(2024, 2, 28));
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    same(42, rows.getInt(1));
                    same("it'sx", rows.getString(2));
                    same(new BigDecimal("2.50"), rows.getBigDecimal(3));
                    same(moment.toInstant(), rows.getObject(4, OffsetDateTime.class).toInstant());
                    same(true, rows.getBoolean(5));
                    same(uuid, rows.getObject(6));
                    same(LocalDate.of(2024, 2, 29), rows.getObject(7, LocalDate.class));
                }
            }
        }
        if (pastesParameters()) {
            return; // This release of the driver cannot paste bytes.
        }
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?::bytea || '\\x01'")) {
            for (int round = 0; round < 7; round++) {
                statement.setBytes(1, new byte[] {0, -1});
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    check(Arrays.equals(new byte[] {0, -1, 1}, rows.getBytes(1)), "bytea");
                }
            }
        }
    }

    private static void arrays(Connection connection) throws SQLException {
        Array wanted = connection.createArrayOf("text", new String[] {"b", "none", null, "it's"});
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT model_name, ARRAY[1, NULL, 3]::int8[], ?::text[] FROM models WHERE model_name = ANY (?)")) {
            statement.setArray(1, wanted);
            statement.setArray(2, wanted);
            for (int round = 0; round < 7; round++) {
                try (ResultSet rows = statement.executeQuery()) {
                    check(rows.next(), "there is no row");
                    same("b", rows.getString(1));
                    same(Arrays.asList(1L, null, 3L), Arrays.asList((Object[]) rows.getArray(2).getArray()));
                    same("it's", ((Object[]) rows.getArray(3).getArray())[3]);
                    check(!rows.next(), "there is another row");
                }
            }
        }
    }

    // How they are run.

    private static void calls(Connection connection) throws SQLException {
        if (pastesParameters()) {
            return; // The driver would write NULL where the result comes.
        }
        try (CallableStatement call = connection.prepareCall("{? = call upper(?)}")) {
            call.registerOutParameter(1, Types.VARCHAR);
            for (String text : List.of("one", "two")) {
                call.setString(2, text);
                call.execute();
                same(text.toUpperCase(), call.getString(1));
            }
        }
        try (CallableStatement call = connection.prepareCall("{call pg_sleep(?)}")) {
            call.setDouble(1, 0);
            check(call.execute(), "there is no result");
        }
    }

    private static void serverPrepared(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?::int8 + count(*) FROM models")) {
            statement.unwrap(PGStatement.class).setPrepareThreshold(2);
            for (int round = 0; round < 6; round++) {
                statement.setLong(1, round);
                try (ResultSet rows = statement.executeQuery()) {
                    rows.next();
                    same(round + 2L, rows.getLong(1));
                }
            }
        }
        // The driver notices that what it prepared is gone, and prepares again outside of a transaction.
        try (PreparedStatement statement = connection.prepareStatement("SELECT ?::int4")) {
            statement.unwrap(PGStatement.class).setPrepareThreshold(1);
            for (int round = 0; round < 3; round++) {
                statement.setInt(1, round);
                same(List.of("" + round), strings(statement.executeQuery(), 1));
            }
        }
    }

    private static void fetchSize(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (PreparedStatement statement = connection.prepareStatement("SELECT g FROM generate_series(1, ?) AS g")) {
            statement.setInt(1, 1000);
            statement.setFetchSize(7);
            try (ResultSet rows = statement.executeQuery()) {
                long sum = 0;
                while (rows.next()) {
                    sum += rows.getInt(1);
                    if (rows.getInt(1) == 500) {
                        same(List.of("2"), column(connection, "SELECT count(*) FROM models"));
                    }
                }
                same(500_500L, sum);
            }
        }
        connection.commit();
    }

    private static void scrolling(Connection connection) throws SQLException {
        try (Statement statement =
                        connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY);
                ResultSet rows = statement.executeQuery("SELECT g FROM generate_series(1, 20) AS g")) {
            check(rows.last() && rows.getInt(1) == 20, "last");
            check(rows.absolute(5) && rows.getInt(1) == 5, "absolute");
            check(rows.previous() && rows.getInt(1) == 4, "previous");
            check(rows.relative(3) && rows.getInt(1) == 7, "relative");
        }
    }

    private static void batches(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            for (int number = 0; number < 30; number++) {
                statement.addBatch(create("batch_" + number));
            }
            statement.executeBatch();
            same(List.of("30"), column(connection, "SELECT count(*) FROM models WHERE model_name LIKE 'batch\\_%'"));
        }
        connection.rollback();
        same(List.of("2"), column(connection, "SELECT count(*) FROM models"));
        connection.rollback();
        // Several statements in one text give several results.
        try (Statement statement = connection.createStatement()) {
            check(statement.execute("SELECT 1; SELECT 2, 3; SELECT 4 WHERE false"), "no result");
            same(List.of("1"), strings(statement.getResultSet(), 1));
            check(statement.getMoreResults(), "no second result");
            same(List.of("3"), strings(statement.getResultSet(), 2));
            check(statement.getMoreResults(), "no third result");
            same(List.of(), strings(statement.getResultSet(), 1));
        }
        connection.rollback();
    }

    private static void timeLimit(Connection connection) throws SQLException {
        for (String sql : ENDLESS) {
            try (Statement statement = connection.createStatement()) {
                statement.setQueryTimeout(1);
                same("57014", refused(() -> statement.executeQuery(sql)).getSQLState());
            }
            same(List.of("1"), column(connection, "SELECT 1"));
            run(connection, "SET statement_timeout = 200");
            same("57014", refused(() -> run(connection, sql)).getSQLState());
            run(connection, "RESET statement_timeout");
        }
    }

    private static void cancel(Connection connection) throws SQLException {
        for (String sql : ENDLESS) {
            try (Statement statement = connection.createStatement()) {
                Timer timer = new Timer();
                timer.schedule(new Cancellation(statement), 300);
                same("57014", refused(() -> statement.executeQuery(sql)).getSQLState());
                timer.cancel();
            }
            same(List.of("1"), column(connection, "SELECT 1"));
        }
    }

    private static final class Cancellation extends TimerTask {
        private final Statement statement;

        Cancellation(Statement statement) {
            this.statement = statement;
        }

        @Override
        public void run() {
            try {
                statement.cancel();
            } catch (SQLException error) {
                throw new IllegalStateException(error);
            }
        }
    }

    private static void errors(Connection connection) throws SQLException {
        same("42P01", refused(() -> run(connection, "SELECT * FROM nothing")).getSQLState());
        same("42703", refused(() -> run(connection, "SELECT nothing FROM models")).getSQLState());
        same("42883", refused(() -> run(connection, "SELECT nothing(1)")).getSQLState());
        same("22012", refused(() -> run(connection, "SELECT 1 / 0")).getSQLState());
        same(8, refused(() -> run(connection, "SELECT nothing FROM models")).getPosition());
        connection.setAutoCommit(false);
        same("22P02", refused(() -> run(connection, "SELECT 'x'::int")).getSQLState());
        same("25P02", refused(() -> run(connection, "SELECT 1")).getSQLState());
        connection.rollback();
    }

    private Queries() {}
}
