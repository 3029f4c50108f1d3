package io.backprocess.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.kafka.KafkaClients;
import io.backprocess.read.SourceWatch.Sighting;
import io.backprocess.testing.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopicWatchITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final List<Integer> GROWN = new ArrayList<>();

    private final String topic = KAFKA.unique("orders");
    private @Nullable TopicWatch watch;

    @AfterEach
    void close() {
        GROWN.clear();
        if (watch != null) {
            watch.close();
        }
    }

    @Test
    void seesThePartitionsAndWhatHasBeenDeletedOfThem() throws Exception {
        KAFKA.createTopic(topic, 2);
        KAFKA.send(record(1), record(1), record(1));
        KAFKA.deleteRecordsBefore(topic, 1, 2);

        watch = watch(id(), null);

        assertThat(watch.look()).isEqualTo(new Sighting(2, Map.of(0, 0L, 1, 2L)));
    }

    @Test
    void saysOfADeletedTopicHowFarTheBatchHasCome() throws Exception {
        KAFKA.createTopic(topic, 2);
        watch = watch(id(), null);
        watch.look();

        KAFKA.deleteTopic(topic);

        assertThatThrownBy(watch::look)
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessageContaining("topic %s does not exist any more".formatted(topic))
                .hasMessageContaining("%s-0 up to offset 17, %s-1 up to offset 4".formatted(topic, topic))
                .hasMessageContaining("new batch id");
    }

    @Test
    void noticesATopicThatWasMadeAgain() throws Exception {
        KAFKA.createTopic(topic, 2);
        String id = id();
        watch = watch(id, null);

        KAFKA.deleteTopic(topic);
        KAFKA.createTopic(topic, 2);

        assertThatThrownBy(watch::look)
                .isInstanceOf(SuppressRestartsException.class)
                .cause()
                .hasMessageContaining("deleted and made again (its id was %s, now %s)".formatted(id, id()))
                .hasMessageContaining("%s-0 up to offset 17".formatted(topic));
    }

    @Test
    void takesAKafkaThatDoesNotAnswerForNoSign() {
        KafkaClients unreachable = KAFKA.clients()
                .with("bootstrap.servers", "127.0.0.1:1")
                .with("default.api.timeout.ms", "500")
                .with("request.timeout.ms", "400");
        watch = new TopicWatch(topic, "x", unreachable, Duration.ofMillis(200), Map::of, null);

        assertThatThrownBy(watch::look)
                .isNotInstanceOf(SuppressRestartsException.class)
                .hasMessageContaining("cannot describe topic " + topic);
    }

    @Test
    void letsOthersGrowBeforeItTellsOfMorePartitions() throws Exception {
        KAFKA.createTopic(topic, 2);
        watch = watch(id(), GROWN::add);
        watch.look();
        watch.look();

        KAFKA.addPartitions(topic, 5);
        Sighting later = watch.look();

        assertThat(GROWN).containsExactly(2, 5);
        assertThat(later.partitions()).isEqualTo(5);
    }

    private TopicWatch watch(String topicId, TopicWatch.@Nullable Growth growth) {
        return new TopicWatch(
                topic,
                topicId,
                KAFKA.clients(),
                Duration.ofMillis(200),
                () -> new TreeMap<>(Map.of(0, 17L, 1, 4L)),
                growth);
    }

    private String id() throws ExecutionException, InterruptedException {
        TopicDescription description = KAFKA.admin()
                .describeTopics(List.of(topic))
                .allTopicNames()
                .get()
                .get(topic);
        return Objects.requireNonNull(description).topicId().toString();
    }

    private ProducerRecord<byte[], byte[]> record(int partition) {
        return new ProducerRecord<>(topic, partition, null, "x".getBytes(StandardCharsets.UTF_8));
    }
}
