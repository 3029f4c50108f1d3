package io.backprocess.upsert;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeField;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import io.backprocess.event.Outcome;
import io.backprocess.event.Reason;
import io.backprocess.event.Result;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.event.UnreadableException;
import io.backprocess.json.JsonPointer;
import io.backprocess.json.JsonText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes rows of results. When one result of an event cannot be a row, the event is a dead letter and has no rows at all. */
final class RowReader {
    private static final int BYTES_A_VALUE = 64;

    private final List<Column> columns;
    /** The place of each column's value in the payload; null for a column of the envelope. */
    private final List<@Nullable JsonPointer> pointers = new ArrayList<>();

    private final Set<String> when;
    private final JsonPointer whenAt;
    private final Dialect dialect;
    private final EventReader reader;

    /** @param mapping where results keep the parts of an envelope */
    RowReader(UpsertDefinition definition, EnvelopeMapping mapping) {
        this.reader = new EventReader(mapping);
        this.columns = definition.columns();
        this.when = new HashSet<>(definition.filter().when());
        this.whenAt = JsonPointer.of(definition.filter().whenPath());
        this.dialect = definition.dialect();
        columns.forEach(column -> pointers.add(column.envelope() ? null : JsonPointer.of(column.source())));
    }

    PendingOutcome read(Outcome outcome) {
        if (!(outcome instanceof Taken taken)) {
            return new PendingOutcome(outcome, List.of(), BYTES_A_VALUE);
        }
        List<@Nullable Object[]> rows = new ArrayList<>(taken.results().size());
        long bytes = taken.event().envelope().end();
        try {
            for (Result result : taken.results()) {
                bytes += result.envelope().length;
                Event event = reader.read(result);
                if (isWanted(event.payload())) {
                    rows.add(row(event));
                    bytes += (long) columns.size() * BYTES_A_VALUE;
                }
            }
        } catch (UnfitException e) {
            return new PendingOutcome(
                    dead(taken.event(), e.reason(), String.valueOf(e.getMessage())), List.of(), bytes);
        } catch (UnreadableException e) {
            throw new IllegalStateException("the revision's result is not an envelope: " + e.getMessage(), e);
        }
        return new PendingOutcome(taken, rows, bytes);
    }

    /**
     * Returns the row of a result that is read from its topic; empty when the table does not take such results.
     *
     * @throws UnreadableException when the record is no result
     * @throws UnfitException when the result cannot be a row, so that no batch has written it
     */
    Optional<@Nullable Object[]> read(SourceRecord record) throws UnreadableException, UnfitException {
        byte[] value = record.value();
        if (value == null) {
            throw UnreadableException.unfit("the record has no value");
        }
        Event event = reader.read(record, value);
        return isWanted(event.payload()) ? Optional.of(row(event)) : Optional.empty();
    }

    private static DeadLetter dead(Event event, Reason reason, String message) {
        return DeadLetter.of(event, UpsertResults.STAGE, reason, message);
    }

    private boolean isWanted(JsonObject payload) {
        if (when.isEmpty()) {
            return true;
        }
        JsonValue value = payload.at(whenAt);
        return value != null && when.contains(value.text());
    }

    private @Nullable Object[] row(Event event) throws UnfitException {
        @Nullable Object[] row = new Object[columns.size()];
        for (int i = 0; i < row.length; i++) {
            Column column = columns.get(i);
            JsonPointer pointer = pointers.get(i);
            JsonValue value = pointer == null
                    ? event.value(EnvelopeField.named(column.source()))
                    : event.payload().at(pointer);
            if (value != null && !value.isNull()) {
                row[i] = dialect.bound(fit(value, column));
            } else if (column.key() || column.isGuard()) {
                throw new UnfitException(
                        Reason.MISSING_CONTEXT,
                        "column %s: %s is missing, and a row needs it as its %s"
                                .formatted(column.name(), column.source(), column.key() ? "key" : "guard"));
            }
        }
        return row;
    }

    private Object fit(JsonValue value, Column column) throws UnfitException {
        Object converted = column.type().convert(value, column);
        String problem = dialect.unfit(converted);
        if (problem == null && converted instanceof String text && JsonText.hasLoneSurrogate(text)) {
            problem = "has half a character, which UTF-8 cannot hold";
        }
        if (problem != null) {
            throw column.unfit(problem);
        }
        return converted;
    }
}
