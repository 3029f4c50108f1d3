package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.TopicNames;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.Aliases;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Shell;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromoteCommandITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final Shell SHELL = new Shell(KAFKA);
    private static String topic = "";
    private static String first = "";
    private static String second = "";

    private final String alias = KAFKA.unique("orders.current");

    @BeforeAll
    static void twoBatches() {
        topic = SHELL.sample(200);
        first = KAFKA.unique("batch");
        second = KAFKA.unique("batch");
        SHELL.run(topic, first).succeeds();
        SHELL.run(topic, second).succeeds();
    }

    @Test
    void pointsToAProvenBatchAndBackAndAConsumerFollows() throws Exception {
        promote("--batch-id", first, "--execute").succeeds();
        assertThat(followed()).isEqualTo(topic + "." + first);

        Shell.Answer move = promote("--batch-id", second, "--execute").succeeds();
        assertThat(move.out())
                .contains("is complete: each of 200 records is accounted for")
                .contains("now    " + topic + "." + first + " (batch " + first)
                .contains("then   " + topic + "." + second + " (batch " + second)
                .endsWith("moved" + System.lineSeparator());
        assertThat(followed()).isEqualTo(topic + "." + second);

        promote("--rollback", "--execute").succeeds();
        assertThat(followed()).isEqualTo(topic + "." + first);

        promote("--rollback", "--execute").says(4, "has no target before " + topic + "." + first);
        assertThat(followed()).isEqualTo(topic + "." + first);
    }

    @Test
    void showsWhatItWouldDoAndWritesNothing() throws Exception {
        promote().says(2, "alias '" + alias + "' does not exist");
        Shell.Answer dry = promote("--batch-id", first).succeeds();

        assertThat(dry.out())
                .contains("now    nothing")
                .contains("then   " + topic + "." + first)
                .contains("nothing is written; to do it, add --execute");
        assertThat(pointers()).doesNotContainKey(alias);

        promote("--batch-id", first, "--execute").succeeds();
        promote("--batch-id", second).succeeds();
        assertThat(followed()).isEqualTo(topic + "." + first);
        assertThat(promote().succeeds().out()).contains("now    " + topic + "." + first);
    }

    @Test
    void promotingTheSameAgainWritesNothing() throws Exception {
        promote("--batch-id", first, "--execute").succeeds();
        int records = KAFKA.read(TopicNames.ALIASES).size();

        JsonNode again = promote("--batch-id", first, "--execute", "--output", "json")
                .succeeds()
                .json();

        assertThat(again.get("executed").asBoolean()).isFalse();
        assertThat(again.at("/now/batchId").asText()).isEqualTo(first);
        assertThat(KAFKA.read(TopicNames.ALIASES)).hasSize(records);
    }

    @Test
    void keepsItsFieldsInJson() throws Exception {
        promote("--batch-id", first, "--execute").succeeds();
        JsonNode json = promote("--batch-id", second, "--execute", "--output", "json")
                .succeeds()
                .json();

        assertThat(json.get("executed").asBoolean()).isTrue();
        assertThat(json.at("/verification/verdict").asText()).isEqualTo("complete");
        JsonNode stored = new ObjectMapper().readTree(pointers().get(alias));
        assertThat(stored).isEqualTo(json.get("then"));
        assertThat(stored.fieldNames())
                .toIterable()
                .containsExactly("alias", "resultTopic", "batchId", "planHash", "at", "by", "previous");
        assertThat(stored.at("/previous/batchId").asText()).isEqualTo(first);
        JsonNode list = SHELL.backprocess("promote", "--list", "--output", "json")
                .succeeds()
                .json();
        assertThat(list.get("aliases")).contains(stored);
    }

    @Test
    void doesNotPointToWhatIsNotProven() throws Exception {
        String wrong = KAFKA.unique("batch");
        SHELL.run(topic, wrong).succeeds();
        KAFKA.send(new ProducerRecord<>(
                topic + "." + wrong, 0, null, "not of this batch".getBytes(StandardCharsets.UTF_8)));

        Shell.Answer answer = promote("--batch-id", wrong, "--execute");

        assertThat(answer.exitCode()).isEqualTo(1);
        assertThat(answer.out())
                .contains(wrong + " is wrong")
                .contains("not moved: only a batch that is proven complete");
        assertThat(pointers()).doesNotContainKey(alias);
    }

    @Test
    void refusesWhatMakesNoSense() {
        SHELL.backprocess("promote").says(2, "give --alias NAME");
        SHELL.backprocess("promote", "--alias", "a b").says(2, "--alias 'a b' can only have letters");
        SHELL.backprocess("promote", "--alias", "a".repeat(101)).says(2, "'_' and '-', at most 100");
        promote("--batch-id", "never").says(2, "there is no batch 'never'");
        promote("--batch-id", first, "--rollback").says(2, "leave --batch-id out");
        promote("--execute").says(2, "nothing to execute");
    }

    @Test
    void oneOfTwoOperatorsAtOnceIsTold() {
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            Aliases aliases = new Aliases(admin);
            BatchPlan one = new PlanStore(admin).get(first);
            BatchPlan two = new PlanStore(admin).get(second);
            AliasTarget seen = aliases.find(alias);
            aliases.move(moves(seen, AliasTarget.to(one, alias, Instant.EPOCH, "one", null, seen)));

            assertThatThrownBy(() ->
                            aliases.move(moves(seen, AliasTarget.to(two, alias, Instant.EPOCH, "two", null, seen))))
                    .isInstanceOf(BatchException.class)
                    .hasMessageContaining("was moved to " + topic + "." + first + " meanwhile");
        }
    }

    @Test
    void movesAllAliasesOrNone() {
        String other = KAFKA.unique("orders.other");
        try (KafkaAdmin admin = KAFKA.clients().openAdmin()) {
            Aliases aliases = new Aliases(admin);
            BatchPlan one = new PlanStore(admin).get(first);
            AliasTarget there = AliasTarget.to(one, other, Instant.EPOCH, "me", null, null);
            AliasTarget here = AliasTarget.to(one, alias, Instant.EPOCH, "me", null, null);

            assertThatThrownBy(
                            () -> aliases.move(List.of(new Aliases.Move(null, here), new Aliases.Move(there, there))))
                    .hasMessageContaining("alias '" + other + "' was moved to nothing meanwhile");
            assertThat(aliases.find(alias)).isNull();

            aliases.move(List.of(new Aliases.Move(null, here), new Aliases.Move(null, there)));
            assertThat(aliases.find(alias)).isEqualTo(here);
            assertThat(aliases.find(other)).isEqualTo(there);
        }
    }

    /** Earlier versions have a transactional id for each alias. */
    @ParameterizedTest
    @ValueSource(strings = {"backprocess.aliases", "backprocess.alias."})
    void fencesOneThatIsInTheMiddleOfIt(String id) throws Exception {
        promote("--batch-id", first, "--execute").succeeds();
        Properties properties = KAFKA.properties();
        properties.setProperty("transactional.id", id.endsWith(".") ? id + alias : id);
        try (KafkaProducer<byte[], byte[]> other =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            other.initTransactions();
            other.beginTransaction();
            other.send(new ProducerRecord<>(
                            TopicNames.ALIASES, alias.getBytes(StandardCharsets.UTF_8), new byte[] {'{', '}'}))
                    .get();

            promote("--batch-id", second, "--execute").succeeds();

            assertThatThrownBy(other::commitTransaction).isInstanceOf(ProducerFencedException.class);
        }
        assertThat(followed()).isEqualTo(topic + "." + second);
    }

    private static List<Aliases.Move> moves(@Nullable AliasTarget from, AliasTarget to) {
        return List.of(new Aliases.Move(from, to));
    }

    private Shell.Answer promote(String... further) {
        List<String> args = new java.util.ArrayList<>(List.of("promote", "--alias", alias));
        args.addAll(List.of(further));
        return SHELL.backprocess(args.toArray(String[]::new));
    }

    /** As a consumer finds its topic: the last committed value of the alias's key. */
    private String followed() throws Exception {
        return new ObjectMapper()
                .readTree(pointers().get(alias))
                .get("resultTopic")
                .asText();
    }

    private static Map<String, String> pointers() {
        Map<String, String> pointers = new java.util.TreeMap<>();
        if (KAFKA.exists(TopicNames.ALIASES)) {
            for (ConsumerRecord<byte[], byte[]> record : KAFKA.read(TopicNames.ALIASES)) {
                // Other tests of this JVM write to the topic too, records without a key or a value among them.
                if (record.key() != null && record.value() != null) {
                    pointers.put(
                            new String(record.key(), StandardCharsets.UTF_8),
                            new String(record.value(), StandardCharsets.UTF_8));
                }
            }
        }
        return pointers;
    }
}
