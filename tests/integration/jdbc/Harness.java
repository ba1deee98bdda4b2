import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What scenarios are written in. Each is played on a connection of its own and prints one line: "ok NAME", or
 * "failed NAME" and why.
 */
abstract class Harness {
    interface Scenario {
        void run(Connection connection) throws Exception;
    }

    private static String url;

    /** Must be called first. */
    static void begin(String address) {
        url = address;
    }

    static String url() {
        return url;
    }

    static void play(String name, Scenario scenario) {
        try (Connection connection = connect()) {
            scenario.run(connection);
            // Whatever happened, the connection is still good.
            connection.setAutoCommit(true);
            same(List.of("UTF8"), column(connection, "SHOW client_encoding"));
            System.out.println("ok " + name);
        } catch (Exception | AssertionError error) {
            System.out.println("failed " + name);
            error.printStackTrace(System.out);
        }
    }

    static Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** Whether statements without parameters go by the simple query protocol. */
    static boolean isSimple() {
        return url.contains("preferQueryMode=simple") || url.contains("preferQueryMode=extendedForPrepared");
    }

    /** Whether the driver writes parameters into the text of the statement. */
    static boolean pastesParameters() {
        return url.contains("preferQueryMode=simple");
    }

    static String create(String name) {
        return System.getenv("CREATE_ANY").replace("any_model", name);
    }

    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static List<String> column(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return strings(rows, 1);
        }
    }

    static List<String> column(Connection connection, String sql, String name) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            return strings(rows, rows.findColumn(name));
        }
    }

    static List<String> strings(ResultSet rows, int index) throws SQLException {
        List<String> values = new ArrayList<>();
        while (rows.next()) {
            values.add(rows.getString(index));
        }
        return values;
    }

    interface Step {
        void run() throws SQLException;
    }

    static ServerErrorMessage refused(Step step) throws SQLException {
        try {
            step.run();
        } catch (PSQLException error) {
            return Objects.requireNonNull(error.getServerErrorMessage(), error.getMessage());
        }
        throw new AssertionError("the server does not refuse it");
    }

    static void same(Object expected, Object found) {
        check(Objects.equals(expected, found), "expected " + expected + ", found " + found);
    }

    static void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }
}
