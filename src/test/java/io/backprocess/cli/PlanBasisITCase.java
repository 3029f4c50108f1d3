package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.batch.OffsetRange;
import io.backprocess.batch.ResultBasis;
import io.backprocess.batch.ResultHeaders;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanBasis;
import io.backprocess.plan.PlanStore;
import io.backprocess.revise.Revision;
import io.backprocess.testing.FaultyPurchaseSplit;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What results depend on stays as it was when the batch was planned, or is named. */
@SuppressWarnings("NullAway.Init")
class PlanBasisITCase {
    private static final String REVISION = FaultyPurchaseSplit.class.getName();
    private static final String SERVICES = "META-INF/services/" + Revision.class.getName();
    private static final int MIB = 1 << 20;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @TempDir
    static Path directory;

    private final Shell shell = new Shell(KAFKA);

    /** So that a dead letter that was too large can be redriven. */
    @Test
    void aLargerLimitOfTheResultTopicMakesNoBatchWrongAndServesItsRedrive() throws Exception {
        String topic = KAFKA.unique("large");
        KAFKA.createTopic(topic, 1, "retention.ms=-1");
        send(topic, purchase("small", 10), purchase("large", 2 * MIB));
        String batch = KAFKA.unique("batch");
        String results = topic + "." + batch;
        KAFKA.createTopic(results, 1, "retention.ms=-1", "max.message.bytes=" + 2 * MIB);
        KAFKA.createTopic(results + ".dlq", 1, "retention.ms=-1", "max.message.bytes=" + 4 * MIB);
        shell.run(topic, batch).succeeds();
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            ResultBasis basis =
                    Objects.requireNonNull(new PlanStore(admin).get(batch).basis());
            assertThat(basis.maxResultBytes()).isEqualTo(2 * MIB);
            assertThat(basis.limits()).containsEntry("revise.attempts", 5L).containsEntry("json.depth", 1000L);
        }

        KAFKA.configure(results, "max.message.bytes", String.valueOf(8 * MIB));

        assertThat(shell.backprocess("verify", "--batch-id", batch, "--output", "json")
                        .succeeds()
                        .json()
                        .at("/recounted/deadLetters")
                        .asLong())
                .isEqualTo(1);
        shell.backprocess("redrive", "--batch-id", batch, "--execute").succeeds();
        assertThat(KAFKA.read(results)).hasSize(2);
        shell.backprocess("verify", "--batch-id", batch).succeeds();
    }

    @Test
    void aRevisionsJarIsInThePlanAndAnotherOneIsNamed() throws Exception {
        Path first = jar("first.jar", "one");
        Path second = jar("second.jar", "two");
        try (URLClassLoader before = revisions(first);
                URLClassLoader after = revisions(second)) {
            BatchPlan planned = plan(before);

            assertThat(planned.basis()).isNotNull();
            assertThat(PlanBasis.changes(planned, before)).isEmpty();
            assertThat(PlanBasis.changes(planned, after))
                    .singleElement()
                    .asString()
                    .matches("revision \\S+ is not in the jar that b was planned with: planned first.jar with SHA-256"
                            + " [0-9a-f]{64}, now second.jar with SHA-256 [0-9a-f]{64}; .*");
            assertThat(PlanBasis.changes(planned, getClass().getClassLoader()))
                    .singleElement()
                    .asString()
                    .contains(", now no jar; ");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Format.class, names = "JSON", mode = EnumSource.Mode.EXCLUDE)
    void theLimitsOfAFormatAreInThePlansOfItsHistories(Format format) {
        BatchSpec json = spec();
        BatchSpec encoded = json.withEncoding(new Encoding(format, Framing.CONFLUENT, "http://registry", null));
        ClassLoader classes = getClass().getClassLoader();

        Map<String, Long> limits = PlanBasis.of(encoded, MIB, classes).limits();

        assertThat(limits).containsAllEntriesOf(PlanBasis.of(json, MIB, classes).limits());
        limits.keySet().removeAll(PlanBasis.of(json, MIB, classes).limits().keySet());
        assertThat(limits.keySet()).isNotEmpty().allMatch(name -> name.startsWith(format + "."));
    }

    private static String purchase(String id, int length) {
        return """
                {"eventId":"%s","correlationId":"c","eventTimestamp":"2025-11-14T12:00:00Z","processVersion":1,"payload":{\
                "userId":"u","actionType":"Purchased","itemSku":"SKU-PREMIUM-1","amount":1,"filler":"%s"}}""".formatted(id, "x".repeat(length));
    }

    /** Compressed, so that what is larger than the topic takes fits in. */
    private static void send(String topic, String... values) throws Exception {
        Properties properties = KAFKA.properties();
        properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
        properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 8 * MIB);
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (String value : values) {
                producer.send(new ProducerRecord<>(topic, 0, null, value.getBytes(StandardCharsets.UTF_8)))
                        .get();
            }
        }
    }

    private static BatchSpec spec() {
        return new BatchSpec(
                "b",
                new BatchSpec.Range("orders", "earliest", "latest"),
                new BatchSpec.Logic("1", List.of("purchase-split-with-faults"), new TreeMap<>()),
                DedupeScope.PARTITION,
                ResultHeaders.ORIGIN);
    }

    private static BatchPlan plan(ClassLoader revisions) {
        return BatchPlan.freeze(
                        spec(),
                        BatchPlan.Inputs.of(List.of(new OffsetRange(0, 0, 10)), null),
                        new BatchPlan.StateLayout(1024, 1),
                        new BatchPlan.LedgerPlace(2, 5),
                        new BatchPlan.Creation(Instant.EPOCH, "test", null))
                .with(PlanBasis.of(spec(), MIB, revisions), null);
    }

    private static Path jar(String name, String content) throws IOException {
        Path jar = directory.resolve(name);
        String path = REVISION.replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
                InputStream type = PlanBasisITCase.class.getClassLoader().getResourceAsStream(path)) {
            out.putNextEntry(new JarEntry(path));
            Objects.requireNonNull(type).transferTo(out);
            out.putNextEntry(new JarEntry(SERVICES));
            out.write(REVISION.getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new JarEntry("version.txt"));
            out.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    /** The revision from the jar, and not from where the tests are. */
    private static URLClassLoader revisions(Path jar) throws IOException {
        ClassLoader tests = PlanBasisITCase.class.getClassLoader();
        ClassLoader without = new ClassLoader(tests) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (name.equals(REVISION)) {
                    throw new ClassNotFoundException(name);
                }
                return super.loadClass(name, resolve);
            }

            @Override
            public Enumeration<URL> getResources(String name) throws IOException {
                return name.equals(SERVICES) ? Collections.emptyEnumeration() : super.getResources(name);
            }
        };
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, without);
    }
}
