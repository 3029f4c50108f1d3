package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.deadletter.DeadLetterHeaders;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** New logic without Java, from a file to a batch that is proven complete. */
class RulesITCase {
    private static final Path PURCHASE_SPLIT = Path.of("examples/rules/purchase-split.yaml");

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    private Path directory = Path.of("");

    private final Shell shell = new Shell(KAFKA);

    @Test
    void writesTheSameBytesAsTheSameLogicInJava() {
        String topic = history();
        String java = KAFKA.unique("batch");
        String rules = KAFKA.unique("batch");

        run(topic, java, "--revision", "purchase-split").succeeds();
        run(topic, rules, "--rules", PURCHASE_SPLIT.toString()).succeeds();

        assertThat(values(topic + "." + rules, rules)).isNotEmpty().isEqualTo(values(topic + "." + java, java));
        assertThat(values(topic + "." + rules + ".dlq", rules))
                .isNotEmpty()
                .isEqualTo(values(topic + "." + java + ".dlq", java));
        shell.backprocess("verify", "--batch-id", rules).succeeds();
    }

    @Nightly
    @Test
    void keepsItsRulesInThePlan() throws IOException {
        String topic = history();
        String batch = KAFKA.unique("batch");
        Path file = Files.copy(PURCHASE_SPLIT, directory.resolve("rules.yaml"));
        run(topic, batch, "--rules", file.toString()).succeeds();

        Files.writeString(file, Files.readString(file).replace("SKU-PREMIUM-", "SKU-GOLD-"));
        run(topic, batch, "--rules", file.toString())
                .says(4, "revision-option rules:purchase-split-rules: 31 lines with SHA-256 ");
        Files.delete(file);

        shell.backprocess("verify", "--batch-id", batch).succeeds();
    }

    @Nightly
    @Test
    void redrivesByFixedRules() throws IOException {
        String topic = history();
        String batch = KAFKA.unique("batch");
        Path file = directory.resolve("rules.yaml");
        String strict = Files.readString(PURCHASE_SPLIT).replace("payload.amount < 0", "payload.amount < 5000");
        Files.writeString(file, strict);
        run(topic, batch, "--max-dlq-ratio", "1", "--rules", file.toString()).succeeds();
        long dead = rejected(topic + "." + batch + ".dlq");
        int before = KAFKA.read(topic + "." + batch).size();

        shell.backprocess(
                        "redrive",
                        "--batch-id",
                        batch,
                        "--reason",
                        "rejected",
                        "--rules",
                        PURCHASE_SPLIT.toString(),
                        "--execute")
                .succeeds();

        assertThat(dead).isGreaterThan(100);
        assertThat(KAFKA.read(topic + "." + batch).size() - before).isPositive();
        shell.backprocess("verify", "--batch-id", batch).succeeds();
    }

    @Test
    void saysWhatIsWrongWithItsFilesBeforeItDoesAnything() throws IOException {
        String topic = history();
        Path file = directory.resolve("rules.yaml");
        Files.writeString(file, "name: a\nfrom: 1\nto: 2\nrules:\n  - when: paylod.a == 1\n    drop: true\n");

        run(topic, "b", "--rules", file.toString())
                .says(2, "--rules %s: line 5, column 11: undeclared reference to 'paylod'".formatted(file));
        run(topic, "b", "--rules", directory.resolve("nowhere.yaml").toString()).says(2, "cannot be read");
        run(
                        topic,
                        "b",
                        "--rules",
                        Files.write(directory.resolve("latin"), new byte[] {(byte) 0xe9})
                                .toString())
                .says(2, "is not UTF-8 text");
        run(topic, "b", "--rules", PURCHASE_SPLIT.toString(), "--rules", PURCHASE_SPLIT.toString())
                .says(2, "two of the --rules have the name 'purchase-split-rules'; rename one");
        run(topic, "b", "--rules", PURCHASE_SPLIT.toString(), "--revision", "purchase-split")
                .says(2, "--rules 'purchase-split-rules' is not among --revision purchase-split");

        assertThat(KAFKA.exists(topic + ".b")).isFalse();
    }

    private Shell.Answer run(String topic, String batch, String... options) {
        return shell.run(topic, batch, options);
    }

    private static String history() {
        String topic = KAFKA.unique("orders");
        new Shell(KAFKA)
                .backprocess("sample", "--topic", topic, "--events", "3000", "--partitions", "3", "--execute")
                .succeeds();
        return topic;
    }

    private static long rejected(String topic) {
        return KAFKA.read(topic).stream()
                .filter(letter -> new String(
                                letter.headers()
                                        .lastHeader(DeadLetterHeaders.REASON)
                                        .value(),
                                StandardCharsets.UTF_8)
                        .equals("rejected"))
                .count();
    }

    /** What stands in each partition, without what differs between two batches of the same logic. */
    private static Map<Integer, List<String>> values(String topic, String batch) {
        Map<Integer, List<String>> values = new TreeMap<>();
        KAFKA.readByPartition(topic)
                .forEach((partition, records) -> values.put(
                        partition,
                        records.stream()
                                .map(RulesITCase::value)
                                .map(value -> value.replace(batch, "BATCH"))
                                .collect(Collectors.toList())));
        return values;
    }

    private static String value(ConsumerRecord<byte[], byte[]> record) {
        return record.value() == null ? "null" : new String(record.value(), StandardCharsets.UTF_8);
    }
}
