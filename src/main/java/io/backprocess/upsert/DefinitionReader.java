package io.backprocess.upsert;

import io.backprocess.json.JsonPointer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/** Reads an {@link UpsertDefinition}, and reports all its problems at once. */
final class DefinitionReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*");
    private static final Pattern SECRET =
            Pattern.compile("(?i)(pass(word|wd|phrase)?|pwd|secret)[0-9]*\\s*=|//[^/?]*@");
    private static final Set<String> ENVELOPE = Set.of("eventId", "correlationId", "eventTimestamp", "processVersion");
    private static final int MAX_BATCH_SIZE = 100_000;
    private static final String WHERE_THE_PASSWORD_BELONGS =
            "put it into a file or an environment variable, and name that with password-file or password-env";

    private final YamlProblems problems;

    DefinitionReader(String file) {
        problems = new YamlProblems(file);
    }

    UpsertDefinition read(String yaml) {
        YamlMap root = YamlMap.parse(yaml, problems);
        Dialect dialect = dialect(root);
        YamlMap columns = root.map("columns", true);
        UpsertDefinition definition = new UpsertDefinition(
                new UpsertDefinition.Login(
                        root.text("url", ""),
                        root.text("user", ""),
                        root.textOrNull("password-file"),
                        root.textOrNull("password-env")),
                table(root, dialect),
                new UpsertDefinition.Filter(
                        root.texts("when"), pointer(root, "when-path", UpsertDefinition.ACTION_TYPE)),
                columns(columns, dialect),
                batchSize(root),
                retryFor(root));
        if (root.has("password")) {
            root.problem(
                    "password",
                    "a password does not belong here, because the file becomes part of the plan; "
                            + WHERE_THE_PASSWORD_BELONGS);
        }
        if (root.has("password-file") && root.has("password-env")) {
            root.problem("password-env", "there is a password-file already; name only one of the two");
        }
        if (root.has("columns") && definition.keys().isEmpty()) {
            columns.problem("no column is a key: add key: true to those that identify a row");
        }
        checkGuards(columns, definition);
        root.finish();
        problems.throwIfAny();
        return definition;
    }

    private static Dialect dialect(YamlMap root) {
        root.require("user");
        if (!root.require("url")) {
            return Dialect.POSTGRESQL;
        }
        String url = root.text("url", "");
        if (SECRET.matcher(url).find()) {
            root.problem("url", "the url has a password in it; " + WHERE_THE_PASSWORD_BELONGS);
        }
        Dialect dialect = Dialect.of(url);
        if (dialect == null) {
            root.problem("url", "the url does not start with one of jdbc:postgresql: jdbc:mariadb: jdbc:mysql:");
            return Dialect.POSTGRESQL;
        }
        return dialect;
    }

    private static String table(YamlMap root, Dialect dialect) {
        String table = root.text("table", "");
        if (root.require("table")) {
            String[] names = table.split("\\.", -1);
            if (names.length > 2) {
                root.problem("table", "'%s' is not a table: give its name, or schema.name".formatted(table));
            }
            for (String name : names) {
                checkName(root, "table", name, dialect);
            }
        }
        return table;
    }

    private static void checkName(YamlMap map, String key, String name, Dialect dialect) {
        if (!NAME.matcher(name).matches() || name.length() > dialect.longestName()) {
            map.problem(
                    key,
                    "'%s' is not a valid name here: use ASCII letters, digits, _ and $, not a digit first, at most %s characters"
                            .formatted(name, dialect.longestName()));
        }
    }

    private static List<Column> columns(YamlMap columns, Dialect dialect) {
        List<Column> read = new ArrayList<>();
        for (String name : columns.names()) {
            checkName(columns, name, name, dialect);
            YamlMap column = columns.map(name, false);
            boolean envelope = column.has("envelope");
            read.add(new Column(
                    name,
                    envelope,
                    envelope ? field(column) : source(column, name),
                    type(column, name),
                    column.bool("key"),
                    guard(column)));
            column.finish();
        }
        return read;
    }

    private static String field(YamlMap column) {
        String field = column.text("envelope", "");
        if (!ENVELOPE.contains(field)) {
            column.problem(
                    "envelope",
                    "'%s' is not one of eventId, correlationId, eventTimestamp, processVersion".formatted(field));
        }
        if (column.has("path")) {
            column.problem("path", "there is an envelope already; a column has one source");
        }
        return field;
    }

    private static String source(YamlMap column, String name) {
        if (!column.has("path")) {
            column.problem(
                    "column %s has neither path (a JSON Pointer below the payload) nor envelope".formatted(name));
        }
        return pointer(column, "path", "");
    }

    private static String pointer(YamlMap map, String key, String otherwise) {
        String pointer = map.text(key, otherwise);
        if (map.has(key)) {
            try {
                JsonPointer.of(pointer);
            } catch (IllegalArgumentException e) {
                map.problem(key, String.valueOf(e.getMessage()));
            }
        }
        return pointer;
    }

    private static ColumnType type(YamlMap column, String name) {
        ColumnType type = ColumnType.of(column.text("type", ""));
        if (type != null) {
            return type;
        }
        String types = "text, bigint, numeric, double, boolean, timestamp, date, json, uuid";
        if (column.has("type")) {
            column.problem("type", "'%s' is not one of %s".formatted(column.text("type", ""), types));
        } else {
            column.problem("column %s has no type: one of %s".formatted(name, types));
        }
        return ColumnType.TEXT;
    }

    private static Column.Guard guard(YamlMap column) {
        String word = column.text("guard", "none");
        for (Column.Guard guard : Column.Guard.values()) {
            if (guard.toString().equals(word)) {
                return guard;
            }
        }
        column.problem("guard", "'%s' is not one of version, time".formatted(word));
        return Column.Guard.NONE;
    }

    private static void checkGuards(YamlMap map, UpsertDefinition definition) {
        Set<Column.Guard> guards = new HashSet<>();
        for (Column column : definition.columns()) {
            if (!column.isGuard()) {
                continue;
            }
            if (!guards.add(column.guard())) {
                map.problem(column.name(), "there is a guard: %s already".formatted(column.guard()));
            }
            if (column.key()) {
                map.problem(column.name(), "a key is the same in the old and the new row, so it cannot guard");
            }
            boolean version = column.guard() == Column.Guard.VERSION;
            if (column.type() != (version ? ColumnType.NUMERIC : ColumnType.TIMESTAMP)) {
                map.problem(
                        column.name(),
                        "guard: %s compares values of type %s"
                                .formatted(column.guard(), version ? "numeric" : "timestamp"));
            }
        }
    }

    private static int batchSize(YamlMap root) {
        String text = root.text("batch-size", String.valueOf(UpsertDefinition.BATCH_SIZE));
        try {
            int size = Integer.parseInt(text);
            if (size >= 1 && size <= MAX_BATCH_SIZE) {
                return size;
            }
        } catch (NumberFormatException e) {
            // The problem is reported below.
        }
        root.problem("batch-size", "'%s' is not a number of rows from 1 to %s".formatted(text, MAX_BATCH_SIZE));
        return UpsertDefinition.BATCH_SIZE;
    }

    private static Duration retryFor(YamlMap root) {
        String text = root.text("retry-for", UpsertDefinition.RETRY_FOR.toSeconds() + "s");
        @Nullable Duration duration = null;
        try {
            duration = TimeUtils.parseDuration(text);
        } catch (IllegalArgumentException e) {
            // The problem is reported below.
        }
        if (duration != null && duration.toSeconds() >= 1) {
            return Duration.ofSeconds(duration.toSeconds());
        }
        root.problem(
                "retry-for", "'%s' is not a duration of a second or more; give one like 90s or 2min".formatted(text));
        return UpsertDefinition.RETRY_FOR;
    }
}
