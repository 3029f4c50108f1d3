package io.backprocess.upsert;

import io.backprocess.event.EnvelopeField;
import io.backprocess.json.JsonPointer;
import io.backprocess.yaml.YamlDocument;
import io.backprocess.yaml.YamlMap;
import io.backprocess.yaml.YamlValue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/** Reads an {@link UpsertDefinition}, and reports all its problems at once. */
final class DefinitionReader {
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]*");
    private static final List<EnvelopeField> FIELDS =
            List.copyOf(EnumSet.complementOf(EnumSet.of(EnvelopeField.PAYLOAD)));
    private static final List<ColumnType> TYPES = List.of(ColumnType.values());
    private static final int MAX_BATCH_SIZE = 100_000;

    private DefinitionReader() {}

    static UpsertDefinition read(String file, String yaml) {
        YamlDocument document = new YamlDocument(file, yaml);
        YamlMap root = document.root();
        root.require("user");
        root.require("url");
        Dialect dialect = LoginReader.dialect(root);
        root.require("columns");
        YamlMap columns = root.map("columns");
        UpsertDefinition definition = new UpsertDefinition(
                LoginReader.login(root, ""),
                table(root, dialect),
                new UpsertDefinition.Filter(
                        texts(root, "when"), pointer(root, "when-path", UpsertDefinition.ACTION_TYPE)),
                columns(columns, dialect),
                batchSize(root),
                retryFor(root));
        LoginReader.checkPassword(root, "a password does not belong here, because the file becomes part of the plan; ");
        if (root.has("columns") && definition.keys().isEmpty()) {
            columns.problem("no column is a key: add key: true to those that identify a row");
        }
        checkGuards(columns, definition);
        root.finish();
        document.throwProblems();
        return definition;
    }

    private static String table(YamlMap root, Dialect dialect) {
        String table = root.text("table", "");
        if (root.require("table") != null) {
            String[] names = table.split("\\.", -1);
            if (names.length > 2) {
                root.problem("table", "'%s' is not a table: give its name, or schema.name".formatted(table));
            }
            for (String name : names) {
                checkName(name, dialect, problem -> root.problem("table", problem));
            }
        }
        return table;
    }

    private static void checkName(String name, Dialect dialect, Consumer<String> problem) {
        if (!NAME.matcher(name).matches() || name.length() > dialect.longestName()) {
            problem.accept(
                    "'%s' is not a valid name here: use ASCII letters, digits, _ and $, not a digit first, at most %s characters"
                            .formatted(name, dialect.longestName()));
        }
    }

    /** Returns the texts of a name that has one text or a list. */
    private static List<String> texts(YamlMap map, String name) {
        YamlValue value = map.get(name);
        if (value == null || !value.isList()) {
            String one = map.text(name);
            return one == null ? List.of() : List.of(one);
        }
        if (value.list().isEmpty()) {
            value.problem("'%s' has an empty list".formatted(name));
        }
        return value.list().stream()
                .map(YamlValue::text)
                .filter(Objects::nonNull)
                .toList();
    }

    private static List<Column> columns(YamlMap columns, Dialect dialect) {
        List<Column> read = new ArrayList<>();
        for (String name : columns.all().keySet()) {
            checkName(name, dialect, problem -> columns.nameProblem(name, problem));
            YamlMap column = columns.map(name);
            boolean envelope = column.has("envelope");
            read.add(new Column(
                    name,
                    envelope,
                    envelope ? field(column) : source(column, name),
                    type(column, name),
                    choice(column, "key", List.of(true, false), false),
                    choice(column, "guard", List.of(Column.Guard.values()), Column.Guard.NONE)));
            column.finish();
        }
        return read;
    }

    private static String field(YamlMap column) {
        if (column.has("path")) {
            column.nameProblem("path", "there is an envelope already; a column has one source");
        }
        return choice(column, "envelope", FIELDS, EnvelopeField.EVENT_ID).toString();
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
        if (!column.has("type")) {
            column.problem("column %s has no type: one of %s".formatted(name, YamlValue.listed(TYPES)));
        }
        return choice(column, "type", TYPES, ColumnType.TEXT);
    }

    private static <T> T choice(YamlMap map, String name, List<T> choices, T otherwise) {
        YamlValue value = map.get(name);
        T choice = value == null ? null : value.oneOf(choices);
        return choice == null ? otherwise : choice;
    }

    private static void checkGuards(YamlMap map, UpsertDefinition definition) {
        Set<Column.Guard> guards = new HashSet<>();
        for (Column column : definition.columns()) {
            if (!column.isGuard()) {
                continue;
            }
            if (!guards.add(column.guard())) {
                map.nameProblem(column.name(), "there is a guard: %s already".formatted(column.guard()));
            }
            if (column.key()) {
                map.nameProblem(column.name(), "a key is the same in the old and the new row, so it cannot guard");
            }
            boolean version = column.guard() == Column.Guard.VERSION;
            if (column.type() != (version ? ColumnType.NUMERIC : ColumnType.TIMESTAMP)) {
                map.nameProblem(
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
