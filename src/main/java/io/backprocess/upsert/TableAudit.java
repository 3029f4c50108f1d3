package io.backprocess.upsert;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import io.backprocess.batch.BatchException;
import io.backprocess.event.EnvelopeMapping;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds a table to the results of a batch, by key. It needs the right to SELECT only, and each of its transactions is short.
 *
 * <p>The database stays away for a while: the same rows are asked for again, until {@code retry-for} is over.
 */
public final class TableAudit implements AutoCloseable {
    private static final int MAX_EXAMPLES = 100;

    private final UpsertDefinition definition;
    private final EnvelopeMapping mapping;
    private final Database database;
    private final RetryPolicy<Object> retries;
    private final TableLayout layout;
    private final RowLookup lookup;
    private @Nullable KeyBounds bounds;
    private @Nullable Connection connection;

    /** The rows of a pass: how many keys have one, how many of these are right. */
    public record Compared(long keys, long rows, long right) {}

    /**
     * @param password the user's password; empty for none
     * @param mapping where results keep the parts of an envelope, and how their values are read
     * @param drivers the class loader that finds JDBC drivers
     * @throws BatchException unreachable, when the database does not answer; cannot-tell, when the table cannot be read
     */
    public TableAudit(UpsertDefinition definition, String password, EnvelopeMapping mapping, ClassLoader drivers) {
        this.definition = definition;
        this.mapping = mapping;
        this.retries = RetryPolicy.builder()
                .handleIf(e -> e instanceof SQLException failure && SqlFailure.of(failure) == SqlFailure.PASSING)
                .withMaxAttempts(-1)
                .withMaxDuration(definition.retryFor())
                .withBackoff(Duration.ofMillis(200), Duration.ofSeconds(10))
                .build();
        try {
            this.database = new Database(definition, password, drivers);
            this.layout = layout(open());
            this.lookup = new RowLookup(definition, layout);
            lookup.check(open());
            open().rollback();
        } catch (UpsertException e) {
            throw BatchException.usage(String.valueOf(e.getMessage()));
        } catch (SQLException e) {
            disconnect();
            throw failed(e);
        }
    }

    private TableLayout layout(Connection open) throws SQLException {
        Map<String, DeclaredColumn> declared = DeclaredColumn.of(definition, open);
        boolean isMySql = open.getMetaData().getDatabaseProductName().equals("MySQL");
        List<StoredColumn> columns = new ArrayList<>();
        for (Column column : definition.columns()) {
            DeclaredColumn as = declared.get(column.name());
            if (as == null) {
                disconnect();
                throw BatchException.cannotTell(
                        "cannot tell whether %s is right: %s, or the user %s cannot see it; restore it, or grant SELECT on the table"
                                .formatted(
                                        definition.describe(),
                                        declared.isEmpty()
                                                ? "the table does not exist"
                                                : "it has no column " + column.name(),
                                        definition.login().user()));
            }
            columns.add(new StoredColumn(column, as, definition.dialect(), isMySql));
        }
        return new TableLayout(definition, columns);
    }

    public UpsertDefinition definition() {
        return definition;
    }

    /**
     * Compares only rows whose first column of the key is between two values, both inclusive.
     *
     * @throws BatchException usage, when a value is not of the column's type
     */
    public TableAudit only(String from, String to) {
        bounds = new KeyBounds(definition, from, to);
        return this;
    }

    /** @param maxBytes the memory that the fold may take, approximately */
    public RowFold fold(KeyRange range, long maxBytes) {
        return new RowFold(layout, range, maxBytes);
    }

    /** Creates a reader of results for one thread. */
    public ResultRows results(RowFold fold) {
        return new ResultRows(new RowReader(definition, mapping), layout, bounds, fold);
    }

    /**
     * Compares the rows of a pass.
     *
     * @param isSettled whether the batch writes no further rows
     * @param isExact whether results are the envelopes that rows were made of
     * @param differing receives each row that is not right
     * @throws BatchException if the database does not answer, or the table cannot be read
     */
    public Compared compare(RowFold fold, boolean isSettled, boolean isExact, Consumer<JudgedRow> differing) {
        RowJudge judge = new RowJudge(layout, new RowJudge.Certainty(isSettled, isExact));
        long rows = 0;
        long right = 0;
        Iterator<Map.Entry<RowKey, RowFold.Candidate>> all =
                fold.rows().entrySet().iterator();
        while (all.hasNext()) {
            Map<RowKey, RowFold.Candidate> some = new HashMap<>();
            while (some.size() < RowLookup.KEYS && all.hasNext()) {
                Map.Entry<RowKey, RowFold.Candidate> entry = all.next();
                some.put(entry.getKey(), entry.getValue());
            }
            Map<RowKey, @Nullable Object[]> stored = stored(some);
            rows += stored.size();
            for (Map.Entry<RowKey, RowFold.Candidate> entry : some.entrySet()) {
                JudgedRow judged = judge.judge(entry.getValue(), stored.get(entry.getKey()));
                if (judged.verdict() == RowVerdict.RIGHT) {
                    right++;
                } else {
                    differing.accept(judged);
                }
            }
        }
        return new Compared(fold.rows().size(), rows, right);
    }

    /** Reads the rows of some keys. A collation may find a row of another key, which is left out. */
    private Map<RowKey, @Nullable Object[]> stored(Map<RowKey, RowFold.Candidate> some) {
        Map<RowKey, @Nullable Object[]> wanted = new HashMap<>();
        some.forEach((key, candidate) ->
                wanted.put(key, PackedRow.unpack(candidate.row, layout.columns().size())));
        List<@Nullable Object[]> found = asked(open -> lookup.rows(open, List.copyOf(wanted.values())));
        Map<RowKey, @Nullable Object[]> stored = new HashMap<>();
        for (@Nullable Object[] row : found) {
            RowKey key = layout.key(row);
            if (wanted.containsKey(key)) {
                stored.put(key, row);
            } else {
                wanted.entrySet().stream()
                        .filter(each -> layout.hasSameKey(each.getValue(), row))
                        .findFirst()
                        .ifPresent(each -> stored.put(each.getKey(), row));
            }
        }
        return stored;
    }

    public long count() {
        return asked(lookup::count);
    }

    /** Returns the keys of some rows of the table that have no result, as far as they belong to the range of the pass. */
    public List<Map<String, String>> others(RowFold fold) {
        return asked(open -> {
            List<Map<String, String>> others = new ArrayList<>();
            lookup.keys(open, row -> {
                RowKey key = layout.key(row);
                if (fold.range().contains(key) && !fold.rows().containsKey(key)) {
                    others.add(layout.keyText(row));
                }
                return others.size() < MAX_EXAMPLES;
            });
            return others;
        });
    }

    private interface Question<T> {
        T ask(Connection open) throws SQLException;
    }

    private <T> T asked(Question<T> question) {
        try {
            return Failsafe.with(retries).get(() -> {
                try {
                    Connection open = open();
                    T answer = question.ask(open);
                    open.rollback();
                    return answer;
                } catch (SQLException e) {
                    disconnect();
                    throw e;
                }
            });
        } catch (FailsafeException e) {
            if (e.getCause() instanceof SQLException failure) {
                throw failed(failure);
            }
            throw e;
        }
    }

    private Connection open() throws SQLException {
        if (connection == null) {
            connection = database.connectToRead();
        }
        return connection;
    }

    private BatchException failed(SQLException failure) {
        String words = SqlFailure.words(failure);
        return SqlFailure.of(failure) == SqlFailure.PASSING
                ? BatchException.unreachable("%s does not answer: %s".formatted(definition.database(), words), failure)
                : BatchException.cannotTell("%s cannot be read: %s; fix the table, or the rights of the user %s"
                        .formatted(
                                definition.describe(), words, definition.login().user()));
    }

    /** Closes the connection. The next question opens it again. */
    public void disconnect() {
        try (AutoCloseable first = connection) {
            connection = null;
        } catch (Exception e) {
            // The connection is closed either way.
        }
    }

    @Override
    public void close() {
        disconnect();
    }
}
