package io.backprocess;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.backprocess.testing.KafkaBroker;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;

/** The history of {@link UpsertITCase}. */
final class UserHistory {
    private static final int PARTITIONS = 3;
    private static final int USERS = 200;

    private UserHistory() {}

    /**
     * Sends registrations and changes of some users in any order of time, other actions, and a few that no table takes.
     *
     * @return the new topic
     */
    static String send(KafkaBroker kafka, long seed, int count) {
        String topic = kafka.unique("history");
        kafka.createTopic(topic, PARTITIONS, "retention.ms=-1");
        Random random = new Random(seed);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int user = 1 + random.nextInt(USERS);
            String email = random.nextInt(50) == 0
                    ? "\"far too long to be any address\""
                    : "\"user-%d-%d\"".formatted(user, i);
            String balance =
                    random.nextInt(60) == 0 ? "\"much\"" : random.nextInt(5000) + "." + (100 + random.nextInt(900));
            String action = random.nextInt(4) == 0 ? "Visited" : "UserRegistered";
            Instant time = Instant.parse("2025-01-01T00:00:00Z").plusSeconds(random.nextInt(1000));
            String payload = "{\"userId\":%d,\"actionType\":\"%s\",\"email\":%s,\"balance\":%s}"
                    .formatted(user, action, email, balance);
            String event =
                    "{\"eventId\":\"e-%d\",\"correlationId\":\"live\",\"eventTimestamp\":\"%s\",\"processVersion\":1,\"payload\":%s}"
                            .formatted(i, time, payload);
            records.add(new ProducerRecord<>(
                    topic, user % PARTITIONS, ("user-" + user).getBytes(UTF_8), event.getBytes(UTF_8)));
        }
        kafka.send(records);
        return topic;
    }
}
