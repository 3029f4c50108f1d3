package io.backprocess.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.OldEvents;
import io.backprocess.testing.Shell;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Old events without an envelope, rescued by the command line. */
class ContextTopicITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private final Shell shell = new Shell(KAFKA);
    private final OldEvents old = new OldEvents(KAFKA);

    @Test
    void joinsTheContextOfTheEventsTimeAtAnyParallelismAndScope() {
        for (String[] how : new String[][] {
            {"--parallelism", "1"}, {"--parallelism", "2"}, {"--parallelism", "2", "--dedupe-scope", "global"}
        }) {
            String batch = KAFKA.unique("batch");
            List<String> more = new ArrayList<>(List.of(how));
            Collections.addAll(more, "--context-topic", old.contexts, "--max-dlq-ratio", "1");

            shell.run(old.topic, batch, more.toArray(String[]::new)).succeeds();

            assertThat(old.found(batch)).as(batch + " " + more).isEqualTo(old.expected);
            shell.backprocess("verify", "--batch-id", batch).succeeds();
        }
        assertThat(old.expected.values())
                .filteredOn(what -> what.startsWith("missing-context"))
                .hasSizeGreaterThan(50);
        assertThat(old.expected.values())
                .filteredOn(what -> what.startsWith("Subscription"))
                .hasSizeGreaterThan(400);
    }

    @Test
    void showsBeforehandWhatWouldBeRescued() {
        JsonNode preview = shell.preview(old.topic, "--context-topic", old.contexts, "--output", "json")
                .succeeds()
                .json();

        assertThat(preview.at("/counts/deadLetters").asLong()).isEqualTo(old.dead());
        assertThat(preview.at("/counts/taken").asLong()).isEqualTo(OldEvents.EVENTS - old.dead());
        assertThat(shell.backprocess(spec("plan", "--context-topic", old.contexts))
                        .succeeds()
                        .out())
                .contains("joins     " + old.contexts + ", 100 contexts by userId, as of now");
    }

    @Nightly
    @Test
    void cannotTellWithOtherContexts() {
        String users = KAFKA.unique("users");
        KAFKA.createTopic(users, 1);
        KAFKA.send(context(users, "{\"itemSku\":\"SKU-BASIC-1\",\"amount\":1}"));
        String batch = KAFKA.unique("batch");
        shell.run(old.topic, batch, "--context-topic", users, "--max-dlq-ratio", "1")
                .succeeds();

        KAFKA.deleteTopic(users);
        KAFKA.createTopic(users, 1);
        KAFKA.send(context(users, "{\"itemSku\":\"SKU-BASIC-1\",\"amount\":2}"));

        shell.backprocess("verify", "--batch-id", batch)
                .says(
                        5,
                        "the contexts in topic %s are no longer those that batch '%s' was planned with: other records are at the same offsets"
                                .formatted(users, batch));
    }

    private static ProducerRecord<byte[], byte[]> context(String topic, String json) {
        return new ProducerRecord<>(topic, 0, 0L, "user-1".getBytes(UTF_8), json.getBytes(UTF_8));
    }

    @Test
    void saysWhatIsWrongWithAContextTopic() {
        String compacted = KAFKA.unique("users");
        KAFKA.createTopic(compacted, 1, "cleanup.policy=compact");

        shell.backprocess(spec("plan", "--context-topic", "nowhere"))
                .says(2, "topic 'nowhere' does not exist; check --context-topic");
        shell.backprocess(spec("plan", "--context-topic", compacted))
                .says(2, "--context-topic " + compacted + " holds no record, so no context is known");
        shell.backprocess(spec("plan", "--context-key", "userId")).says(2, "add --context-topic");
        shell.backprocess(spec("run", "--context-topic", old.contexts, "--until", "never"))
                .says(2, "--until never cannot be used with --context-topic");
        KAFKA.send(context(compacted, "{}"));
        assertThat(shell.backprocess(spec("plan", "--context-topic", compacted))
                        .succeeds()
                        .err())
                .contains("warning: --context-topic " + compacted + " is compacted");
    }

    private String[] spec(String command, String... more) {
        List<String> all = new ArrayList<>(List.of(
                command,
                "--source-topic",
                old.topic,
                "--batch-id",
                KAFKA.unique("batch"),
                "--from",
                "earliest",
                "--from-version",
                "1",
                "--revision",
                "purchase-split"));
        Collections.addAll(all, more);
        return all.toArray(String[]::new);
    }
}
