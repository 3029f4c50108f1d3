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
 * Which results go to which table, and how: the file of {@code --upsert-jdbc}. Without a secret: it says where the password is.
 *
 * @param url without a password
 * @param passwordFile whose first line is the password; null where the password is elsewhere
 * @param passwordEnv the environment variable that is the password; null where it is elsewhere
 * @param table maybe with a schema, or a database, before a dot
 * @param when only results with one of these texts at {@code whenPath}; empty for all
 * @param retryFor how long a database that does not answer is waited for
 */
public record UpsertDefinition(
        String url,
        String user,
        @Nullable String passwordFile,
        @Nullable String passwordEnv,
        String table,
        List<String> when,
        String whenPath,
        List<Column> columns,
        int batchSize,
        Duration retryFor)
        implements Serializable {

    public static final String ACTION_TYPE = "/actionType";
    static final int BATCH_SIZE = 1000;
    static final Duration RETRY_FOR = Duration.ofMinutes(2);

    public UpsertDefinition {
        when = new ArrayList<>(when);
        columns = new ArrayList<>(columns);
    }

    /**
     * From YAML, or from {@link #toJson}.
     *
     * @param name of the text in messages
     * @throws IllegalArgumentException with all that is wrong, a line each
     */
    public static UpsertDefinition read(String name, String yaml) {
        return new DefinitionReader(name).read(yaml);
    }

    /** The same definition is always the same text, however its file is laid out. */
    public String toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("url", url).put("user", user);
        if (passwordFile != null) {
            json.put("password-file", passwordFile);
        }
        if (passwordEnv != null) {
            json.put("password-env", passwordEnv);
        }
        json.put("table", table);
        if (!when.isEmpty()) {
            when.forEach(json.putArray("when")::add);
            json.put("when-path", whenPath);
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

    Dialect dialect() {
        Dialect dialect = Dialect.of(url);
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

    /** The URL without its parameters. */
    public String database() {
        int parameters = url.indexOf('?');
        return parameters < 0 ? url : url.substring(0, parameters);
    }

    /** For people: {@code public.users in jdbc:postgresql://db:5432/shop}. */
    public String describe() {
        return table + " in " + database() + (when.isEmpty() ? "" : ", of " + String.join(", ", when));
    }
}
