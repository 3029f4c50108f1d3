package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.backprocess.batch.BatchPlan;
import io.backprocess.control.BatchMark;
import io.backprocess.control.MarkStore;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.Aliases;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches whose topics are deleted when nothing reads them any more. */
class RetireCommandITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final Shell SHELL = new Shell(KAFKA);
    private static String topic = "";

    private final String alias = KAFKA.unique("orders.current");
    private final String old = KAFKA.unique("old");

    @BeforeAll
    static void history() {
        topic = SHELL.sample(200);
    }

    @Test
    void deletesTheTopicsAndKeepsThePlanTheCountsAndTheVerdict() {
        String newer = KAFKA.unique("newer");
        run(old);
        run(newer);
        promote(old);
        promote(newer);
        commit("billing", topic + "." + old, 7);

        JsonNode dry = retire(old, "--output", "json").succeeds().json();
        String shown = retire(old).succeeds().out();
        assertThat(exists(old)).isTrue();
        retire(old, "--execute").succeeds();

        assertThat(dry.at("/verdict").asText()).isEqualTo("complete");
        assertThat(dry.at("/topics").findValuesAsText("topic"))
                .containsExactly(topic + "." + old, topic + "." + old + ".dlq");
        assertThat(dry.at("/aliases/0/alias").asText()).isEqualTo(alias);
        assertThat(dry.at("/aliases/0/rollbacks").asInt()).isEqualTo(1);
        assertThat(dry.at("/groups/0/group").asText()).isEqualTo("billing");
        assertThat(dry.at("/groups/0/unread").asLong()).isPositive();
        assertThat(shown).contains(alias, "one rollback", "billing", "nothing is deleted; to do it, add --execute");
        assertThat(exists(old)).isFalse();
        JsonNode status = SHELL.backprocess("status", "--batch-id", old, "--output", "json", "--expect", "retired")
                .succeeds()
                .json();
        assertThat(status.path("read").asLong()).isEqualTo(200);
        assertThat(SHELL.backprocess("batches", "--output", "json").json().toString())
                .contains("\"batchId\":\"" + old + "\",\"state\":\"retired\"");
        assertThat(mark(old).orElseThrow().verdict()).isEqualTo("complete");
        assertThat(retire(old, "--execute").succeeds().out()).contains("verdict  complete", old + " is retired");
    }

    @Test
    void isTheEndOfTheBatch() {
        String newer = KAFKA.unique("newer");
        run(old);
        run(newer);
        promote(old);
        promote(newer);
        retire(old, "--execute").succeeds();
        String retired = old + " was retired by ";

        SHELL.run(topic, old).says(4, retired);
        for (String command : List.of(
                "resume", "pause", "abandon", "verify", "redrive", "dlq stats", "peek", "report --out report")) {
            List<String> args = new ArrayList<>(List.of(command.split(" ")));
            args.addAll(List.of("--batch-id", old));
            SHELL.backprocess(args.toArray(String[]::new)).says(4, retired);
        }
        SHELL.backprocess("promote", "--alias", alias, "--batch-id", old, "--execute")
                .says(4, retired);
        SHELL.backprocess("promote", "--alias", alias, "--rollback", "--execute")
                .says(4, retired);
        SHELL.preview(topic, "--against", old).says(4, retired);
    }

    @Test
    void refusesWhatAnAliasPointsTo() {
        run(old);
        promote(old);

        retire(old).says(4, old + " is what alias '" + alias + "' points to; point to another batch first");

        assertThat(exists(old)).isTrue();
    }

    @Test
    void wantsToBeToldThatABatchIsNotProven() {
        run(old);
        KAFKA.send(new ProducerRecord<>(topic + "." + old, 0, null, "foreign".getBytes(StandardCharsets.UTF_8)));

        assertThat(retire(old).succeeds().err()).contains("not proven complete (wrong)");
        retire(old, "--execute").says(4, "is not proven complete (wrong), so its topics stay");
        assertThat(exists(old)).isTrue();
        retire(old, "--execute", "--accept-unproven").succeeds();

        assertThat(exists(old)).isFalse();
        assertThat(mark(old).orElseThrow().verdict()).isNull();
    }

    @Test
    void finishesWhatWasKilledBeforeTheTopicsWereDeleted() {
        run(old);
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            new MarkStore(admin)
                    .put(old, BatchMark.ended(BatchMark.Action.RETIRED, Optional.empty(), "me", "complete"));
            BatchPlan plan = new PlanStore(admin).get(old);
            Aliases aliases = new Aliases(admin);
            assertThatThrownBy(() -> aliases.move(List.of(
                            new Aliases.Move(null, AliasTarget.to(plan, alias, Instant.EPOCH, "me", null, null)))))
                    .hasMessageContaining(old + " was retired by me");
        }

        assertThat(retire(old).succeeds().out()).contains("is retired already, but not all its topics are deleted");
        retire(old, "--execute").succeeds();

        assertThat(exists(old)).isFalse();
        assertThat(mark(old).orElseThrow().by()).isEqualTo("me");
    }

    private static boolean exists(String batchId) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            return admin.topicExists(topic + "." + batchId) || admin.topicExists(topic + "." + batchId + ".dlq");
        }
    }

    private static Optional<BatchMark> mark(String batchId) {
        return MarkStore.find(batchId, KAFKA.clients());
    }

    private static void run(String batchId) {
        SHELL.run(topic, batchId).succeeds();
    }

    private void promote(String batchId) {
        SHELL.backprocess("promote", "--alias", alias, "--batch-id", batchId, "--execute")
                .succeeds();
    }

    private static Answer retire(String batchId, String... further) {
        List<String> args = new ArrayList<>(List.of("retire", "--batch-id", batchId));
        args.addAll(List.of(further));
        return SHELL.backprocess(args.toArray(String[]::new));
    }

    private static void commit(String group, String in, long offset) {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            admin.groups().commit(group, Map.of(new TopicPartition(in, 0), new OffsetAndMetadata(offset)));
        }
    }
}
