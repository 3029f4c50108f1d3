package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.TransactionalIds;
import io.backprocess.cli.options.BatchOption;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.cli.options.RevisionJarOption;
import io.backprocess.control.BatchLock;
import io.backprocess.control.BatchMark;
import io.backprocess.control.MarkStore;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.kafka.PartitionRange;
import io.backprocess.kafka.Right;
import io.backprocess.ledger.LedgerReader;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.Aliases;
import io.backprocess.promote.TopicReaders;
import io.backprocess.render.Printable;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Deletes the topics of a batch whose results nothing reads any more. */
@Command(
        name = "retire",
        description = {
            "Delete a batch's result topic and dead-letter topic when nothing reads them any more. The plan, the ledger and the"
                    + " verdict stay. The batch can never run again.",
            "Without --execute, this only shows which aliases could not go back to the batch any more, and which consumer"
                    + " groups have offsets in the topics."
        },
        mixinStandardHelpOptions = true)
public final class RetireCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Mixin
    private BatchOption batch = new BatchOption();

    @Option(
            names = "--accept-unproven",
            description = "Retire the batch without proving it complete. No verdict stays then.")
    private boolean acceptUnproven;

    @Option(names = "--execute", description = "Delete the topics; without it nothing is changed.")
    private boolean execute;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    /**
     * A topic that is deleted.
     *
     * @param offsets the number of offsets that it holds, those of transaction markers included
     */
    record DeletedTopic(String topic, long offsets) {}

    /**
     * The JSON that the command prints.
     *
     * @param verdict the verdict of the last recount; null if the batch was not recounted
     * @param aliases the aliases that can no longer be pointed back to the batch
     * @param groups the consumer groups that have committed offsets in the topics
     * @param batches the other batches that read the topics
     */
    record Retirement(
            String batchId,
            boolean executed,
            @Nullable String verdict,
            List<DeletedTopic> topics,
            List<TopicReaders.EarlierTarget> aliases,
            List<TopicReaders.GroupPlace> groups,
            Collection<String> batches) {}

    @Override
    public Integer call() {
        KafkaClients kafka = connection.kafka();
        BatchPlan plan = batch.plan(kafka);
        FlinkCluster flink = connection.flink();
        try (KafkaAdmin admin = kafka.openAdmin()) {
            MarkStore marks = new MarkStore(admin);
            Optional<BatchMark> before = marks.find(batch.id());
            boolean isRetired = before.filter(BatchMark::isRetired).isPresent();
            List<DeletedTopic> topics = topics(plan, admin);
            List<String> names = topics.stream().map(DeletedTopic::topic).toList();
            TopicReaders readers = new TopicReaders(plan, names, admin);
            Collection<AliasTarget> aliases = aliases(admin);
            if (!isRetired) {
                readers.refusePointed(aliases);
            }
            refuseLive(plan, flink, readers);
            checkRights(names, admin);
            Verification verification = isRetired || acceptUnproven
                    ? null
                    : VerifyCommand.verify(plan, new Verifier(plan, kafka, revisionJars.classes(plan)));
            String verdict = verification == null
                    ? before.map(BatchMark::verdict).orElse(null)
                    : verification.verdict().toString();
            Retirement retirement = new Retirement(
                    batch.id(),
                    execute,
                    verdict,
                    topics,
                    readers.earlier(aliases),
                    names.isEmpty() ? List.of() : readers.groups(),
                    readers.batches().keySet());
            if (verification != null && verification.verdict() != Verdict.COMPLETE) {
                refuseUnproven(retirement, verification);
            }
            if (execute && !isRetired) {
                refuseRead(retirement.groups());
            }
            if (execute) {
                retire(plan, before, verdict, readers, admin, flink);
                admin.deleteTopics(names);
            }
            print(retirement, isRetired);
            return 0;
        }
    }

    /** Returns those of the batch's own topics that exist. A topic that it shares with other writers is not one of them. */
    private static List<DeletedTopic> topics(BatchPlan plan, KafkaAdmin admin) {
        return Stream.of(plan.spec().resultTopic(), plan.spec().deadLetterTopic())
                .filter(topic ->
                        !plan.spec().isInto() || !topic.equals(plan.spec().resultTopic()))
                .filter(admin::topicExists)
                .map(topic -> new DeletedTopic(
                        topic,
                        PartitionRange.committed(topic, admin).values().stream()
                                .mapToLong(range -> range.to() - range.from())
                                .sum()))
                .toList();
    }

    private Collection<AliasTarget> aliases(KafkaAdmin admin) {
        return new Aliases(admin)
                .all()
                .readable(
                        damaged -> Printable.warn(command.commandLine().getErr(), String.valueOf(damaged.getMessage())))
                .values();
    }

    /** Refuses if a job writes or reads the topics. Flink is not asked about batches that are complete. */
    private void refuseLive(BatchPlan plan, FlinkCluster flink, TopicReaders readers) {
        liveJob(plan, flink).ifPresent(job -> {
            throw BatchException.refused(
                    "%s is running, as Flink job %s; pause or cancel it first".formatted(batch.id(), job.id()));
        });
        readers.batches().values().forEach(other -> liveJob(other, flink).ifPresent(job -> {
            throw BatchException.refused("%s reads the results of %s, as Flink job %s; pause or cancel it first"
                    .formatted(other.spec().batchId(), batch.id(), job.id()));
        }));
    }

    private Optional<FlinkCluster.Job> liveJob(BatchPlan plan, FlinkCluster flink) {
        boolean isComplete = LedgerReader.of(plan, connection.kafka()).read().isComplete();
        return isComplete ? Optional.empty() : flink.job(plan).filter(FlinkCluster.Job::isLive);
    }

    private void refuseRead(List<TopicReaders.GroupPlace> groups) {
        groups.stream().filter(TopicReaders.GroupPlace::isReading).findFirst().ifPresent(group -> {
            throw BatchException.refused(
                    "group %s still reads %s: with that topic its place would be lost. Wait until it has changed over, or delete the group if nothing uses it any more"
                            .formatted(group.group(), group.topic()));
        });
    }

    private static void checkRights(List<String> topics, KafkaAdmin admin) {
        for (String topic : topics) {
            boolean mayDelete = admin.rights()
                    .allowed(topic)
                    .map(operations -> operations.contains(AclOperation.DELETE))
                    .orElse(true);
            if (!mayDelete) {
                throw BatchException.refused(
                        Right.topic(topic, AclOperation.DELETE).refusedTo(admin.identity()));
            }
        }
    }

    private void refuseUnproven(Retirement retirement, Verification verification) {
        if (execute) {
            throw BatchException.refused(
                    "%s is not proven complete (%s), so its topics stay; see: verify --batch-id %s. To delete them all the same: --accept-unproven"
                            .formatted(batch.id(), verification.verdict(), batch.id()));
        }
        Printable.warn(
                command.commandLine().getErr(),
                "%s is not proven complete (%s); --execute would need --accept-unproven"
                        .formatted(retirement.batchId(), retirement.verdict()));
    }

    /**
     * Notes that the batch is retired, and ends what may still write to its topics. An alias that was moved to the batch meanwhile
     * is found afterwards: a move under way is ended as well, and a later one finds the note.
     */
    private void retire(
            BatchPlan plan,
            Optional<BatchMark> before,
            @Nullable String verdict,
            TopicReaders readers,
            KafkaAdmin admin,
            FlinkCluster flink) {
        MarkStore marks = new MarkStore(admin);
        try (BatchLock lock = BatchLock.take(batch.id(), ExecutionOptions.user(), admin.clients(), admin.batches())) {
            refuseLive(plan, flink, readers);
            lock.keep();
            if (before.filter(BatchMark::isRetired).isEmpty()) {
                marks.put(
                        batch.id(),
                        BatchMark.ended(BatchMark.Action.RETIRED, before, ExecutionOptions.user(), verdict));
            }
            List<String> ended = new ArrayList<>(admin.transactions()
                    .open(TransactionalIds.prefix(batch.id()))
                    .keySet());
            ended.remove(TransactionalIds.of(batch.id(), TransactionalIds.LOCK));
            ended.add(TransactionalIds.of(batch.id(), TransactionalIds.OWNER));
            ended.add(TransactionalIds.ALIASES);
            admin.transactions().fence(ended.stream().distinct().toList());
            try {
                readers.refusePointed(aliases(admin));
            } catch (BatchException e) {
                marks.put(batch.id(), before.orElse(null));
                throw e;
            }
        }
    }

    private void print(Retirement retirement, boolean wasRetired) {
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(retirement));
        } else {
            out.print(text(retirement, wasRetired));
        }
        out.flush();
    }

    private static String text(Retirement retirement, boolean wasRetired) {
        StringBuilder text = new StringBuilder();
        if (!retirement.topics().isEmpty()) {
            Table table = new Table(retirement.executed() ? "deleted topic" : "topic to delete", "offsets");
            retirement.topics().forEach(each -> table.row(Printable.line(each.topic()), Words.count(each.offsets())));
            text.append(table).append(System.lineSeparator());
        }
        if (!retirement.aliases().isEmpty()) {
            Table table = new Table("alias", "points to", "could go back to this batch by");
            retirement
                    .aliases()
                    .forEach(each -> table.row(
                            Printable.line(each.alias()),
                            Printable.line(each.resultTopic()),
                            each.rollbacks() == 1 ? "one rollback" : each.rollbacks() + " rollbacks"));
            text.append(table).append(System.lineSeparator());
        }
        if (!retirement.groups().isEmpty()) {
            Table table = new Table("consumer group", "in", "partitions", "unread", "members");
            retirement
                    .groups()
                    .forEach(each -> table.row(
                            Printable.line(each.group()),
                            Printable.line(each.topic()),
                            each.partitions(),
                            Words.count(each.unread()),
                            each.members()));
            text.append(table).append(System.lineSeparator());
        }
        if (!retirement.batches().isEmpty()) {
            text.append("batches that read it  %s%n%n".formatted(String.join(", ", retirement.batches())));
        }
        text.append("verdict  %s%n".formatted(retirement.verdict() == null ? "not proven" : retirement.verdict()));
        text.append(
                retirement.executed()
                        ? "%s is retired; its plan, ledger and verdict stay%n".formatted(retirement.batchId())
                        : wasRetired
                                ? "%s is retired already%s%n"
                                        .formatted(
                                                retirement.batchId(),
                                                retirement.topics().isEmpty()
                                                        ? ""
                                                        : ", but not all its topics are deleted; to do it, add --execute")
                                : "nothing is deleted; to do it, add --execute%n".formatted());
        return text.toString();
    }
}
