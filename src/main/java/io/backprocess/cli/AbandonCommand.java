package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.control.BatchLock;
import io.backprocess.control.BatchMark;
import io.backprocess.control.MarkStore;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.render.Table;
import io.backprocess.status.BatchSituation;
import io.backprocess.status.BatchState;
import io.backprocess.status.LedgerLook;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Gives up a batch for good. */
@Command(
        name = "abandon",
        description = {
            "Give up a batch for good. This aborts the transactions that the batch left open, so that they no longer block"
                    + " read_committed consumers of its topics. The batch cannot be resumed afterwards. Committed records stay.",
            "Without --execute, this only shows what would be aborted."
        },
        mixinStandardHelpOptions = true)
public final class AbandonCommand implements Callable<Integer> {
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Option(names = "--execute", description = "Abandon the batch; without it nothing is changed.")
    private boolean execute;

    @Mixin
    private OutputOption output = new OutputOption();

    /** An open transaction in the JSON. */
    record Open(
            String transactionalId, String state, @Nullable Instant started, List<String> partitions) {}

    /** The JSON that the command prints. */
    record Abandonment(String batchId, String state, boolean executed, List<Open> transactions) {}

    @Override
    public Integer call() throws InterruptedException {
        KafkaClients kafka = connection.kafka();
        BatchPlan plan = batch.planWithTopics(kafka);
        FlinkCluster flink = connection.flink();
        try (KafkaAdmin admin = kafka.openAdmin()) {
            MarkStore marks = new MarkStore(admin);
            Optional<BatchMark> before = marks.find(batch.id());
            Map<String, TransactionDescription> open = open(admin);
            if (before.isPresent() && before.get().isFinal()) {
                if (execute) {
                    // A copy of the batch that had lost its connection may have left transactions open since then.
                    admin.transactions().fence(fenced(open));
                }
                print(
                        BatchState.ABANDONED,
                        open,
                        "%s is abandoned already, by %s at %s"
                                .formatted(
                                        batch.id(),
                                        before.get().by(),
                                        before.get().at()));
                return 0;
            }
            refuseCompleted(plan, kafka, open);
            if (!execute) {
                LedgerLook look = new LedgerLook(LedgerReader.of(plan, kafka).read(), null);
                print(
                        BatchSituation.of(plan, look, flink, flink.job(plan), before)
                                .state(),
                        open,
                        "%d open transactions would be aborted, and %s could not be resumed any more; to do it, add --execute"
                                .formatted(open.size(), batch.id()));
                return 0;
            }
            // The end needs these reads. Doing them here first means that a user without the right abandons nothing.
            stuck(admin, plan);
            try (BatchLock lock = BatchLock.take(batch.id(), ExecutionOptions.user(), kafka, admin.batches())) {
                refuseLive(plan, flink);
                lock.keep();
                marks.put(
                        batch.id(), BatchMark.ended(BatchMark.Action.ABANDONED, before, ExecutionOptions.user(), null));
                refuseCompletedMeanwhile(plan, kafka, marks, before);
                open = open(admin);
                admin.transactions().fence(fenced(open));
            }
            awaitReadable(admin, plan);
            print(
                    BatchState.ABANDONED,
                    open,
                    "%s is abandoned; %d open transactions were aborted, and nothing blocks readers of %s and %s"
                            .formatted(
                                    batch.id(),
                                    open.size(),
                                    plan.spec().resultTopic(),
                                    plan.spec().deadLetterTopic()));
            return 0;
        }
    }

    private Map<String, TransactionDescription> open(KafkaAdmin admin) {
        return admin.transactions().open(TransactionalIds.prefix(batch.id()));
    }

    /** Returns the ids to fence. The owner's id is one of them, so that an unknown copy of the batch cannot commit any more. */
    private List<String> fenced(Map<String, TransactionDescription> open) {
        List<String> ids = new ArrayList<>(open.keySet());
        ids.remove(TransactionalIds.of(batch.id(), TransactionalIds.OWNER));
        ids.add(TransactionalIds.of(batch.id(), TransactionalIds.OWNER));
        return ids;
    }

    private void refuseLive(BatchPlan plan, FlinkCluster flink) {
        flink.job(plan).filter(FlinkCluster.Job::isLive).ifPresent(job -> {
            throw BatchException.refused(
                    "%s is running, as Flink job %s; pause or cancel it first".formatted(batch.id(), job.id()));
        });
    }

    /** Refuses a completed batch, because its open transactions may hold its last dead letters, which will be committed soon. */
    private void refuseCompleted(BatchPlan plan, KafkaClients kafka, Map<String, TransactionDescription> open) {
        Set<TopicPartition> own = open.values().stream()
                .flatMap(transaction -> transaction.topicPartitions().stream())
                .collect(Collectors.toSet());
        // Lines that the batch's own transactions hide were never committed. They end with these transactions.
        LedgerLook look = LedgerLook.at(plan, kafka, PATIENCE).orCannotTell(batch.id(), own);
        if (look.ledger().isComplete()) {
            throw BatchException.refused(
                    "%s is completed and cannot be abandoned%s; recount it with: verify --batch-id %s"
                            .formatted(
                                    batch.id(),
                                    open.isEmpty()
                                            ? ""
                                            : "; Kafka itself ends its %d open transactions after their timeout"
                                                    .formatted(open.size()),
                                    batch.id()));
        }
    }

    private void refuseCompletedMeanwhile(
            BatchPlan plan, KafkaClients kafka, MarkStore marks, Optional<BatchMark> before) {
        if (LedgerReader.of(plan, kafka).read().isComplete()) {
            marks.put(batch.id(), before.orElse(null));
            throw BatchException.refused("%s completed at this moment and is not abandoned".formatted(batch.id()));
        }
    }

    /** Waits until the last stable offset of every partition has reached the partition's end. */
    private void awaitReadable(KafkaAdmin admin, BatchPlan plan) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        Map<String, Long> stuck = stuck(admin, plan);
        while (!stuck.isEmpty()) {
            if (System.nanoTime() > deadline) {
                throw BatchException.failed(
                        "%s is abandoned, but readers are still blocked at %s; check for transactions of other producers there"
                                .formatted(batch.id(), stuck));
            }
            Thread.sleep(200);
            stuck = stuck(admin, plan);
        }
    }

    /**
     * Returns the last stable offset of each partition whose readers are blocked. In a topic that others write to, only the batch's
     * own transactions count.
     */
    private Map<String, Long> stuck(KafkaAdmin admin, BatchPlan plan) {
        Map<String, Long> stuck = new TreeMap<>();
        if (plan.spec().isInto()) {
            Map<Integer, ListOffsetsResultInfo> stable = admin.offsets(
                    plan.spec().resultTopic(), admin.partitions(plan.spec().resultTopic()), OffsetSpec.latest());
            open(admin).values().stream()
                    .flatMap(transaction -> transaction.topicPartitions().stream())
                    .filter(partition -> partition.topic().equals(plan.spec().resultTopic()))
                    .forEach(partition -> stuck.put(
                            partition.toString(),
                            Objects.requireNonNull(stable.get(partition.partition()))
                                    .offset()));
        }
        for (String topic : plan.spec().isInto()
                ? List.of(plan.spec().deadLetterTopic())
                : List.of(plan.spec().resultTopic(), plan.spec().deadLetterTopic())) {
            admin.offsets(topic, admin.partitions(topic), OffsetSpec.latest()).forEach((partition, stable) -> {
                if (stable.offset() < admin.highWatermark(topic, partition)) {
                    stuck.put(topic + "-" + partition, stable.offset());
                }
            });
        }
        return stuck;
    }

    private void print(BatchState state, Map<String, TransactionDescription> open, String sentence) {
        List<Open> transactions = open.entrySet().stream()
                .map(entry -> new Open(
                        entry.getKey(),
                        entry.getValue().state().toString(),
                        entry.getValue().transactionStartTimeMs().isPresent()
                                ? Instant.ofEpochMilli(entry.getValue()
                                        .transactionStartTimeMs()
                                        .getAsLong())
                                : null,
                        entry.getValue().topicPartitions().stream()
                                .map(String::valueOf)
                                .sorted()
                                .collect(Collectors.toList())))
                .toList();
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(new Abandonment(batch.id(), state.toString(), execute, transactions)));
        } else {
            if (!transactions.isEmpty()) {
                Table table = new Table("transaction", "state", "started", "partitions");
                transactions.forEach(transaction -> table.row(
                        transaction.transactionalId(),
                        transaction.state(),
                        transaction.started() == null ? "" : transaction.started(),
                        String.join(" ", transaction.partitions())));
                out.println(table);
            }
            out.println(sentence);
        }
        out.flush();
    }
}
