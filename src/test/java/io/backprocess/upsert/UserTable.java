package io.backprocess.upsert;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.eventAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.Result;
import io.backprocess.event.Taken;
import io.backprocess.testing.DatabaseServer;
import io.backprocess.testing.DatabaseServer.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Tables of users in a real database, their definitions, and events whose results are their rows. */
final class UserTable {
    static final String KEY_AND_EMAIL = """
              id: {path: /id, type: bigint, key: true}
              email: {path: /email, type: text}
            """;
    static final String TEXT_KEY_AND_EMAIL = """
              id: {path: /id, type: text, key: true}
              email: {path: /email, type: text}
            """;
    static final String GUARDS = """
              version: {envelope: processVersion, type: numeric, guard: version}
              at: {envelope: eventTimestamp, type: timestamp, guard: time}
            """;

    private UserTable() {}

    /**
     * Creates a table of users and returns its name.
     *
     * @param more further columns and constraints, in PostgreSQL's words for the types that the servers name differently
     */
    static String users(DatabaseServer server, String more) throws Exception {
        String table = server.unique("users");
        String time = server.kind() == Kind.POSTGRESQL ? "timestamptz" : "datetime(6)";
        String sql =
                "CREATE TABLE %s (id bigint PRIMARY KEY, email varchar(40) UNIQUE, version decimal(10, 2), at %s%s)"
                        .formatted(table, time, more);
        server.execute(server.kind() == Kind.POSTGRESQL ? sql : sql.replace("jsonb", "json"));
        return table;
    }

    static UpsertDefinition definition(DatabaseServer server, String table, String columns, String... more) {
        return UpsertDefinition.read(
                "users.yaml",
                "url: %s\nuser: %s\npassword-env: X\ntable: %s\n%s\ncolumns:\n%s"
                        .formatted(server.url(), DatabaseServer.USER, table, String.join("\n", more), columns));
    }

    static List<Outcome> write(UpsertDefinition definition, Outcome... outcomes) throws Exception {
        try (TableWriter writer = writer(definition)) {
            List<PendingOutcome> entries = Stream.of(outcomes).map(writer::read).toList();
            writer.write(entries);
            return entries.stream().map(PendingOutcome::outcome).toList();
        }
    }

    /** Starts to write the outcomes in a thread of its own, which ends when they are written. */
    static Thread writeInBackground(TableWriter writer, Outcome... outcomes) {
        List<PendingOutcome> entries = Stream.of(outcomes).map(writer::read).toList();
        Thread writing = new Thread(() -> {
            try {
                writer.write(entries);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        writing.start();
        return writing;
    }

    static TableWriter writer(UpsertDefinition definition) {
        return new TableWriter(
                definition,
                DatabaseServer.PASSWORD,
                "batch-1",
                "resume",
                EnvelopeMapping.OWN,
                UserTable.class.getClassLoader());
    }

    static Taken user(String version, String time, String payload) {
        return taken(envelope("e-" + payload.hashCode(), version, payload).replace("2025-11-14T12:00:00Z", time));
    }

    static Taken user(int id, String email) {
        return user("2", "2025-01-01T00:00:00Z", "{\"id\":%d,\"email\":\"%s\"}".formatted(id, email));
    }

    static Taken taken(String... envelopes) {
        Event event = eventAt(0, 7, envelopes[0]);
        List<Result> results = new ArrayList<>();
        for (String envelope : envelopes) {
            results.add(new Result(event, envelope.getBytes(UTF_8)));
        }
        return new Taken(event, results);
    }

    static DeadLetter dead(Outcome outcome) {
        assertThat(outcome).isInstanceOf(DeadLetter.class);
        return (DeadLetter) outcome;
    }

    static List<String> problems(UpsertDefinition definition) throws Exception {
        return TableCheck.problems(definition, DatabaseServer.PASSWORD, UserTable.class.getClassLoader());
    }
}
