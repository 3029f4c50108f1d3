package io.backprocess.promote;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.TopicNames;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.control.MarkStore;
import io.backprocess.json.ForeignJson;
import io.backprocess.kafka.FencedWriter;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.plan.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * All aliases, in the compacted topic {@code backprocess.aliases}: the key is the alias, the value is JSON.
 *
 * <p>Pointers are moved in a transaction whose id belongs to all aliases. If two operators move aliases at once, the second one
 * to begin fences the first. Then the first one's commit fails, or the second finds that the pointer has moved already. So one
 * of them always gets an error.
 */
public final class Aliases {
    /**
     * The JSON mapper, with less depth than Jackson's default. A pointer contains pointers, and each level uses some of the
     * stack.
     */
    private static final ObjectMapper JSON = JsonMapper.builder(ForeignJson.factory()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(5 * AliasTarget.MAX_DEPTH)
                            .build())
                    .build())
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private static final TopicPartition PARTITION = new TopicPartition(TopicNames.ALIASES, 0);
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9._-]{1,100}");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final ListOffsetsResultInfo NOTHING = new ListOffsetsResultInfo(0, -1, Optional.empty());

    private final KafkaAdmin admin;

    public Aliases(KafkaAdmin admin) {
        this.admin = admin;
    }

    /**
     * Checks the name of an alias.
     *
     * @throws BatchException usage, when the name is invalid
     */
    public static void checkName(String alias) {
        if (!NAME.matcher(alias).matches()) {
            throw BatchException.usage(
                    "--alias '%s' can only have letters, digits, '.', '_' and '-', at most 100".formatted(alias));
        }
    }

    /**
     * The targets of all aliases at one moment. Each is parsed on its own, so that a damaged one affects only its own readers.
     */
    public static final class Pointers {
        private final Map<String, ConsumerRecord<byte[], byte[]>> records = new TreeMap<>();

        /**
         * Returns the target of an alias; null where it has none.
         *
         * @throws BatchException refused, when the pointer is damaged
         */
        public @Nullable AliasTarget of(String alias) {
            ConsumerRecord<byte[], byte[]> record = records.get(alias);
            return record == null ? null : parse(alias, record);
        }

        /**
         * Returns all readable targets, by alias.
         *
         * @param damaged receives the error of each damaged pointer, which is left out
         */
        public Map<String, AliasTarget> readable(Consumer<BatchException> damaged) {
            Map<String, AliasTarget> pointers = new TreeMap<>();
            records.forEach((alias, record) -> {
                try {
                    pointers.put(alias, parse(alias, record));
                } catch (BatchException e) {
                    damaged.accept(e);
                }
            });
            return pointers;
        }
    }

    public Pointers all() {
        if (!admin.topicExists(TopicNames.ALIASES)) {
            return new Pointers();
        }
        // Reads up to the last stable offset, so that an operator who is moving an alias does not block readers.
        return readTo(admin.offsets(TopicNames.ALIASES, 1, OffsetSpec.latest())
                .getOrDefault(0, NOTHING)
                .offset());
    }

    private Pointers readTo(long end) {
        Pointers pointers = new Pointers();
        try (KafkaConsumer<byte[], byte[]> consumer = admin.clients().openConsumer("read_committed", "earliest")) {
            consumer.assign(List.of(PARTITION));
            consumer.seekToBeginning(List.of(PARTITION));
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (consumer.position(PARTITION) < end) {
                if (System.nanoTime() > deadline) {
                    throw BatchException.failed(
                            "an open transaction hides the records of %s from offset %d to %d; try again in a moment"
                                    .formatted(TopicNames.ALIASES, consumer.position(PARTITION), end));
                }
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    take(record, pointers);
                }
            }
        }
        return pointers;
    }

    private static void take(ConsumerRecord<byte[], byte[]> record, Pointers pointers) {
        if (record.key() == null) {
            return;
        }
        String alias = new String(record.key(), StandardCharsets.UTF_8);
        if (record.value() == null) {
            pointers.records.remove(alias);
        } else {
            pointers.records.put(alias, record);
        }
    }

    private static AliasTarget parse(String alias, ConsumerRecord<byte[], byte[]> record) {
        try {
            AliasTarget target = JSON.readValue(record.value(), AliasTarget.class);
            if (target == null || !target.isWhole() || !alias.equals(target.alias())) {
                throw new IOException("it is not a target of alias " + alias);
            }
            return target;
        } catch (IOException e) {
            throw BatchException.refused(
                    ("the pointer of alias '%s' in %s at offset %d is damaged: it was changed by hand or by another"
                                    + " version; write the right one again, or an empty record under this key")
                            .formatted(alias, TopicNames.ALIASES, record.offset()));
        }
    }

    public @Nullable AliasTarget find(String alias) {
        return all().of(alias);
    }

    /**
     * The move of an alias.
     *
     * @param from the target that the caller has read; null for none
     * @param to the new target; null to remove the alias
     */
    public record Move(
            String alias,
            @Nullable AliasTarget from,
            @Nullable AliasTarget to) {
        /** Creates the move to a target. */
        public Move(@Nullable AliasTarget from, AliasTarget to) {
            this(to.alias(), from, to);
        }
    }

    /**
     * Moves aliases, all of them or none.
     *
     * @throws BatchException refused, when another process has moved one since or is moving any alias now
     */
    public void move(List<Move> moves) {
        new Topics(admin).createAliases();
        String names = moves.stream().map(Move::alias).collect(Collectors.joining(", "));
        KafkaClients moving = admin.clients()
                .with(ProducerConfig.TRANSACTIONAL_ID_CONFIG, TransactionalIds.ALIASES)
                .with(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, String.valueOf(PATIENCE.toMillis()))
                .with(ProducerConfig.MAX_BLOCK_MS_CONFIG, String.valueOf(PATIENCE.toMillis()));
        // An earlier version may be moving one of them.
        admin.transactions()
                .fence(moves.stream()
                        .map(move -> TransactionalIds.ofAlias(move.alias))
                        .toList());
        try (KafkaProducer<byte[], byte[]> producer = moving.openProducer()) {
            // This fences another process that moves aliases, so it cannot commit any more.
            producer.initTransactions();
            Pointers now = readTo(admin.highWatermark(TopicNames.ALIASES, 0));
            moves.forEach(move -> checkUnmoved(move, now));
            // A batch is retired before the aliases are looked at for the last time, so one of the two finds the other.
            MarkStore marks = new MarkStore(admin);
            moves.stream()
                    .map(Move::to)
                    .filter(Objects::nonNull)
                    .map(AliasTarget::batchId)
                    .distinct()
                    .forEach(marks::refuseRetired);
            producer.beginTransaction();
            long last = 0;
            for (Move move : moves) {
                last = producer.send(new ProducerRecord<>(
                                TopicNames.ALIASES,
                                0,
                                move.alias.getBytes(StandardCharsets.UTF_8),
                                move.to == null ? null : JSON.writeValueAsBytes(move.to)))
                        .get()
                        .offset();
            }
            producer.commitTransaction();
            // Kafka confirms a commit a moment before readers see it.
            admin.awaitVisible(Map.of(PARTITION, last), PATIENCE);
        } catch (ExecutionException | KafkaException | IOException e) {
            Throwable cause = e instanceof ExecutionException && e.getCause() != null ? e.getCause() : e;
            if (FencedWriter.isOvertaken(e)) {
                throw BatchException.refused(
                        "another process is moving aliases now; nothing was written. Check with: promote --list");
            }
            throw BatchException.failed(
                    "alias '%s' could not be moved: %s; check with: promote --list"
                            .formatted(names, cause.getMessage()),
                    cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw BatchException.failed("interrupted while moving alias " + names, e);
        }
    }

    private static void checkUnmoved(Move move, Pointers pointers) {
        AliasTarget now = pointers.of(move.alias);
        if (!Objects.equals(now, move.from)) {
            throw BatchException.refused("alias '%s' was moved to %s meanwhile; check it with: promote --alias %s"
                    .formatted(move.alias, now == null ? "nothing" : now.resultTopic(), move.alias));
        }
    }
}
