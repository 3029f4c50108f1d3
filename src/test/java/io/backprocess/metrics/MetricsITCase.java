package io.backprocess.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.Encoding;
import io.backprocess.batch.Format;
import io.backprocess.batch.Framing;
import io.backprocess.batch.OffsetRange;
import io.backprocess.ledger.LedgerLine;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.testing.AvroEvents;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.LogLines;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.TestBatch;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoublePredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.runtime.testutils.MiniClusterResourceConfiguration;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What Flink's Prometheus reporter, configured as in {@code flink-conf}, says of running batches. */
@SuppressWarnings("NullAway.Init")
class MetricsITCase {
    private static final int PARTITIONS = 4;
    private static final String PREFIX = "flink_jobmanager_job_operator_coordinator_";
    private static final int PORT = freePort();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = new MiniClusterExtension(new MiniClusterResourceConfiguration.Builder()
            .setConfiguration(reporter())
            .setNumberTaskManagers(1)
            .setNumberSlotsPerTaskManager(4)
            .build());

    @TempDir
    Path directory;

    @Test
    void showsWhatTheLedgerSaysAndGoesOnThereAfterARestart() throws Exception {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS);
        KAFKA.send(new RandomHistory(topic, PARTITIONS, 51).records(2000));
        TestBatch batch = batch(topic, BatchSpec.LATEST);
        String id = batch.plan.spec().batchId();

        JobClient first = batch.submit(2, null, 200L);
        batch.awaitCommitted(200);
        awaitValue("batch_backprocess_read", id, read -> read >= 200);
        assertThat(value("batch_backprocess_planned_records", id)).hasValue(2000);
        String savepoint = batch.stopWithSavepoint(first);
        long committed = batch.ledger().total().read();
        awaitNone(id);
        JobClient second = batch.submit(1, savepoint, 200L);
        double firstSeen = awaitValue("batch_backprocess_read", id, read -> true);
        double remaining = awaitValue("batch_backprocess_remaining_records", id, left -> true);

        assertThat(firstSeen).isGreaterThanOrEqualTo((double) committed);
        assertThat(remaining).isLessThanOrEqualTo(2000.0 - committed);
        assertThat(undocumented(id)).isEmpty();
        second.cancel().get();
    }

    @Nightly
    @Test
    void measuresABatchThatFollowsAgainstTheEndOfItsTopic() throws Exception {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS);
        RandomHistory history = new RandomHistory(topic, PARTITIONS, 52);
        KAFKA.send(history.records(300));
        TestBatch batch = batch(topic, BatchSpec.NEVER);
        String id = batch.plan.spec().batchId();

        JobClient job = batch.submit(1, null, null);
        batch.awaitCommitted(300);
        awaitValue("batch_backprocess_remaining_records", id, left -> left == 0);
        assertThat(value("batch_backprocess_planned_records", id)).hasValue(300);
        KAFKA.send(history.records(200));
        batch.awaitCommitted(500);

        awaitValue("batch_backprocess_planned_records", id, planned -> planned == 500);
        awaitValue("batch_backprocess_remaining_records", id, left -> left == 0);
        batch.stopWithSavepoint(job);
    }

    @Test
    void showsWhenTheOldestUnreadRecordExpires() throws Exception {
        Duration century = Duration.ofDays(36500);
        String kept = KAFKA.unique("history");
        String limited = KAFKA.unique("history");
        KAFKA.createTopic(kept, 2, "retention.ms=-1");
        KAFKA.createTopic(limited, 2, "retention.ms=" + century.toMillis(), "retention.bytes=1000000000");
        KAFKA.send(new RandomHistory(kept, 2, 53).records(400));
        KAFKA.send(new RandomHistory(limited, 2, 53).records(400));
        long oldest = KAFKA.read(limited).stream()
                .mapToLong(ConsumerRecord::timestamp)
                .min()
                .orElseThrow();

        TestBatch forever = batch(kept, BatchSpec.LATEST);
        TestBatch bounded = batch(limited, BatchSpec.LATEST);
        JobClient one = forever.submit(1, null, 5L);
        JobClient two = bounded.submit(1, null, 5L);

        String id = bounded.plan.spec().batchId();
        double expires = awaitValue("batch_backprocess_unread_expires_at_seconds", id, at -> true);
        assertThat(expires)
                .isBetween((oldest + century.toMillis()) / 1000.0 - 1, (oldest + century.toMillis()) / 1000.0 + 86400);
        assertThat(value("batch_backprocess_unread_room_bytes", id).orElseThrow())
                .isBetween(900_000_000.0, 1_000_000_000.0);
        String without = forever.plan.spec().batchId();
        awaitValue("batch_backprocess_unread_expires_at_seconds", without, Double::isNaN);
        assertThat(value("batch_backprocess_unread_room_bytes", without).orElseThrow())
                .isNaN();
        one.cancel().get();
        two.cancel().get();
    }

    /** The figures stop, one line says so, and the batch ends as if nothing were. */
    @Nightly
    @Test
    void leavesTheJobAloneWhenTheLedgerCannotBeRead() throws Exception {
        String topic = KAFKA.unique("history");
        KAFKA.createTopic(topic, PARTITIONS);
        KAFKA.send(new RandomHistory(topic, PARTITIONS, 54).records(600));
        TestBatch batch = batch(topic, BatchSpec.LATEST);
        String id = batch.plan.spec().batchId();
        try (LogLines log = new LogLines(LedgerWatch.class)) {
            JobClient job = batch.submit(1, null, 100L);
            awaitValue("batch_backprocess_read", id, read -> read > 0);

            KAFKA.send(new ProducerRecord<>(
                    "backprocess.ledger", batch.plan.ledger().partition(), bytes(id + "/0"), bytes("no line")));

            TestBatch.await("a warning", () -> !log.parsed().isEmpty());
            job.getJobExecutionResult().get();
            assertThat(log.parsed()).singleElement().satisfies(line -> {
                assertThat(line.path("Level").asText()).isEqualTo("Warn");
                assertThat(line.path("CorrelationId").asText()).isEqualTo(id);
                assertThat(line.path("Message").asText())
                        .isEqualTo(
                                "The ledger of " + id + " cannot be read; its metrics stay as they are until it can.");
                assertThat(line.path("Exception").asText()).contains("another process has written there");
            });
            assertThat(KAFKA.read(batch.plan.spec().resultTopic())).isNotEmpty();
        }
    }

    /** Prometheus must bear a batch over 10 000 partitions with versions that a producer makes up. */
    @Test
    void boundsTheNumberOfSeries() throws Exception {
        List<OffsetRange> ranges = IntStream.range(0, 10_000)
                .mapToObj(partition -> new OffsetRange(partition, 0, 1000))
                .toList();
        String id = KAFKA.unique("batch");
        String topic = KAFKA.unique("ledger");
        KAFKA.createTopic(topic, 1);
        for (int version = 0; version < 200; version++) {
            LedgerLine line = new LedgerLine(
                    id,
                    version,
                    1,
                    0,
                    new LedgerLine.Covered(0L, 10L),
                    new LedgerLine.Outcomes(10, Map.of("9." + version, 10L), 0, Map.of(), 0, 0));
            KAFKA.send(new ProducerRecord<>(
                    topic, 0, bytes(id + "/" + version), new ObjectMapper().writeValueAsBytes(line)));
        }
        AtomicInteger gauges = new AtomicInteger();
        MetricGroup counting = new UnregisteredMetricsGroup() {
            @Override
            public MetricGroup addGroup(String key, String value) {
                return this;
            }

            @Override
            public MetricGroup addGroup(String name) {
                return this;
            }

            @Override
            public <T, G extends Gauge<T>> G gauge(String name, G gauge) {
                gauges.incrementAndGet();
                return gauge;
            }
        };

        BatchMetrics metrics = new BatchMetrics(counting, id);
        LedgerReader reader = new LedgerReader(id, ranges, new TopicPartition(topic, 0), 0, KAFKA.clients());
        metrics.show(reader.read(), Map.of(), Instant.now());
        metrics.show(reader.read(), Map.of(), Instant.now());

        assertThat(reader.read().total().skippedByVersion()).hasSize(200);
        assertThat(gauges.get()).isEqualTo(13 + BatchMetrics.MAX_VERSIONS + 1);
    }

    private TestBatch batch(String topic, String until) {
        TestBatch batch = new TestBatch(
                KAFKA,
                topic,
                until,
                "purchase-split",
                DedupeScope.PARTITION,
                directory.toUri().toString());
        batch.metricsInterval = Duration.ofMillis(200);
        return batch;
    }

    /** No real registry is needed to be refused by one. The alert, the dashboard and the page have the series as it is scraped. */
    @Test
    void showsThatARegistryRefusesTheJob() throws Exception {
        String topic = KAFKA.unique("avro");
        AvroEvents.write(KAFKA, topic, 7, 10, List.of());
        try (RegistryProxy registry = new RegistryProxy("http://127.0.0.1:1")) {
            registry.answersOnly(403);
            TestBatch batch = TestBatch.encoded(
                    KAFKA,
                    topic,
                    new Encoding(Format.AVRO, Framing.CONFLUENT, registry.url(), null),
                    directory.toUri().toString());

            JobClient job = batch.submit(1, null, null);
            String id = batch.plan.spec().batchId();
            String name = "flink_taskmanager_job_task_operator_batch_backprocess_holding";
            TestBatch.await("a subtask that holds", () -> !holding(name, id).isEmpty());
            String operator = holding(name, id).get(0);
            job.cancel().get();

            for (String page : List.of("k8s/monitoring/rules.yml", "k8s/monitoring/dashboard.json")) {
                assertThat(Files.readString(Path.of(page)).replace("\\", "").replace("batch=~\"$batch\", ", ""))
                        .contains(
                                name + "{operator_name=\"" + operator + "\"}",
                                name + "{operator_name!=\"" + operator + "\"}");
            }
            assertThat(Files.readString(Path.of("docs/operating.md"))).contains("`" + name + "`", "`" + operator + "`");
        }
    }

    /** The names of the operators that hold. */
    private static List<String> holding(String name, String batchId) {
        return Pattern.compile("^" + name + "\\{(.*)} 1\\.0$", Pattern.MULTILINE)
                .matcher(scrape())
                .results()
                .map(series -> series.group(1))
                .filter(labels -> labels.contains("batch=\"" + batchId + "\""))
                .map(labels -> labels.replaceFirst(".*operator_name=\"([^\"]*)\".*", "$1"))
                .toList();
    }

    /** Names that are scraped of a batch but stand in no row of the table in docs/operating.md. */
    private static Set<String> undocumented(String batchId) throws IOException {
        String page = Files.readString(Path.of("docs/operating.md"));
        Set<String> names = new TreeSet<>();
        scrape(batchId).keySet().forEach(series -> names.add(series.substring(0, series.indexOf('{'))));
        assertThat(names).hasSizeGreaterThan(8);
        names.removeIf(name -> page.contains("| `" + name + "` |"));
        return names;
    }

    private static double awaitValue(String name, String batchId, DoublePredicate condition) {
        TestBatch.await(name + " of " + batchId, () -> {
            OptionalDouble value = value(name, batchId);
            return value.isPresent() && condition.test(value.getAsDouble());
        });
        return value(name, batchId).orElseThrow();
    }

    private static void awaitNone(String batchId) {
        TestBatch.await("the end of " + batchId, () -> scrape(batchId).isEmpty());
    }

    /** Of the series that has no label but the batch beside Flink's own. */
    private static OptionalDouble value(String name, String batchId) {
        return scrape(batchId).entrySet().stream()
                .filter(series -> series.getKey().startsWith(name + "{"))
                .mapToDouble(Map.Entry::getValue)
                .findFirst();
    }

    private static String scrape() {
        try {
            return HTTP.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + PORT + "/metrics"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Double> scrape(String batchId) {
        Map<String, Double> series = new java.util.TreeMap<>();
        Matcher line = Pattern.compile("^" + PREFIX + "(batch_\\S*\\{.*}) (\\S+)$", Pattern.MULTILINE)
                .matcher(scrape());
        while (line.find()) {
            if (line.group(1).contains("batch=\"" + batchId + "\"")) {
                series.put(line.group(1), Double.valueOf(line.group(2)));
            }
        }
        return series;
    }

    private static Configuration reporter() {
        Configuration ours = GlobalConfiguration.loadConfiguration("flink-conf");
        Configuration reporter = new Configuration();
        for (String key : ours.keySet()) {
            if (key.startsWith("metrics.")) {
                reporter.setString(key, ours.getString(key, ""));
            }
        }
        reporter.setString("metrics.reporter.prom.port", String.valueOf(PORT));
        return reporter;
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
