import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.postgresql.PGStatement;
import org.postgresql.util.ServerErrorMessage;

/**
 * What a program in Java does with modeld, through PostgreSQL's own JDBC driver.
 *
 * <p>The argument is the connection's URL; statements come from the environment, so that every client is
 * asked the same. Each scenario prints one line: "ok NAME", or "failed NAME" and why.
 */
public final class Scenarios extends Harness {
    private static final String MODEL = System.getenv("MODEL");
    private static final String KEY = "a key that stands in a parameter only";

    public static void main(String[] arguments) {
        begin(arguments[0]);
        play("document", Scenarios::document);
        play("errors", Scenarios::errors);
        play("parameters", Scenarios::parameters);
        play("prepared", Scenarios::prepared);
        play("rollback", Scenarios::rollback);
        play("savepoint", Scenarios::savepoint);
        play("conflict", Scenarios::conflict);
        play("fetch_size", Scenarios::fetchSize);
        play("max_rows", Scenarios::maxRows);
        play("batch", Scenarios::batch);
        play("batch_error", Scenarios::batchError);
        play("read_only", Scenarios::readOnly);
        play("isolation", Scenarios::isolation);
        play("types", Scenarios::types);
        play("warnings", Scenarios::warnings);
        play("notifications", Scenarios::notifications);
        play("cancel", Scenarios::cancel);
    }

    // The document's scenario.

    private static void document(Connection connection) throws SQLException {
        run(connection, System.getenv("CREATE"));
        run(connection, System.getenv("ADD_V2"));
        same("v1", described(connection, "Default Version"));
        run(connection, System.getenv("DEFAULT_V2"));
        same("v2", described(connection, "Default Version"));

        ServerErrorMessage refused = refused(() -> run(connection, System.getenv("DROP_V2")));

        same("55006", refused.getSQLState());
        same(System.getenv("REFUSED"), refused.getMessage());
        same(System.getenv("DROP_V2").indexOf("v2") + 1, refused.getPosition());
        check(refused.getHint().startsWith("First set another version as the default"), refused.getHint());
        run(connection, System.getenv("DEFAULT_V1"));
        run(connection, System.getenv("DROP_V2"));
        same(List.of("v1"), column(connection, "SHOW VERSIONS FOR MODEL " + MODEL));
        run(connection, System.getenv("DROP"));
        same("42704", refused(() -> run(connection, "DESC MODEL " + MODEL)).getSQLState());
    }

    private static String described(Connection connection, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("DESC MODEL " + MODEL)) {
            while (rows.next()) {
                if (rows.getString("name").equals(name)) {
                    return rows.getString("value");
                }
            }
        }
        throw new AssertionError("DESC MODEL has no " + name);
    }

    private static void errors(Connection connection) throws SQLException {
        same("42601", refused(() -> run(connection, "ALTER MODEL m ADD")).getSQLState());
        same("42704", refused(() -> run(connection, "DROP MODEL nothing")).getSQLState());
        connection.setAutoCommit(false);
        same("42704", refused(() -> run(connection, "DROP MODEL nothing")).getSQLState());
        same("25P02", refused(() -> run(connection, "SHOW MODELS")).getSQLState());
        connection.rollback();
        same(List.of(), column(connection, "SHOW MODELS LIKE 'nothing'"));
    }

    // Statements that are prepared.

    private static void parameters(Connection connection) throws SQLException {
        // In simple mode the driver pastes values into the text, where MaxCompute's backslash is an escape.
        String first = url().contains("preferQueryMode=simple") ? "it's" : "it's a \\ column 列";
        String[] values = {first, "Qwen", KEY, "model \"comment\" 模型"};
        try (PreparedStatement statement = connection.prepareStatement(System.getenv("CREATE_BOUND"))) {
            for (int index = 0; index < values.length; index++) {
                statement.setString(index + 1, values[index]);
            }
            check(!statement.execute(), "CREATE MODEL gives rows");
        }
        try (PreparedStatement statement = connection.prepareStatement("SHOW MODELS LIKE ?")) {
            statement.setString(1, "b*|nothing");
            try (ResultSet rows = statement.executeQuery()) {
                check(rows.next(), "the pattern finds nothing");
                same("bound", rows.getString("model_name"));
                same(values[3], rows.getString("comment"));
            }
        }
        List<String> names = column(connection, "DESC MODEL bound", "name");
        List<String> shown = column(connection, "DESC MODEL bound", "value");
        same("****" + KEY.substring(KEY.length() - 4), shown.get(names.indexOf("APIKEY")));
        same(values[0], column(connection, "DESC MODEL bound", "comment").get(names.indexOf("a")));
        run(connection, "DROP MODEL bound");
    }

    private static void prepared(Connection connection) throws SQLException {
        run(connection, create("p0"));
        try (PreparedStatement statement = connection.prepareStatement("SHOW MODELS LIKE ?")) {
            for (int round = 0; round < 9; round++) {
                statement.setString(1, round % 2 == 0 ? "p0" : "nothing");
                try (ResultSet rows = statement.executeQuery()) {
                    same(round % 2 == 0, rows.next());
                }
            }
            // From its fifth run on a statement has a name on the server (in simple mode the driver just says so).
            check(statement.unwrap(PGStatement.class).isUseServerPrepare(), "the statement is not prepared");
        }
        run(connection, "DROP MODEL p0");
    }

    // Transactions.

    private static void rollback(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        run(connection, create("r0"));
        same(List.of("r0"), column(connection, "SHOW MODELS LIKE 'r0'"));
        connection.rollback();
        same(List.of(), column(connection, "SHOW MODELS LIKE 'r0'"));
        run(connection, create("r0"));
        connection.commit();
        try (Connection other = connect()) {
            same(List.of("r0"), column(other, "SHOW MODELS LIKE 'r0'"));
            run(other, "DROP MODEL r0");
        }
    }

    private static void savepoint(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        run(connection, create("s0"));
        var before = connection.setSavepoint("before");
        run(connection, create("s1"));
        same("42710", refused(() -> run(connection, create("s1"))).getSQLState());
        connection.rollback(before);
        run(connection, create("s2"));
        connection.releaseSavepoint(before);
        connection.commit();
        same(List.of("s0", "s2"), column(connection, "SHOW MODELS LIKE 's%'"));
        run(connection, "DROP MODEL s0; DROP MODEL s2");
        connection.commit();
    }

    private static void conflict(Connection one) throws SQLException {
        run(one, create("shared"));
        try (Connection two = connect()) {
            one.setAutoCommit(false);
            two.setAutoCommit(false);
            run(one, System.getenv("ADD_SHARED").replace("VERSION v", "VERSION v2"));
            run(two, System.getenv("ADD_SHARED").replace("VERSION v", "VERSION v3"));
            one.commit();
            same("40001", refused(two::commit).getSQLState());
            same(List.of("v1", "v2"), column(two, "SHOW VERSIONS FOR MODEL shared"));
            two.commit();
        }
        run(one, "DROP MODEL shared");
        one.commit();
    }

    // Results in parts, and batches.

    private static void fetchSize(Connection connection) throws SQLException {
        makeMany(connection, "f", 25);
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(4);
            List<String> names = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery("SHOW MODELS LIKE 'f%'");
                    PreparedStatement other = connection.prepareStatement("SHOW MODELS LIKE ?")) {
                other.setString(1, "f%");
                other.setFetchSize(5);
                ResultSet others = other.executeQuery();
                while (rows.next()) {
                    names.add(rows.getString(1));
                    check(others.next(), "the other portal ends early");
                    same(rows.getString(1), others.getString(1));
                }
            }
            same(25, names.size());
            same("f24", names.get(24));
        }
        connection.commit();
        dropMany(connection, "f", 25);
    }

    private static void maxRows(Connection connection) throws SQLException {
        makeMany(connection, "x", 5);
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(3);
            try (ResultSet rows = statement.executeQuery("SHOW MODELS LIKE 'x%'")) {
                int count = 0;
                while (rows.next()) {
                    count++;
                }
                // The simple query protocol knows no limit, and the driver passes on what comes.
                same(isSimple() ? 5 : 3, count);
            }
        }
        dropMany(connection, "x", 5);
    }

    private static void batch(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        makeMany(connection, "b", 40);
        connection.rollback();
        same(List.of(), column(connection, "SHOW MODELS LIKE 'b%'"));
        makeMany(connection, "b", 40);
        connection.commit();
        same(40, column(connection, "SHOW MODELS LIKE 'b%'").size());
        String sql = System.getenv("CREATE_BOUND").replace("MODEL bound", "MODEL IF NOT EXISTS b_bound");
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int number = 0; number < 20; number++) {
                for (int index = 1; index <= 4; index++) {
                    statement.setString(index, "value " + number);
                }
                statement.addBatch();
            }
            same(20, statement.executeBatch().length);
        }
        connection.commit();
        same(List.of("value 0"), column(connection, "SHOW MODELS LIKE 'b_bound'", "comment"));
        run(connection, "DROP MODEL b_bound");
        dropMany(connection, "b", 40);
        connection.commit();
    }

    private static void batchError(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.addBatch(create("e0"));
            statement.addBatch("DROP MODEL nothing");
            statement.addBatch(create("e1"));
            statement.executeBatch();
            throw new AssertionError("the batch is not refused");
        } catch (BatchUpdateException error) {
            same("42704", error.getSQLState());
        }
        // One Sync ends an extended batch, so all is undone; each simple query is a transaction of its own.
        same(isSimple() ? List.of("e0", "e1") : List.of(), column(connection, "SHOW MODELS LIKE 'e%'"));
        run(connection, "DROP MODEL IF EXISTS e0; DROP MODEL IF EXISTS e1");
    }

    private static void makeMany(Connection connection, String prefix, int count) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (int number = 0; number < count; number++) {
                statement.addBatch(create(String.format("%s%02d", prefix, number)));
            }
            same(count, statement.executeBatch().length);
        }
    }

    private static void dropMany(Connection connection, String prefix, int count) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (int number = 0; number < count; number++) {
                statement.addBatch(String.format("DROP MODEL %s%02d", prefix, number));
            }
            statement.executeBatch();
        }
    }

    // The session.

    private static void readOnly(Connection connection) throws SQLException {
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        same("25006", refused(() -> run(connection, create("o0"))).getSQLState());
        connection.rollback();
        same(List.of(), column(connection, "SHOW MODELS LIKE 'o0'"));
        connection.rollback();
        connection.setReadOnly(false);
        run(connection, create("o0"));
        connection.rollback();
    }

    private static void isolation(Connection connection) throws SQLException {
        same(Connection.TRANSACTION_READ_COMMITTED, connection.getTransactionIsolation());
        connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        same(Connection.TRANSACTION_SERIALIZABLE, connection.getTransactionIsolation());
        check(connection.isValid(5), "the connection is not valid");
        same("PostgreSQL", connection.getMetaData().getDatabaseProductName());
        connection.setClientInfo("ApplicationName", "scenarios");
        same(List.of("scenarios"), column(connection, "SHOW application_name"));
    }

    private static void types(Connection connection) throws SQLException {
        run(connection, create("t0"));
        try (PreparedStatement statement = connection.prepareStatement("SHOW VERSIONS FOR MODEL t0")) {
            for (int round = 0; round < 7; round++) {
                try (ResultSet rows = statement.executeQuery()) {
                    check(rows.next(), "there is no version");
                    same("v1", rows.getString("version_name"));
                    same(true, rows.getBoolean("is_default"));
                    OffsetDateTime made = rows.getObject("create_time", OffsetDateTime.class);
                    same(made.toInstant(), rows.getTimestamp("create_time").toInstant());
                    Duration age = Duration.between(made.toInstant(), java.time.Instant.now());
                    check(age.abs().toMinutes() < 1, "made " + made);
                    same(false, rows.next());
                }
            }
        }
        run(connection, "DROP MODEL t0");
    }

    private static void warnings(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP MODEL IF EXISTS nothing");
            SQLWarning warning = statement.getWarnings();
            check(warning != null, "there is no warning");
            same("00000", warning.getSQLState());
            check(warning.getMessage().endsWith("does not exist, skipping"), warning.getMessage());
        }
    }

    private static void notifications(Connection connection) throws SQLException {
        run(connection, "LISTEN model_changes");
        try (Connection other = connect()) {
            run(other, create("n0"));
            run(other, "DROP MODEL n0");
        }
        List<String> payloads = new ArrayList<>();
        while (payloads.size() < 2) {
            PGNotification[] arrived = connection.unwrap(PGConnection.class).getNotifications(5000);
            check(arrived != null && arrived.length > 0, "only " + payloads + " arrived");
            for (PGNotification notification : arrived) {
                same("model_changes", notification.getName());
                payloads.add(notification.getParameter());
            }
        }
        check(payloads.get(0).contains(".n0\"") && payloads.get(1).contains("DROP MODEL"), payloads.toString());
        run(connection, "UNLISTEN *");
    }

    private static void cancel(Connection connection) throws SQLException {
        // A cancel request that finds nothing running, and a time limit that is not reached, do no harm.
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(30);
            statement.execute("SHOW MODELS");
        }
        connection.unwrap(PGConnection.class).cancelQuery();
    }

    private Scenarios() {}
}
