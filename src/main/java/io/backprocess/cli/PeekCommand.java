package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.EnvelopeField;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.JsonValue;
import io.backprocess.event.Origin;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.publish.ResultSerializer;
import io.backprocess.render.Printable;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the first results of every partition beside their source events. */
@Command(
        name = "peek",
        description = "Show some results of a batch beside the events that they were made from.",
        mixinStandardHelpOptions = true)
public final class PeekCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration POLL = Duration.ofMillis(200);
    /** The number of characters shown of a payload, from its start or from shortly before its first change. */
    private static final int SHOWN = 160;

    private static final int SHOWN_BEFORE = 40;

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "3",
            description = "Number of results to show (default: 3).")
    private int limit;

    @Override
    public Integer call() {
        if (limit < 1) {
            throw BatchException.usage("--limit %d is less than one".formatted(limit));
        }
        KafkaClients kafka = connection.kafka();
        BatchPlan plan = batch.planWithTopics(kafka);
        try (KafkaConsumer<byte[], byte[]> results = consumer(kafka);
                KafkaConsumer<byte[], byte[]> sources = consumer(kafka)) {
            peek(plan, new EventReader(Envelope.of(plan, kafka).mapping()), results, sources);
        }
        return 0;
    }

    private static KafkaConsumer<byte[], byte[]> consumer(KafkaClients kafka) {
        return kafka.openConsumer("read_committed", "earliest");
    }

    private void peek(
            BatchPlan plan,
            EventReader reader,
            KafkaConsumer<byte[], byte[]> results,
            KafkaConsumer<byte[], byte[]> sources) {
        String topic = plan.spec().resultTopic();
        List<TopicPartition> partitions = IntStream.range(0, plan.resultPartitions())
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        results.assign(partitions);
        // Records of others may be before the first one of the batch. A deleted offset is taken for the earliest.
        partitions.forEach(partition -> results.seek(partition, plan.resultStart(partition.partition())));
        int shown = 0;
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        boolean more = true;
        while (shown < limit && more && System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> result : results.poll(POLL)) {
                boolean own = ResultSerializer.isOf(plan.spec(), result.headers());
                shown += shown < limit && own && show(result, sources, reader) ? 1 : 0;
            }
            more = results.endOffsets(partitions).entrySet().stream()
                    .anyMatch(end -> results.position(end.getKey()) < end.getValue());
        }
        if (shown == 0) {
            out("%s has no results to show yet".formatted(batch.id()));
        }
    }

    /** Shows a result if its payload or an attribute has changed. Returns whether it was shown. */
    private boolean show(
            ConsumerRecord<byte[], byte[]> result, KafkaConsumer<byte[], byte[]> sources, EventReader reader) {
        Header header = result.headers().lastHeader(ResultSerializer.SOURCE);
        if (header == null) {
            throw BatchException.failed(
                    "the batch was run with --result-headers none, so its results do not name their sources");
        }
        Origin origin = Origin.parse(new String(header.value(), StandardCharsets.UTF_8));
        Event before = event(source(origin, sources), reader);
        Event after = event(SourceRecord.of(result), reader);
        if (before == null || after == null) {
            return false;
        }
        String old = content(before);
        String now = content(after);
        if (old.equals(now)) {
            return false;
        }
        int skipped = skipped(old, now);
        out("%s%n  before  %s%n  after   %s"
                .formatted(origin, excerpt(before, old, skipped), excerpt(after, now, skipped)));
        return true;
    }

    private static @Nullable Event event(@Nullable SourceRecord record, EventReader reader) {
        byte[] value = record == null ? null : record.value();
        try {
            return record == null || value == null ? null : reader.read(record, value);
        } catch (UnreadableException e) {
            return null;
        }
    }

    /** Returns the attributes and the payload, as members of an object. */
    private static String content(Event event) {
        StringBuilder content = new StringBuilder();
        for (String name : event.attributes()) {
            JsonValue attribute = event.attributeValue(name);
            if (attribute != null) {
                content.append('"')
                        .append(name)
                        .append("\":")
                        .append(attribute.literal())
                        .append(',');
            }
        }
        JsonValue payload = event.value(EnvelopeField.PAYLOAD);
        return content.append("\"payload\":")
                .append(payload == null ? "" : payload.literal())
                .toString();
    }

    private static @Nullable SourceRecord source(Origin origin, KafkaConsumer<byte[], byte[]> sources) {
        TopicPartition partition = new TopicPartition(origin.topic(), origin.partition());
        sources.assign(List.of(partition));
        sources.seek(partition, origin.offset());
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            for (ConsumerRecord<byte[], byte[]> record : sources.poll(POLL)) {
                return record.offset() == origin.offset() ? SourceRecord.of(record) : null;
            }
        }
        return null;
    }

    /** Returns the length of the common beginning that need not be shown. */
    private static int skipped(String old, String now) {
        int at = 0;
        while (at < Math.min(old.length(), now.length()) && old.charAt(at) == now.charAt(at)) {
            at++;
        }
        int from = at - SHOWN_BEFORE;
        if (at < SHOWN - SHOWN_BEFORE) {
            return 0;
        }
        return Character.isLowSurrogate(old.charAt(from)) ? from - 1 : from;
    }

    /** Returns the version and a part of the payload, without control characters. */
    private static String excerpt(Event event, String content, int from) {
        JsonValue version = event.value(EnvelopeField.PROCESS_VERSION);
        String head = "\"processVersion\":" + (version == null ? event.processVersion() : version.literal());
        int to = Math.min(content.length(), from + SHOWN);
        to = to < content.length() && Character.isLowSurrogate(content.charAt(to)) ? to - 1 : to;
        return Printable.line(
                "…" + head + ",…" + (from > 0 ? "\"payload\":…" : "") + content.substring(from, to) + "…");
    }

    private void out(String line) {
        PrintWriter out = command.commandLine().getOut();
        out.println(line);
        out.flush();
    }
}
