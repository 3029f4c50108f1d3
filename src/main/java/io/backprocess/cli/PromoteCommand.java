package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.cli.options.AcceptOptions;
import io.backprocess.cli.options.ConnectionOptions;
import io.backprocess.cli.options.ExecutionOptions;
import io.backprocess.cli.options.GroupOptions;
import io.backprocess.cli.options.HookOptions;
import io.backprocess.cli.options.OutputOption;
import io.backprocess.cli.options.RevisionJarOption;
import io.backprocess.control.MarkStore;
import io.backprocess.control.SetStore;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.plan.PlanStore;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.Aliases;
import io.backprocess.promote.GroupReturns;
import io.backprocess.promote.HookRun;
import io.backprocess.render.Printable;
import io.backprocess.verify.Verdict;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Points aliases to the results of batches, for the consumers of the aliases. */
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
    /** The part of an alias's name that stands for the source topic. */
    private static final String SOURCE = "{source}";

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Mixin
    private ConnectionOptions connection = new ConnectionOptions();

    @Option(
            names = "--alias",
            paramLabel = "NAME",
            description =
                    "The name that consumers follow. With --set, it has to contain {source}, which stands for each"
                            + " batch's source topic.")
    private @Nullable String alias;

    @Option(names = "--batch-id", paramLabel = "ID", description = "The batch to point the alias to.")
    private @Nullable String batchId;

    @Option(
            names = "--set",
            paramLabel = "NAME",
            description = "Point one alias to each batch of this set, all at once or none (default: --alias {source}).")
    private @Nullable String set;

    @Option(names = "--rollback", description = "Point the alias back to its previous target.")
    private boolean rollback;

    @Option(names = "--list", description = "List all aliases.")
    private boolean list;

    @Mixin
    private AcceptOptions accept = new AcceptOptions();

    @Mixin
    private GroupOptions groups = new GroupOptions();

    @Mixin
    private HookOptions hooks = new HookOptions();

    @Option(names = "--execute", description = "Move the alias; without it nothing is changed.")
    private boolean execute;

    @Mixin
    private RevisionJarOption revisionJars = new RevisionJarOption();

    @Mixin
    private OutputOption output = new OutputOption();

    private record AliasListing(Collection<AliasTarget> aliases) {}

    /** The JSON for a set. */
    private record SetMove(String set, boolean executed, List<AliasMove> moves) {}

    @Override
    public Integer call() {
        checkOptions();
        try (KafkaAdmin admin = connection.kafka().openAdmin()) {
            Aliases aliases = new Aliases(admin);
            Aliases.Pointers all = aliases.all();
            if (list) {
                return show(all.readable(damaged -> note(damaged.getMessage())).values());
            }
            HookRun hook = hooks.given(this::note);
            Map<String, BatchPlan> batches = batches(admin);
            if (rollback) {
                return rollBack(aliases, batches, all, hook, admin);
            }
            if (hooks.isRetry()) {
                return retryHook(aliases, known(String.valueOf(alias), all));
            }
            if (batches.isEmpty()) {
                return print(List.of(new AliasMove(String.valueOf(alias), known(String.valueOf(alias), all), null)));
            }
            return promote(aliases, batches, all, hook, admin);
        }
    }

    private void checkOptions() {
        boolean hasBatch = batchId != null || set != null;
        if (list != (alias == null && set == null) || (list && (hasBatch || rollback))) {
            throw BatchException.usage(
                    "give --alias NAME, alone or with --batch-id or --rollback; or give --set NAME, or --list");
        }
        if (batchId != null && set != null) {
            throw BatchException.usage("--batch-id and --set exclude each other; leave one out");
        }
        if (rollback && batchId != null) {
            throw BatchException.usage("--rollback uses the previous target of the alias; leave --batch-id out");
        }
        if (groups.isGiven() && (!hasBatch || rollback)) {
            throw BatchException.usage(
                    "--group needs --batch-id; a rollback takes back each group that the alias has moved");
        }
        if (hooks.isRetry() && (hasBatch || rollback || list)) {
            throw BatchException.usage("--retry-hook needs --alias NAME and nothing else that moves it");
        }
        if (hooks.isGiven() && !hasBatch && !rollback && !hooks.isRetry()) {
            throw BatchException.usage("--on-promote needs --batch-id, --set, --rollback or --retry-hook");
        }
        if (execute && !rollback && !hasBatch && !hooks.isRetry()) {
            throw BatchException.usage("there is nothing to execute; give --batch-id or --rollback");
        }
        if (set != null) {
            SetStore.checkName(set);
            if (alias != null && !alias.contains(SOURCE)) {
                throw BatchException.usage(
                        "with --set, --alias '%s' has to contain %s, so that each batch gets an alias of its own"
                                .formatted(alias, SOURCE));
            }
        } else if (alias != null) {
            Aliases.checkName(alias);
        }
    }

    /** Returns the batches by the aliases that are to point to them; empty if only an alias was given. */
    private Map<String, BatchPlan> batches(KafkaAdmin admin) {
        PlanStore plans = new PlanStore(admin);
        if (batchId != null) {
            return Map.of(String.valueOf(alias), plans.get(batchId));
        }
        if (set == null) {
            return Map.of();
        }
        Map<String, BatchPlan> batches = new LinkedHashMap<>();
        for (String member : new SetStore(admin).batches(set)) {
            BatchPlan plan = plans.get(member);
            String name =
                    (alias == null ? SOURCE : alias).replace(SOURCE, plan.spec().sourceTopic());
            Aliases.checkName(name);
            BatchPlan other = batches.put(name, plan);
            if (other != null) {
                throw BatchException.refused(
                        "%s and %s of set %s both read topic %s, so alias '%s' could point to either; take one out with: batches --no-set --batch-id %s"
                                .formatted(
                                        other.spec().batchId(),
                                        member,
                                        set,
                                        plan.spec().sourceTopic(),
                                        name,
                                        member));
            }
        }
        return batches;
    }

    private int promote(
            Aliases aliases,
            Map<String, BatchPlan> batches,
            Aliases.Pointers all,
            @Nullable HookRun hook,
            KafkaAdmin admin) {
        Promotion.Terms terms = new Promotion.Terms(
                groups.isGiven()
                        ? all.readable(damaged -> note(damaged.getMessage())).values()
                        : List.of(),
                groups.names(admin),
                set != null,
                accept,
                revisionJars,
                hook);
        List<Promotion> promotions = new ArrayList<>();
        batches.forEach((name, plan) -> promotions.add(Promotion.of(plan, name, all.of(name), terms, admin)));
        List<Verdict> verdicts = promotions.stream().map(Promotion::verdict).toList();
        if (Verdict.worst(verdicts) != Verdict.COMPLETE) {
            print(promotions.stream()
                    .map(each -> new AliasMove(each.alias(), each.now(), each.verification()))
                    .toList());
            return ExitCodes.of(Verdict.worst(verdicts));
        }
        refuseUnmoved(terms.moving(), promotions);
        HookedMoves moves = new HookedMoves(aliases);
        if (execute) {
            promotions.forEach(each -> each.refuseStale(groups));
            promotions.forEach(Promotion::moveGroups);
        }
        return print(
                moves.execute(
                        promotions.stream().map(each -> each.shown(execute)).toList(), hook),
                moves);
    }

    /** Refuses a group that reads nothing of a set. */
    private void refuseUnmoved(List<String> moving, List<Promotion> promotions) {
        Set<String> unmoved = new TreeSet<>(moving);
        promotions.forEach(each -> unmoved.removeAll(each.knownGroups()));
        if (!unmoved.isEmpty()) {
            throw BatchException.refused(
                    "group %s has committed no offset in a source topic of set %s, nor in an earlier target of its aliases"
                            .formatted(String.join(", ", unmoved), set));
        }
    }

    private AliasTarget known(String name, Aliases.Pointers all) {
        AliasTarget now = all.of(name);
        if (now == null) {
            throw BatchException.usage("alias '%s' does not exist; the aliases are: %s"
                    .formatted(
                            name,
                            Printable.line(String.join(
                                    ", ", all.readable(damaged -> {}).keySet()))));
        }
        return now;
    }

    /** Takes the groups back first, so that a rollback that is killed can be repeated. */
    private int rollBack(
            Aliases aliases,
            Map<String, BatchPlan> batches,
            Aliases.Pointers all,
            @Nullable HookRun hook,
            KafkaAdmin admin) {
        List<AliasMove> planned = new ArrayList<>();
        List<GroupReturns> returns = new ArrayList<>();
        for (String name : set == null ? List.of(String.valueOf(alias)) : batches.keySet()) {
            AliasTarget now = known(name, all);
            BatchPlan promoted = batches.get(name);
            if (promoted != null && !now.pointsTo(promoted)) {
                throw BatchException.refused(
                        "alias '%s' points to %s, which is not in set %s; roll the others back one by one"
                                .formatted(name, now.batchId(), set));
            }
            AliasTarget before = back(now, hook, admin);
            GroupReturns groupReturns = new GroupReturns(now, admin);
            List<GroupReturns.ReturnedOffset> returned = groupReturns.all();
            returns.add(groupReturns);
            planned.add(new AliasMove(
                    name, now, before, execute, null, returned.isEmpty() && before != null ? null : returned, null));
        }
        if (execute) {
            for (int i = 0; i < planned.size(); i++) {
                returns.get(i).commit(Objects.requireNonNullElse(planned.get(i).returned(), List.of()));
            }
        }
        HookedMoves moves = new HookedMoves(aliases);
        return print(moves.execute(planned, hook), moves);
    }

    /** Returns the target that an alias had before; null if it is removed, because it had none. */
    private @Nullable AliasTarget back(AliasTarget now, @Nullable HookRun hook, KafkaAdmin admin) {
        AliasTarget before = now.back(Instant.now().truncatedTo(ChronoUnit.MILLIS), ExecutionOptions.user());
        // Consumers of a batch that follows go back to the source; there is no such place behind one with an end.
        if (before == null && now.groups() == null && now.handOver() == null) {
            throw BatchException.refused("alias '%s' has no target before %s; point it to a batch with --batch-id"
                    .formatted(now.alias(), now.resultTopic()));
        }
        if (before != null) {
            new MarkStore(admin).refuseRetired(before.batchId());
            if (!admin.topicExists(before.resultTopic())) {
                throw BatchException.refused(
                        "alias '%s' cannot go back to %s, which does not exist any more; point it to another batch with --batch-id"
                                .formatted(now.alias(), before.resultTopic()));
            }
        }
        if (now.hook() != null && hook == null) {
            note(
                    "alias '%s' was moved with --on-promote %s, which does not run now; give it again to run it after the rollback"
                            .formatted(now.alias(), now.hook().command()));
        }
        return before == null || hook == null ? before : before.with(hook.pending(now.resultTopic()));
    }

    private int retryHook(Aliases aliases, AliasTarget now) {
        HookRun hook = hooks.again(now.alias(), now.hook(), this::note);
        HookedMoves moves = new HookedMoves(aliases);
        return print(
                List.of(
                        execute
                                ? moves.again(now, hook)
                                : new AliasMove(now.alias(), now, now, false, null, null, null)),
                moves);
    }

    /** Prints the moves. The end of a command that has failed is reported after them. */
    private int print(List<AliasMove> moves, HookedMoves ended) {
        print(moves);
        ended.refuseFailed();
        return 0;
    }

    private int print(List<AliasMove> moves) {
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(
                    set == null
                            ? moves.get(0)
                            : new SetMove(set, moves.stream().anyMatch(AliasMove::executed), moves)));
        } else {
            out.print(moves.stream().map(AliasMove::text).collect(Collectors.joining(System.lineSeparator())));
        }
        out.flush();
        return 0;
    }

    private int show(Collection<AliasTarget> all) {
        PrintWriter out = command.commandLine().getOut();
        if (output.isJson()) {
            out.println(OutputOption.json(new AliasListing(List.copyOf(all))));
        } else {
            all.forEach(target -> out.printf("%s → %s%n", Printable.line(target.alias()), AliasMove.describe(target)));
        }
        out.flush();
        return 0;
    }

    private void note(@Nullable String text) {
        command.commandLine().getErr().println(Printable.line(String.valueOf(text)));
    }
}
