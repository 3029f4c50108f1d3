package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.OneTaskManager;
import io.backprocess.testing.RandomHistory;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What the commands say of a batch that follows its topic. */
@SuppressWarnings("NullAway.Init")
class FollowCommandITCase {
    private static final int PARTITIONS = 3;

    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    @RegisterExtension
    static final MiniClusterExtension FLINK = OneTaskManager.withSlots(2);

    @TempDir
    Path directory;

    @Test
    void statusSaysThatItFollowsAndHowFarItIsBehind() throws Exception {
        TestBatch batch = batch(history(300), BatchSpec.NEVER);
        String id = batch.plan.spec().batchId();

        JobClient job = batch.submit(2, null, null);
        batch.awaitCommitted(300);
        Answer text = status(id);
        JsonNode running = json(status(id, "--output", "json"));
        batch.stopWithSavepoint(job);
        KAFKA.send(new RandomHistory(batch.plan.spec().sourceTopic(), PARTITIONS, 2).records(50));
        KAFKA.addPartitions(batch.plan.spec().sourceTopic(), PARTITIONS + 1);
        KAFKA.send(new RandomHistory(batch.plan.spec().sourceTopic(), 2, 3).records(7));
        JsonNode paused = json(status(id, "--output", "json"));
        Answer pausedText = status(id);

        assertThat(text.exitCode()).as(text.err()).isZero();
        assertThat(text.out())
                .startsWith(id + " is running: following, 0 behind, ")
                .contains("ETA 0 s");
        assertThat(running.path("state").asText()).isEqualTo("running");
        assertThat(running.path("following").asBoolean()).isTrue();
        assertThat(running.path("remaining").asLong()).isZero();
        assertThat(running.path("percent").asDouble()).isEqualTo(100);
        assertThat(running.path("read").asLong()).isEqualTo(300);
        assertThat(paused.path("state").asText()).isEqualTo("paused");
        assertThat(paused.path("remaining").asLong()).isEqualTo(57);
        assertThat(paused.path("partitions")).hasSize(PARTITIONS + 1);
        assertThat(paused.path("partitions").path(0).path("end").asLong()).isLessThan(400);
        assertThat(paused.path("percent").asDouble()).isBetween(80.0, 90.0);
        assertThat(pausedText.out()).startsWith(id + " is paused: following, 57 behind, ");
    }

    @Test
    void retireLeavesALiveBatchAlone() throws Exception {
        TestBatch batch = batch(history(300), BatchSpec.NEVER);
        String id = batch.plan.spec().batchId();
        JobClient job = batch.submit(2, null, null);
        batch.awaitCommitted(300);

        Answer live = onCluster("retire", "--batch-id", id, "--execute");
        batch.stopWithSavepoint(job);
        Answer stopped = onCluster("retire", "--batch-id", id, "--execute");

        live.says(4, id + " is running, as Flink job " + job.getJobID());
        assertThat(stopped.succeeds().out()).contains("verdict  complete", id + " is retired");
        assertThat(json(status(id, "--output", "json")).path("state").asText()).isEqualTo("retired");
        onCluster("resume", "--batch-id", id).says(4, id + " was retired by ");
    }

    @Test
    void statusOfABatchWithAnEndIsAsItWas() throws Exception {
        TestBatch batch = batch(history(50), BatchSpec.LATEST);

        JsonNode status = json(status(batch.plan.spec().batchId(), "--output", "json"));

        assertThat(status.path("following").asBoolean(true)).isFalse();
        assertThat(status.path("remaining").asLong()).isEqualTo(50);
        assertThat(status.path("percent").asDouble()).isZero();
    }

    @Test
    void planSaysThatTheRangeIsOpen() throws Exception {
        String topic = history(100);

        Answer text = command("plan", topic, "b", "--until", "never");
        JsonNode plan = json(command("plan", topic, "b", "--until", "never", "--output", "json"));

        assertThat(text.exitCode()).as(text.err()).isZero();
        assertThat(text.out())
                .contains("from earliest until never")
                .containsPattern("0 +0 +open")
                .containsPattern("until now +100")
                .contains("needs     until it has caught up at most about 1 MiB")
                .doesNotContain("9223372036854775807");
        assertThat(plan.path("plan").path("topicId").asText()).hasSize(22);
    }

    @Test
    void saysThatTheEndOfABatchIsPartOfItsPlan() throws Exception {
        String topic = history(10);
        String follows = batch(topic, BatchSpec.NEVER).plan.spec().batchId();
        String ends = batch(topic, BatchSpec.LATEST).plan.spec().batchId();

        Answer toEnd = command("run", topic, follows, "--local", "--until", "2030-01-01T00:00:00Z");
        Answer toFollow = command("run", topic, ends, "--local", "--until", "never");
        Answer plan = command("plan", topic, follows, "--until", "latest");

        assertThat(toEnd.exitCode()).isEqualTo(4);
        assertThat(toEnd.err())
                .contains("(until: never, now 2030-01-01T00:00:00Z)")
                .contains(
                        "a batch that follows can only be ended by pausing it; to stop at an instant run a new batch id"
                                + " with --until");
        assertThat(toFollow.exitCode()).isEqualTo(4);
        assertThat(toFollow.err())
                .contains("(until: latest, now never)")
                .contains("to follow the topic run a new batch id with --until never");
        assertThat(plan.exitCode()).isEqualTo(4);
        assertThat(plan.err()).contains("a batch that follows can only be ended by pausing it");
    }

    @Test
    void refusesATopicThatIsNotTheOneThatWasPlanned() throws Exception {
        String topic = history(10);
        String batch = batch(topic, BatchSpec.LATEST).plan.spec().batchId();
        KAFKA.deleteTopic(topic);

        Answer gone = command("run", topic, batch, "--local");
        KAFKA.createTopic(topic, PARTITIONS);
        Answer again = command("run", topic, batch, "--local");

        assertThat(gone.exitCode()).isEqualTo(4);
        assertThat(gone.err()).contains("topic %s does not exist any more".formatted(topic));
        assertThat(again.exitCode()).isEqualTo(4);
        assertThat(again.err()).contains("topic %s was deleted and made again".formatted(topic));
    }

    @Test
    void namesTheWordsThatUntilTakes() {
        Answer run = command("run", "orders", "b", "--local", "--until", "tomorrow");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.err()).contains("--until 'tomorrow' is not an instant").contains("or 'latest' or 'never'");
    }

    private static String history(int records) {
        String topic = KAFKA.unique("live");
        KAFKA.createTopic(topic, PARTITIONS, "retention.ms=-1");
        KAFKA.send(new RandomHistory(topic, PARTITIONS, 1).records(records));
        return topic;
    }

    private TestBatch batch(String topic, String until) {
        return new TestBatch(
                KAFKA,
                topic,
                until,
                "purchase-split",
                DedupeScope.PARTITION,
                directory.toUri().toString());
    }

    private static Answer status(String batch, String... further) {
        List<String> args = new ArrayList<>(List.of("status", "--batch-id", batch));
        args.addAll(List.of(further));
        return onCluster(args.toArray(String[]::new));
    }

    private static Answer onCluster(String... command) {
        List<String> args = new ArrayList<>(List.of(command));
        args.addAll(
                List.of("--flink", "127.0.0.1:" + FLINK.getClientConfiguration().get(RestOptions.PORT)));
        return backprocess(args);
    }

    private static Answer command(String command, String topic, String batch, String... further) {
        List<String> args = new ArrayList<>(List.of(command, "--source-topic", topic, "--batch-id", batch));
        args.addAll(List.of("--from", "earliest", "--from-version", "1", "--revision", "purchase-split"));
        args.addAll(List.of(further));
        return backprocess(args);
    }

    private static JsonNode json(Answer outcome) throws Exception {
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        return new ObjectMapper().readTree(outcome.out());
    }

    private static Answer backprocess(List<String> args) {
        return new Shell(KAFKA).backprocess(args.toArray(String[]::new));
    }
}
