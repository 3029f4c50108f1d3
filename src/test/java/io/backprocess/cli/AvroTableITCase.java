package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.AvroEvents;
import io.backprocess.testing.DatabaseServer;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A history in Avro whose results go to a table, too. */
class AvroTableITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final ApicurioRegistry REGISTRY = new ApicurioRegistry();

    @RegisterExtension
    static final DatabaseServer POSTGRESQL = new DatabaseServer(DatabaseServer.Kind.POSTGRESQL);

    @TempDir
    private Path directory = Path.of("");

    @Test
    void fillsATableFromTheDecodedValue() throws Exception {
        Shell shell = new Shell(KAFKA);
        String topic = KAFKA.unique("avro");
        String batch = KAFKA.unique("batch");
        int id = REGISTRY.register(REGISTRY.unique("events") + "-value", "AVRO", AvroEvents.SCHEMA);
        KAFKA.createTopic(topic, 1);
        KAFKA.send(List.of(AvroEvents.record(
                topic, 0, "k", AvroEvents.framed(id, AvroEvents.purchase("e1", "SKU-BASIC-1", "12.340")))));
        String table = POSTGRESQL.unique("purchases");
        POSTGRESQL.execute(
                "CREATE TABLE " + table + " (id text PRIMARY KEY, amount numeric, at timestamptz, sku text)");
        Path password = Files.writeString(directory.resolve("password"), DatabaseServer.PASSWORD);
        Path definition = Files.writeString(
                directory.resolve("table.yaml"), """
            url: %s
            user: %s
            password-file: %s
            table: %s
            columns:
              id: {envelope: eventId, type: text, key: true}
              amount: {path: /amount, type: numeric}
              at: {envelope: eventTimestamp, type: timestamp}
              sku: {path: /itemSku, type: text}
            """.formatted(POSTGRESQL.url(), DatabaseServer.USER, password, table));

        shell.run(
                        topic,
                        batch,
                        "--format",
                        "avro",
                        "--framing",
                        "confluent",
                        "--registry",
                        REGISTRY.confluentUrl(),
                        "--upsert-jdbc",
                        definition.toString())
                .succeeds();

        assertThat(POSTGRESQL.rows("SELECT id, amount, at AT TIME ZONE 'UTC', sku FROM " + table))
                .containsExactly("e1|12.340|2023-11-14 22:13:20.123|SKU-BASIC-1");
        shell.backprocess("verify", "--batch-id", batch, "--table").succeeds();
        POSTGRESQL.execute("UPDATE " + table + " SET amount = 12.341");
        assertThat(shell.backprocess("verify", "--batch-id", batch, "--table").exitCode())
                .isEqualTo(1);
    }
}
