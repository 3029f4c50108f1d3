package io.backprocess.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.GroupOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.cli.options.RevisionJarOption;
import io.backprocess.cli.options.StartSettings;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.plan.PlanStore;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.Aliases;
import io.backprocess.promote.GroupMove;
import io.backprocess.promote.GroupMoves;
import io.backprocess.promote.GroupReturns;
import io.backprocess.promote.HandOver;
import io.backprocess.promote.HandOvers;
import io.backprocess.promote.MovedOffset;
import io.backprocess.render.Printable;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import io.backprocess.status.BatchQuality;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import io.backprocess.verify.Verifier;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Points an alias to a batch's results, for the consumers of the alias. */
@Command(
        name = "promote",
        description = {
            "Point an alias to a batch's result topic if verify proves the batch complete, or point it back (--rollback).",
            "For a batch that follows its topic, the alias also gets the places at which its consumers change over. The same"
                    + " command moves them on later.",
            "Without --execute, this only shows the change. With --alias alone it shows the target of the alias."
        },
        mixinStandardHelpOptions = true)
public final class PromoteCommand implements Callable<Integer> {
    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(names = "--alias", paramLabel = "NAME", description = "The name that consumers follow.")
    private @Nullable String alias;

    @Option(names = "--batch-id", paramLabel = "ID", description = "The batch to point the alias to.")
    private @Nullable String batchId;

    @Option(names = "--rollback", description = "Point the alias back to its previous target.")
    private boolean rollback;

    @Option(names = "--list", description = "List all aliases.")
    private boolean list;

    @Option(
            names = "--accept-dead-letters",
            description = "Promote the batch even if it has more dead letters than --max-dlq-ratio allows.")
    private boolean acceptDeadLetters;

    @Option(names = "--accept-empty", description = "Promote the batch even if its result topic is empty.")
    private boolean acceptEmpty;

    @Mixin
    private GroupOptions groups = new GroupOptions();

    @Option(names = "--execute", description = "Move the alias; without it nothing is changed.")
    private boolean execute;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    /**
     * The JSON of {@code --output json}.
     *
     * @param now the current target; null if the alias does not exist
     * @param then the new target; null if no move was requested or none is needed, or if a rollback removes the alias
     * @param executed whether the new target was written
     * @param groups what becomes of the offsets of consumer groups; left out if none are moved
     * @param returned what becomes of them in a rollback; left out if none go back
     * @param verification the recount of the batch; null if none was needed
     */
    private record AliasMove(
            String alias,
            @Nullable AliasTarget now,
            @Nullable AliasTarget then,
            boolean executed,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<MovedOffset> groups,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<GroupReturns.ReturnedOffset> returned,

            @Nullable Verification verification) {
        AliasMove(String alias, @Nullable AliasTarget now, @Nullable Verification verification) {
            this(alias, now, null, false, null, null, verification);
        }
    }

    private record AliasListing(Collection<AliasTarget> aliases) {}

    @Override
    public Integer call() {
        String name = checkedAlias();
        try (KafkaAdmin admin = connection.kafka().openAdmin()) {
            Aliases aliases = new Aliases(admin);
            Aliases.Pointers all = aliases.all();
            if (name == null) {
                return show(all.readable(damaged -> note(damaged.getMessage())).values());
            }
            AliasTarget now = all.of(name);
            if (rollback) {
                return rollBack(aliases, known(name, now, all), admin);
            }
            if (batchId == null) {
                return print(new AliasMove(name, known(name, now, all), null));
            }
            return promote(aliases, name, all, new PlanStore(admin).get(batchId), admin);
        }
    }

    private @Nullable String checkedAlias() {
        if (list != (alias == null) || (list && (batchId != null || rollback))) {
            throw BatchException.usage("give --alias NAME, alone or with --batch-id or --rollback; or give --list");
        }
        if (rollback && batchId != null) {
            throw BatchException.usage("--rollback uses the previous target of the alias; leave --batch-id out");
        }
        if (groups.isGiven() && batchId == null) {
            throw BatchException.usage(
                    "--group needs --batch-id; a rollback takes back each group that the alias has moved");
        }
        if (execute && !rollback && batchId == null) {
            throw BatchException.usage("there is nothing to execute; give --batch-id or --rollback");
        }
        if (alias != null) {
            Aliases.checkName(alias);
        }
        return alias;
    }

    private int promote(Aliases aliases, String name, Aliases.Pointers all, BatchPlan plan, KafkaAdmin admin) {
        AliasTarget now = all.of(name);
        if (plan.spec().isInto()) {
            throw BatchException.refused(
                    "%s wrote into %s, beside other records: its readers have the results already, so there is nothing to hand over"
                            .formatted(plan.spec().batchId(), plan.spec().resultTopic()));
        }
        boolean isSet = now != null && now.pointsTo(plan);
        if (isSet && !plan.isFollowing() && !groups.isGiven()) {
            return print(new AliasMove(name, now, null));
        }
        HandOvers handOvers = plan.isFollowing() ? new HandOvers(plan, admin) : null;
        List<String> moving = groups.names(admin);
        KafkaClients kafka = admin.clients();
        Verification verification = VerifyCommand.verify(plan, new Verifier(plan, kafka, revisionJars.classes(plan)));
        if (verification.verdict() != Verdict.COMPLETE) {
            print(new AliasMove(name, now, verification));
            return ExitCodes.of(verification.verdict());
        }
        refuseWorthless(plan, verification, kafka);
        List<HandOver> places = handOvers == null ? null : handOvers.of(provenUpTo(verification), now);
        PromotedGroups promoted = groups.isGiven()
                ? PromotedGroups.find(
                        new GroupMoves(plan, provenUpTo(verification), now, admin),
                        moving,
                        all.readable(damaged -> note(damaged.getMessage())).values().stream()
                                .filter(target -> target.pointsTo(plan))
                                .toList(),
                        name)
                : null;
        List<GroupMove> moved = promoted == null ? List.of() : promoted.kept();
        if (isSet && now != null && Objects.equals(now.handOver(), places) && moved.isEmpty()) {
            return print(new AliasMove(name, now, verification));
        }
        AliasTarget then = AliasTarget.to(plan, name, now(), ExecutionOptions.user(), places, now)
                .with(moved);
        if (promoted != null && execute) {
            promoted.refuseStale(groups);
            promoted.commit();
        }
        if (execute) {
            aliases.move(List.of(new Aliases.Move(now, then)));
        }
        return print(new AliasMove(
                name, now, then, execute, promoted == null ? null : promoted.moved(), null, verification));
    }

    /** Returns the source offset up to which each partition is proven: for a batch with an end, its end. */
    private static Map<Integer, Long> provenUpTo(Verification verification) {
        Verification.Follows follows = verification.follows();
        if (follows != null && follows.provenUpTo() != null) {
            return follows.provenUpTo();
        }
        return verification.partitions().stream()
                .collect(Collectors.toMap(
                        Verification.VerifiedPartition::partition, Verification.VerifiedPartition::next));
    }

    /** Refuses a batch that is complete but not good. Complete only says that every record is accounted for. */
    private void refuseWorthless(BatchPlan plan, Verification verification, KafkaClients kafka) {
        BatchQuality quality = new BatchQuality(
                verification.recounted(),
                BatchQuality.toleratedRatio(StartSettings.stored(plan.spec().batchId(), kafka, complaint -> {})));
        List<String> missing = new ArrayList<>();
        if (quality.isTooDead() && !acceptDeadLetters) {
            missing.add("--accept-dead-letters");
        }
        if (quality.isEmpty() && !acceptEmpty) {
            missing.add("--accept-empty");
        }
        if (!missing.isEmpty()) {
            throw BatchException.refused(
                    "%s is complete but is not promoted: %s%s. Consumers of the alias would follow it; if this is intended: %s"
                            .formatted(
                                    plan.spec().batchId(),
                                    quality.sentence(),
                                    quality.isEmpty() ? "; topic " + plan.spec().resultTopic() + " is empty" : "",
                                    String.join(" ", missing)));
        }
    }

    private static AliasTarget known(String name, @Nullable AliasTarget now, Aliases.Pointers all) {
        if (now == null) {
            throw BatchException.usage("alias '%s' does not exist; the aliases are: %s"
                    .formatted(
                            name,
                            safe(String.join(", ", all.readable(damaged -> {}).keySet()))));
        }
        return now;
    }

    /** Takes the groups back first, so that a rollback that is killed can be repeated. */
    private int rollBack(Aliases aliases, AliasTarget now, KafkaAdmin admin) {
        AliasTarget before = now.back(now(), ExecutionOptions.user());
        if (before == null && now.groups() == null) {
            throw BatchException.refused("alias '%s' has no target before %s; point it to a batch with --batch-id"
                    .formatted(now.alias(), now.resultTopic()));
        }
        GroupReturns returns = new GroupReturns(now, admin);
        List<GroupReturns.ReturnedOffset> returned = returns.all();
        if (execute) {
            returns.commit(returned);
            aliases.move(List.of(new Aliases.Move(now.alias(), now, before)));
        }
        return print(
                new AliasMove(now.alias(), now, before, execute, null, returned.isEmpty() ? null : returned, null));
    }

    private int print(AliasMove move) {
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(move));
        } else {
            out.print(text(move));
        }
        out.flush();
        return 0;
    }

    private static String text(AliasMove move) {
        StringBuilder text = new StringBuilder();
        Verification verification = move.verification();
        if (verification != null) {
            text.append(VerificationText.of(verification)).append(System.lineSeparator());
        }
        text.append("alias  %s%n".formatted(move.alias()));
        text.append("now    %s%n".formatted(describe(move.now())));
        if (move.then() != null || move.returned() != null) {
            text.append("then   %s%n".formatted(describe(move.then())));
            places(move.then() == null ? null : move.then().handOver(), text);
            if (move.groups() != null) {
                text.append("%n%s%n".formatted(PromotedGroups.text(move.groups())));
            }
            if (move.returned() != null) {
                text.append("%n%s%n".formatted(PromotedGroups.textOfReturns(move.returned())));
            }
            text.append(move.executed() ? "moved" : "nothing is written; to do it, add --execute")
                    .append(System.lineSeparator());
        } else if (verification != null && verification.verdict() == Verdict.COMPLETE) {
            text.append("the batch is proven no further than the alias says; nothing is to be moved%n".formatted());
        } else if (verification != null) {
            text.append("not moved: only a batch that is proven complete can be promoted%n".formatted());
        }
        return text.toString();
    }

    private static void places(@Nullable List<HandOver> places, StringBuilder text) {
        if (places == null) {
            return;
        }
        Table table = new Table("partition", "leave", "before offset", "enter", "at offset");
        places.forEach(each -> table.row(
                each.partition(),
                safe(each.leave().topic()),
                Words.count(each.leave().offset()),
                safe(each.enter().topic()),
                Words.count(each.enter().offset())));
        text.append(System.lineSeparator()).append(table).append(System.lineSeparator());
    }

    private static String describe(@Nullable AliasTarget target) {
        return target == null
                ? "nothing"
                : safe("%s (batch %s, plan %.12s, since %s, by %s)"
                        .formatted(
                                target.resultTopic(), target.batchId(), target.planHash(), target.at(), target.by()));
    }

    private int show(Collection<AliasTarget> all) {
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(new AliasListing(List.copyOf(all))));
        } else {
            all.forEach(target -> out.printf("%s → %s%n", safe(target.alias()), describe(target)));
        }
        out.flush();
        return 0;
    }

    /** Escapes text from Kafka for a terminal. */
    private static String safe(String text) {
        return Printable.line(text);
    }

    private void note(@Nullable String text) {
        command.commandLine().getErr().println(safe(String.valueOf(text)));
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
