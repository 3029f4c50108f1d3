package io.backprocess.upsert;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Defines which results go to which table, and how: the file of {@code --upsert-jdbc}. It holds no secret, only where the
 * password is.
 *
 * @param table the table's name, optionally with a schema, or a database, before a dot
 * @param retryFor how long to wait for a database that does not answer
 */
public record UpsertDefinition(
        Login login, String table, Filter filter, List<Column> columns, int batchSize, Duration retryFor)
        implements Serializable {

    /**
     * The database and its user.
     *
     * @param url the JDBC URL without a password
     * @param passwordFile the file whose first line is the password; null when the password is elsewhere
     * @param passwordEnv the environment variable that holds the password; null when it is elsewhere
     */
    public record Login(
            String url,
            String user,
            @Nullable String passwordFile,
            @Nullable String passwordEnv) implements Serializable {}

    /**
     * The results that the table takes.
     *
     * @param when the texts at {@code whenPath}, one of which a result must have; empty for all results
     */
    public record Filter(List<String> when, String whenPath) implements Serializable {
        public Filter {
            when = new ArrayList<>(when);
        }
    }

    public static final String ACTION_TYPE = "/actionType";
    static final int BATCH_SIZE = 1000;
    static final Duration RETRY_FOR = Duration.ofMinutes(2);

    public UpsertDefinition {
        columns = new ArrayList<>(columns);
    }

    /**
     * Reads a definition from YAML, or from {@link #toJson}.
     *
     * @param name the name of the text in messages
     * @throws IllegalArgumentException with all problems, one line each
     */
    public static UpsertDefinition read(String name, String yaml) {
        return DefinitionReader.read(name, yaml);
    }

    /** Returns the definition as JSON. The same definition always gives the same text, whatever the layout of its file. */
    public String toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("url", login.url).put("user", login.user);
        if (login.passwordFile != null) {
            json.put("password-file", login.passwordFile);
        }
        if (login.passwordEnv != null) {
            json.put("password-env", login.passwordEnv);
        }
        json.put("table", table);
        if (!filter.when.isEmpty()) {
            filter.when.forEach(json.putArray("when")::add);
            json.put("when-path", filter.whenPath);
        }
        ObjectNode all = json.putObject("columns");
        for (Column column : columns) {
            ObjectNode one = all.putObject(column.name());
            one.put(column.envelope() ? "envelope" : "path", column.source());
            one.put("type", column.type().toString());
            if (column.key()) {
                one.put("key", true);
            }
            if (column.isGuard()) {
                one.put("guard", column.guard().toString());
            }
        }
        json.put("batch-size", batchSize).put("retry-for", retryFor.toSeconds() + "s");
        return json.toString();
    }

    /** Returns the same definition with another way to its database. */
    UpsertDefinition with(Login other) {
        return new UpsertDefinition(other, table, filter, columns, batchSize, retryFor);
    }

    Dialect dialect() {
        Dialect dialect = Dialect.of(login.url);
        if (dialect == null) {
            throw new IllegalStateException("no known kind of database: " + database());
        }
        return dialect;
    }

    List<Column> keys() {
        return columns.stream().filter(Column::key).toList();
    }

    @Nullable
    Column guard(Column.Guard guard) {
        return columns.stream()
                .filter(column -> column.guard() == guard)
                .findFirst()
                .orElse(null);
    }

    String quotedTable() {
        return Stream.of(table.split("\\.")).map(name -> dialect().quoted(name)).collect(Collectors.joining("."));
    }

    /** Returns the URL without its parameters. */
    public String database() {
        int parameters = login.url.indexOf('?');
        return parameters < 0 ? login.url : login.url.substring(0, parameters);
    }

    /** Returns a description for messages: {@code public.users in jdbc:postgresql://db:5432/shop}. */
    public String describe() {
        return table + " in " + database() + (filter.when.isEmpty() ? "" : ", of " + String.join(", ", filter.when));
    }
}
