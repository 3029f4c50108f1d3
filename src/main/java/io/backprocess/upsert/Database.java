package io.backprocess.upsert;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Opens connections for writing a definition's table. */
final class Database {
    private final UpsertDefinition definition;
    private final String password;
    private final Driver driver;

    /**
     * @param password the user's password; empty for none
     * @param drivers the class loader that finds JDBC drivers
     * @throws UpsertException when no driver accepts the URL
     */
    Database(UpsertDefinition definition, String password, ClassLoader drivers) {
        this.definition = definition;
        this.password = password;
        this.driver = driver(definition, drivers);
    }

    private static Driver driver(UpsertDefinition definition, ClassLoader drivers) {
        try {
            for (Driver driver : ServiceLoader.load(Driver.class, drivers)) {
                if (driver.acceptsURL(definition.login().url())) {
                    return driver;
                }
            }
        } catch (ServiceConfigurationError | SQLException e) {
            throw new UpsertException("the JDBC drivers on the class path cannot be searched: %s; remove the broken one"
                    .formatted(e.getMessage()));
        }
        throw new UpsertException(
                "no JDBC driver for %s was found; the one of PostgreSQL is built in, give that of another database as --revision-jar FILE, for MariaDB mariadb-java-client"
                        .formatted(definition.database()));
    }

    /**
     * Removes this batch's drivers from the JVM's list. Drivers register themselves there, which would keep the batch's
     * classes in a session cluster for good.
     */
    static void forgetDrivers() {
        ClassLoader batch = Database.class.getClassLoader();
        DriverManager.drivers()
                .filter(listed ->
                        listed.getClass().getClassLoader() == batch && batch != ClassLoader.getSystemClassLoader())
                .forEach(listed -> {
                    try {
                        DriverManager.deregisterDriver(listed);
                    } catch (SQLException | SecurityException e) {
                        // The driver then stays in the list, which only costs memory.
                    }
                });
    }

    /** Opens a connection that commits only on request. */
    Connection connect() throws SQLException {
        return connect(definition.dialect().properties());
    }

    /** Opens a connection that the server lets only read, and that waits longer for an answer about a whole table. */
    Connection connectToRead() throws SQLException {
        Map<String, String> patient = new HashMap<>(definition.dialect().properties());
        patient.computeIfPresent("socketTimeout", (name, timeout) -> timeout + "0");
        Connection connection = connect(patient);
        try (Statement statement = connection.createStatement()) {
            connection.setReadOnly(true);
            for (String sql : definition.dialect().readOnly()) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }

    private Connection connect(Map<String, String> defaults) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", definition.login().user());
        properties.setProperty("password", password);
        for (Map.Entry<String, String> each : defaults.entrySet()) {
            if (!definition.login().url().contains(each.getKey() + "=")) {
                properties.setProperty(each.getKey(), each.getValue());
            }
        }
        Connection connection = driver.connect(definition.login().url(), properties);
        if (connection == null) {
            throw new SQLException("the driver does not take the url " + definition.database());
        }
        try (Statement statement = connection.createStatement()) {
            for (String sql : definition.dialect().session()) {
                statement.execute(sql);
            }
            connection.setAutoCommit(false);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
        return connection;
    }
}
