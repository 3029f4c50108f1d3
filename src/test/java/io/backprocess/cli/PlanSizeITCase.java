package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PlanSizeITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final Shell shell = new Shell(KAFKA);

    @Test
    void printsTheSizeForEachUsefulParallelism() {
        String topic = shell.sample(2000);

        Shell.Answer answer = plan(topic, "--size").succeeds();

        assertThat(answer.out())
                .contains("size      2 000 offsets, records of ")
                .contains(" bytes (800 sampled)")
                .contains("disk      results: at most about 1 MiB on each of 1 brokers")
                .containsPattern("(?m)^1 +1 s +1 +0\\.2 .*$")
                .containsPattern("(?m)^4 .*$")
                .doesNotContainPattern("(?m)^8 .*$");
    }

    @Nightly
    @Test
    void foretellsNoLessThanWhatTheResultsTake() {
        String topic = shell.sample(20_000);
        String batch = KAFKA.unique("batch");

        JsonNode size = plan(topic, "--size", "--parallelism", "2", "--output", "json")
                .succeeds()
                .json()
                .path("size");
        shell.run(topic, batch, "--parallelism", "2").succeeds();

        long taken = bytes(topic + "." + batch);
        assertThat(size.path("resultBytes").asLong()).isBetween(taken, 2 * taken);
        assertThat(size.path("sourceBytes").asLong()).isEqualTo(bytes(topic));
        assertThat(size.path("recordBytes").asLong()).isBetween(300L, 700L);
        assertThat(size.path("at")).hasSize(1);
        assertThat(size.at("/at/0/parallelism").asInt()).isEqualTo(2);
        assertThat(size.at("/at/0/taskManagers").asInt()).isEqualTo(1);
    }

    @Test
    void reckonsOnlyTheRangeOfTheBatch() {
        String topic = shell.sample(2000);

        JsonNode size = plan(topic, "--size", "--until", "1970-01-01T00:00:00Z", "--output", "json")
                .json()
                .path("size");

        assertThat(size.path("offsets").asLong()).isZero();
        assertThat(size.path("sampled").asLong()).isZero();
        assertThat(size.path("resultBytes").asLong()).isZero();
        assertThat(size.at("/at/0/seconds").asLong()).isZero();
    }

    @Test
    void saysHowManySlotsWouldIdle() {
        String topic = shell.sample(200);

        assertThat(plan(topic, "--size", "--parallelism", "6").succeeds().out())
                .contains("at parallelism 6, 2 slots have no partition to read");
    }

    @Test
    void tellsWhatABatchThatFollowsHasToCatchUpWith() {
        String topic = shell.sample(2000);

        assertThat(plan(topic, "--size", "--until", "never").succeeds().out()).contains("size      2 000 offsets");
    }

    @Test
    void leavesTheSizeOutUnlessItIsAskedFor() {
        String topic = shell.sample(10);

        assertThat(plan(topic).succeeds().out()).doesNotContain("size ");
        assertThat(plan(topic, "--output", "json").succeeds().json().has("size"))
                .isFalse();
    }

    @Test
    void saysWhatIsWrongWithAParallelism() {
        String topic = shell.sample(10);

        plan(topic, "--parallelism", "2").says(2, "--parallelism needs --size; add --size");
        plan(topic, "--size", "--parallelism", "0").says(2, "--parallelism 0 is less than one");
        plan(topic, "--size", "--parallelism", "2000")
                .says(2, "--parallelism 2000 is more than the plan's max parallelism 1024");
        plan(topic, "--size", "--parallelism", "many").says(2, "Invalid value for option '--parallelism'");
    }

    private Shell.Answer plan(String topic, String... further) {
        String[] args = new String[further.length + 11];
        String[] first = {
            "plan",
            "--source-topic",
            topic,
            "--batch-id",
            "b",
            "--from",
            "earliest",
            "--from-version",
            "1",
            "--revision",
            "purchase-split"
        };
        System.arraycopy(first, 0, args, 0, first.length);
        System.arraycopy(further, 0, args, first.length, further.length);
        return shell.backprocess(args);
    }

    private static long bytes(String topic) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return admin.logSizes(topic).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
        }
    }
}
