package io.backprocess.bench;

import java.io.Reader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/**
 * Checks that a result is what the rule makes of the source: no record is missing, none is there twice, none is wrong. It uses no
 * code of Backprocess.
 *
 * <pre>
 * CheckResult expect BOOTSTRAP SOURCE FILE [REGISTRY]            reads the source, and writes the expected result to FILE
 * CheckResult check BOOTSTRAP SOURCE FILE WAY BATCH [REGISTRY]   compares the topics SOURCE.BATCH and SOURCE.BATCH.dlq
 * </pre>
 *
 * It compares counts and, because a hundred million records do not fit into memory, two 64-bit sums of hashes over all records,
 * in any order. A record's hash covers its key and every member of its envelope and payload; only the correlationId
 * is compared with the batch's, null members count as absent, and numbers by their value. Ids are held as 64-bit hashes,
 * partition by partition, because copies of the sample are in the partition of their original. {@link Way} says which
 * differences a way may have.
 */
public final class CheckResult {
    private CheckResult() {}

    /** The differences that are allowed between the ways. */
    private enum Way {
        /** Keeps all records unchanged. */
        copy(true, true, Letters.NONE),
        /** Makes a dead letter of a copy with another payload. */
        backprocess(true, true, Letters.WITH_CONFLICTS),
        /** Shuffles, so it loses the order. */
        global(true, false, Letters.WITH_CONFLICTS),
        /** Partitions by key as the producer does; drops copies, whatever their payload is. */
        streams(false, true, Letters.WITHOUT_CONFLICTS),
        /** Shuffles. */
        flink(true, false, Letters.WITHOUT_CONFLICTS),
        /** Shuffles, partitions by key, drops the records that it cannot process. */
        sql(false, false, Letters.NONE);

        final boolean keepsPartitions;
        final boolean keepsOrder;
        final Letters letters;

        Way(boolean keepsPartitions, boolean keepsOrder, Letters letters) {
            this.keepsPartitions = keepsPartitions;
            this.keepsOrder = keepsOrder;
            this.letters = letters;
        }
    }

    private enum Letters {
        NONE,
        WITHOUT_CONFLICTS,
        WITH_CONFLICTS
    }

    public static void main(String[] args) throws Exception {
        if ((args.length == 4 || args.length == 5) && args[0].equals("expect")) {
            expect(args[1], args[2], Path.of(args[3]), Rule.registry(args, 4));
        } else if ((args.length == 6 || args.length == 7) && args[0].equals("check")) {
            List<String> wrong =
                    check(args[1], args[2], Path.of(args[3]), Way.valueOf(args[4]), args[5], Rule.registry(args, 6));
            wrong.forEach(System.err::println);
            System.exit(wrong.isEmpty() ? 0 : 1);
        } else {
            System.err.println(
                    "CheckResult expect BOOTSTRAP SOURCE FILE [REGISTRY] | check BOOTSTRAP SOURCE FILE WAY BATCH [REGISTRY]");
            System.exit(2);
        }
    }

    private static void expect(String bootstrapServers, String source, Path file, String registry) throws Exception {
        Properties expected = new Properties();
        Figures copies = new Figures();
        Figures results = new Figures();
        Figures letters = new Figures();
        Figures conflicts = new Figures();
        for (Expectation partition : PartitionCheck.read(bootstrapServers, source, p -> new Expectation(p, registry))) {
            copies.add(partition.copies);
            results.add(partition.results);
            letters.add(partition.letters);
            conflicts.add(partition.conflicts);
            expected.setProperty("results." + partition.partition, String.valueOf(partition.results.count));
        }
        copies.put(expected, "copies");
        results.put(expected, "results");
        letters.put(expected, "letters");
        conflicts.put(expected, "conflicts");
        try (Writer writer = Files.newBufferedWriter(file)) {
            expected.store(writer, source);
        }
        System.out.printf(
                "%,d records: %,d results, %,d dead letters, %,d conflicting copies%n",
                copies.count, results.count, letters.count, conflicts.count);
    }

    private static List<String> check(
            String bootstrapServers, String source, Path file, Way way, String batch, String registry)
            throws Exception {
        Properties expected = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            expected.load(reader);
        }
        List<String> wrong = new ArrayList<>();
        String topic = source + "." + batch;
        Figures results = new Figures();
        long twice = 0;
        long strange = 0;
        long disordered = 0;
        for (Finding partition :
                PartitionCheck.read(bootstrapServers, topic, p -> new Finding(p, way == Way.copy, batch, registry))) {
            results.add(partition.results);
            twice += partition.twice;
            strange += partition.strange;
            disordered += partition.disordered;
            String should = expected.getProperty("results." + partition.partition);
            if (way != Way.copy && way.keepsPartitions && !should.equals(String.valueOf(partition.results.count))) {
                wrong.add("partition %d has %d results, expected %s"
                        .formatted(partition.partition, partition.results.count, should));
            }
        }
        Figures should = Figures.of(expected, way == Way.copy ? "copies" : "results");
        should.compare(topic, results, wrong);
        refuse(twice, "results are there twice", wrong);
        refuse(strange, "results are no envelopes of this batch", wrong);
        if (way.keepsOrder) {
            refuse(disordered, "results come after a later one of their key", wrong);
        }
        if (way.letters != Letters.NONE) {
            Figures lettersShould = Figures.of(expected, "letters");
            if (way.letters == Letters.WITH_CONFLICTS) {
                lettersShould.add(Figures.of(expected, "conflicts"));
            }
            Figures letters = new Figures();
            PartitionCheck.read(bootstrapServers, topic + ".dlq", RawRecords::new)
                    .forEach(partition -> letters.add(partition.figures));
            lettersShould.compare(topic + ".dlq", letters, wrong);
        }
        System.out.printf(
                "%s: %s, %,d records, %,d out of order%n",
                topic, wrong.isEmpty() ? "right" : "WRONG", results.count, disordered);
        return wrong;
    }

    private static void refuse(long count, String what, List<String> wrong) {
        if (count > 0) {
            wrong.add("%d %s".formatted(count, what));
        }
    }
}
