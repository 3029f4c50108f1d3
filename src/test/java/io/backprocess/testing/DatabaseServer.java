package io.backprocess.testing;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real PostgreSQL or MariaDB from the system's packages, on the loopback with a directory of its own:
 * {@code @RegisterExtension static final DatabaseServer POSTGRESQL = new DatabaseServer(Kind.POSTGRESQL);}
 *
 * <p>It starts before the class and ends after it; a test may kill and start it in between. Where the programs are missing the
 * tests are skipped, and fail where CI is set.
 */
public final class DatabaseServer implements BeforeAllCallback, AfterAllCallback {
    public static final String DATABASE = "shop";
    public static final String USER = "backprocess";
    public static final String PASSWORD = "canary-password";
    private static final long PATIENCE_SECONDS = 60;
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

    /** What differs. Neither server runs as root, so each has the user that its package makes. */
    public enum Kind {
        POSTGRESQL("postgres", "initdb", "postgres"),
        MARIADB("mysql", "mariadb-install-db", "mariadbd");

        private final String systemUser;
        private final String installer;
        private final String server;

        Kind(String systemUser, String installer, String server) {
            this.systemUser = systemUser;
            this.installer = installer;
            this.server = server;
        }
    }

    private final Kind kind;
    private @Nullable Path directory;
    private @Nullable Process server;
    private int port;

    public DatabaseServer(Kind kind) {
        this.kind = kind;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        for (String program : List.of(kind.installer, kind.server)) {
            if (find(program) == null && System.getenv("CI") == null) {
                abort(program + " is not there; apt-get install postgresql mariadb-server");
            }
        }
        directory = Files.createTempDirectory("database");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        if (ROOT) {
            run(List.of("chown", kind.systemUser, directory.toString()));
        }
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        install();
        start();
        createDatabase();
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        kill();
        if (directory != null) {
            try (Stream<Path> files = Files.walk(directory)) {
                files.sorted((one, other) -> other.compareTo(one))
                        .map(Path::toFile)
                        .forEach(File::delete);
            }
            Files.deleteIfExists(log().toPath());
        }
    }

    private void install() throws Exception {
        run(
                switch (kind) {
                    case POSTGRESQL ->
                        asUser(
                                find(kind.installer),
                                "-D",
                                data(),
                                "-U",
                                "admin",
                                "-A",
                                "trust",
                                "-E",
                                "UTF8",
                                "--locale=C.UTF-8",
                                "--no-sync");
                    case MARIADB ->
                        asUser(
                                find(kind.installer),
                                "--no-defaults",
                                "--datadir=" + data(),
                                "--auth-root-authentication-method=normal",
                                "--skip-test-db");
                });
        if (kind == Kind.POSTGRESQL) {
            // Only the admin is trusted.
            Files.writeString(
                    Path.of(data(), "pg_hba.conf"),
                    "host all admin 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n");
        }
    }

    /** When it returns, the server takes connections. */
    public void start() throws Exception {
        List<String> command =
                switch (kind) {
                    case POSTGRESQL ->
                        asUser(
                                find(kind.server),
                                "-D",
                                data(),
                                "-p",
                                "" + port,
                                "-c",
                                "listen_addresses=127.0.0.1",
                                "-c",
                                "unix_socket_directories=");
                    case MARIADB ->
                        asUser(
                                find(kind.server),
                                "--no-defaults",
                                "--datadir=" + data(),
                                "--port=" + port,
                                "--bind-address=127.0.0.1",
                                "--socket=" + directory + "/socket",
                                "--pid-file=" + directory + "/pid",
                                "--innodb-buffer-pool-size=64M",
                                "--character-set-server=utf8mb4");
                };
        server = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log()))
                .start();
        TestBatch.await(kind + " to start", this::answers);
    }

    private boolean answers() {
        if (server == null || !server.isAlive()) {
            throw new AssertionError("the server has ended: " + read(log()));
        }
        try (Connection connection = asAdmin("")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private void createDatabase() throws SQLException {
        try (Connection admin = asAdmin("");
                Statement statement = admin.createStatement()) {
            statement.execute("CREATE DATABASE " + DATABASE);
            if (kind == Kind.POSTGRESQL) {
                statement.execute("CREATE USER %s PASSWORD '%s'".formatted(USER, PASSWORD));
            } else {
                statement.execute("CREATE USER %s@'127.0.0.1' IDENTIFIED BY '%s'".formatted(USER, PASSWORD));
                statement.execute("GRANT SELECT, INSERT, UPDATE, CREATE, ALTER, TRIGGER ON %s.* TO %s@'127.0.0.1'"
                        .formatted(DATABASE, USER));
            }
        }
        if (kind == Kind.POSTGRESQL) {
            execute(
                    "GRANT CREATE ON SCHEMA public TO " + USER,
                    "ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE ON TABLES TO " + USER);
        }
    }

    /** Starts the server in a thread of its own, which ends when the server takes connections. */
    public Thread startInBackground() {
        Thread starting = new Thread(() -> {
            try {
                start();
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        starting.start();
        return starting;
    }

    /** At once, as if the power had gone. */
    public void kill() throws Exception {
        Process running = server;
        if (running != null) {
            // From the top, so that none starts another; the one that only changes the user goes with its child.
            List<ProcessHandle> processes = running.descendants().toList();
            for (ProcessHandle each : processes) {
                each.destroyForcibly();
            }
            for (ProcessHandle each : processes) {
                each.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
            running.destroyForcibly();
            running.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
            server = null;
        }
    }

    public Kind kind() {
        return kind;
    }

    public String url() {
        return "jdbc:%s://127.0.0.1:%d/%s"
                .formatted(kind == Kind.POSTGRESQL ? "postgresql" : "mariadb", port, DATABASE);
    }

    /** A name that no other table of this JVM has. */
    public String unique(String name) {
        return name + NAMES.incrementAndGet();
    }

    /** As the database's owner. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = asAdmin(DATABASE);
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** Each row as the texts of its values, with a bar in between. */
    public List<String> rows(String query) {
        List<String> rows = new ArrayList<>();
        try (Connection connection = asAdmin(DATABASE);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                List<String> row = new ArrayList<>();
                for (int column = 1; column <= columns; column++) {
                    row.add(String.valueOf(result.getString(column)));
                }
                rows.add(String.join("|", row));
            }
        } catch (SQLException e) {
            throw new AssertionError(query, e);
        }
        return rows;
    }

    /** Tells whether a statement waits for a row that another transaction has locked. */
    public boolean isWaitingForALock() {
        // Not MariaDB's innodb_trx, which is only updated after 100 ms without a query.
        return !rows(kind == Kind.POSTGRESQL
                        ? "SELECT 1 FROM pg_locks WHERE NOT granted"
                        : "SHOW GLOBAL STATUS WHERE Variable_name = 'Innodb_row_lock_current_waits' AND Value > 0")
                .isEmpty();
    }

    public Connection asAdmin(String database) throws SQLException {
        Properties admin = new Properties();
        admin.setProperty("user", kind == Kind.POSTGRESQL ? "admin" : "root");
        String name = kind == Kind.POSTGRESQL && database.isEmpty() ? "postgres" : database;
        return DriverManager.getConnection(url().replaceFirst("[^/]*$", name), admin);
    }

    private String data() {
        return directory + "/data";
    }

    private File log() {
        return new File(directory + ".log");
    }

    private List<String> asUser(@Nullable Path program, String... arguments) {
        List<String> command = new ArrayList<>();
        if (ROOT) {
            command.addAll(List.of("runuser", "-u", kind.systemUser, "--"));
        }
        command.add(String.valueOf(program));
        command.addAll(List.of(arguments));
        return command;
    }

    /** In the path, or where Debian puts PostgreSQL's. */
    private static @Nullable Path find(String program) {
        List<Path> places = new ArrayList<>();
        Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":"))
                .map(Path::of)
                .forEach(places::add);
        try (Stream<Path> versions = Files.exists(Path.of("/usr/lib/postgresql"))
                ? Files.list(Path.of("/usr/lib/postgresql"))
                : Stream.empty()) {
            versions.map(version -> version.resolve("bin")).forEach(places::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return places.stream()
                .map(place -> place.resolve(program))
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    private void run(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log()))
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
            throw new AssertionError(command + " failed: " + read(log()));
        }
    }

    private static String read(File file) {
        try {
            return Files.readString(file.toPath());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
