package io.backprocess.cli;

import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.ManyBatches;
import io.backprocess.testing.ManyLetters;
import io.backprocess.testing.MeasuredCommand;
import io.backprocess.testing.UserEvents;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures what commands cost over many batches, partitions and dead letters, for docs/scaling.md; no build runs it. Each command
 * has a JVM of its own: {@code mvn test -Dtest='CommandsScale#overManyBatches' -Dscale.batches=1000,10000}. With {@code
 * -Dscale.commands='dlq.*'} only these are run.
 */
class CommandsScale {
    private static final Path CLASSES = Path.of(System.getProperty("scale.classes", "target/classes"));
    private static final String HEAP = System.getProperty("scale.heap", "512m");
    /** A regular expression for the commands to run; the others are left out. */
    private static final String COMMANDS = System.getProperty("scale.commands", ".*");

    private static final int STEP = 500;
    private static final String NOWHERE = "127.0.0.1:9";

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    private Path directory = Path.of("");

    @Test
    void overManyBatches() throws Exception {
        ManyBatches batches = new ManyBatches(KAFKA, "many");
        int partitions = Integer.getInteger("scale.lines.partitions", 16);
        String first = batches.write(5, partitions, 12);
        KAFKA.createTopic("small", 4, "retention.ms=-1");
        int there = 5;
        for (int wanted : sizes("scale.batches", "1000,10000")) {
            String last = batches.write(wanted - there, partitions, 12);
            there = wanted;
            System.out.printf("%n%,d batches of %d partitions%n", wanted, partitions);
            heads();
            measure("batches");
            measure("batches", "--output", "json");
            measure("status", "--batch-id", last);
            measure("status", "--batch-id", first);
            measure("status", "--batch-id", first, "--output", "json");
            measure("status", "--batch-id", "unknown");
            measure("pause", "--batch-id", last);
            measure(plan("small"));
        }
    }

    @Test
    void overManyPartitions() throws Exception {
        for (int partitions : sizes("scale.partitions", "500,5000")) {
            String source = source(partitions);
            String last = new ManyBatches(KAFKA, source).write(1, partitions, 12);
            System.out.printf("%n%,d partitions%n", partitions);
            heads();
            measure(plan(source));
            measure(plan(source, "--output", "json"));
            measure(plan(source, "--size"));
            measure("status", "--batch-id", last);
            measure("status", "--batch-id", last, "--output", "json");
            measure("batches");
        }
    }

    /** Grows the topic in steps: a broker takes its time to open thousands of logs. */
    private static String source(int partitions) {
        String topic = "source-" + partitions;
        KAFKA.createTopic(topic, Math.min(partitions, STEP), "retention.ms=-1", "segment.index.bytes=65536");
        for (int there = STEP; there < partitions; there += STEP) {
            KAFKA.addPartitions(topic, Math.min(partitions, there + STEP));
        }
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int record = 0; record < 4 * partitions; record++) {
            records.add(UserEvents.event(topic, record % partitions, "e-" + record, "user-" + record % 97));
        }
        KAFKA.send(records);
        return topic;
    }

    @Test
    void overManyLetterPartitions() throws Exception {
        for (int partitions : sizes("scale.partitions", "50,500")) {
            String id = new ManyLetters(KAFKA)
                    .write(ManyLetters.Kind.EXHAUSTED, partitions, partitions * 40, 0)
                    .spec()
                    .batchId();
            System.out.printf("%n%,d dead letters in %,d partitions%n", partitions * 40, partitions);
            heads();
            measure("dlq", "list", "--batch-id", id);
            measure("dlq", "list", "--batch-id", id, "--limit", "10000");
            measure("dlq", "stats", "--batch-id", id);
            measure("report", "--batch-id", id, "--out", "report.html", "--force");
            measure("redrive", "--batch-id", id);
            measure("redrive", "--batch-id", id, "--execute");
        }
    }

    @Test
    void overManyDeadLetters() throws Exception {
        for (int letters : sizes("scale.letters", "100000,1000000")) {
            String id = new ManyLetters(KAFKA)
                    .write(ManyLetters.Kind.EXHAUSTED, 4, letters, 0)
                    .spec()
                    .batchId();
            System.out.printf("%n%,d dead letters%n", letters);
            heads();
            measure("dlq", "list", "--batch-id", id);
            measure("dlq", "list", "--batch-id", id, "--limit", "5000");
            measure("dlq", "stats", "--batch-id", id);
            measure("dlq", "show", "--batch-id", id);
            measure("report", "--batch-id", id, "--out", "report.html", "--force");
            measure("verify", "--batch-id", id);
            measure("redrive", "--batch-id", id);
            measure("redrive", "--batch-id", id, "--execute");
            measure("redrive", "--batch-id", id, "--execute");
            measure("dlq", "list", "--batch-id", id, "--all");
            measure("status", "--batch-id", id);
            measure("verify", "--batch-id", id);
            String unread = new ManyLetters(KAFKA)
                    .write(ManyLetters.Kind.UNREAD, 4, letters, 0)
                    .spec()
                    .batchId();
            Files.writeString(directory.resolve("envelope.yaml"), ManyLetters.ENVELOPE);
            measure("redrive", "--batch-id", unread, "--envelope", "envelope.yaml");
            measure("redrive", "--batch-id", unread, "--envelope", "envelope.yaml", "--execute");
            measure("verify", "--batch-id", unread);
            String lost = new ManyLetters(KAFKA)
                    .write(ManyLetters.Kind.UNREAD, 4, letters, letters / 4)
                    .spec()
                    .batchId();
            measure("verify", "--batch-id", lost, "--repair", "--job-ended");
            measure("verify", "--batch-id", lost, "--repair", "--job-ended", "--execute");
            measure("verify", "--batch-id", lost);
        }
    }

    private static String[] plan(String topic, String... further) {
        List<String> args = new ArrayList<>(List.of(
                "plan",
                "--source-topic",
                topic,
                "--batch-id",
                "new-" + topic,
                "--from",
                "earliest",
                "--from-version",
                "1",
                "--revision",
                "purchase-split"));
        args.addAll(List.of(further));
        return args.toArray(String[]::new);
    }

    private static int[] sizes(String property, String otherwise) {
        return Arrays.stream(System.getProperty(property, otherwise).split(","))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static void heads() {
        System.out.println(MeasuredCommand.Cost.heads());
    }

    private void measure(String... command) throws Exception {
        List<String> args = new ArrayList<>(List.of(command));
        args.addAll(List.of("--bootstrap-servers", KAFKA.bootstrapServers()));
        boolean asksFlink = List.of("status", "batches", "pause", "report").contains(command[0]);
        if (asksFlink || List.of(command).contains("--repair")) {
            args.addAll(List.of("--flink", NOWHERE));
        }
        String what = String.join(" ", command).replaceAll("--batch-id \\S+ ?|--source-topic.*purchase-split ?", "");
        if (!what.matches(COMMANDS)) {
            return;
        }
        System.out.println(MeasuredCommand.run(CLASSES, directory, HEAP, args).row(what));
    }
}
