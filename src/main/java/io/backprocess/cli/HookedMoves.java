package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.Aliases;
import io.backprocess.promote.Hook;
import io.backprocess.promote.HookRun;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Moves aliases, then runs the command of the hook for each of them, and keeps with the pointer what became of it. */
final class HookedMoves {
    private final Aliases aliases;
    private final List<String> failed = new ArrayList<>();

    HookedMoves(Aliases aliases) {
        this.aliases = aliases;
    }

    /**
     * Moves the aliases of the moves that are marked as executed.
     *
     * @param hook what is run afterwards; null for nothing
     * @return the moves as they have ended
     */
    List<AliasMove> execute(List<AliasMove> moves, @Nullable HookRun hook) {
        List<Aliases.Move> made = moves.stream()
                .filter(AliasMove::executed)
                .map(move -> new Aliases.Move(move.alias(), move.now(), move.then()))
                .toList();
        if (!made.isEmpty()) {
            aliases.move(made);
        }
        if (made.isEmpty() || hook == null) {
            return moves;
        }
        List<Aliases.Move> ended = new ArrayList<>();
        List<AliasMove> shown = new ArrayList<>();
        for (AliasMove move : moves) {
            AliasTarget then = move.then();
            if (!move.executed()) {
                shown.add(move);
            } else if (then == null) {
                run(hook, move.alias(), null, hook.pending(topic(move.now())));
                shown.add(move);
            } else {
                AliasTarget last = then.with(
                        run(hook, move.alias(), then, then.hook() == null ? hook.pending(null) : then.hook()));
                ended.add(new Aliases.Move(then, last));
                shown.add(move.with(last));
            }
        }
        try {
            if (!ended.isEmpty()) {
                aliases.move(ended);
            }
        } catch (BatchException e) {
            failed.add("what became of the program could not be kept: " + e.getMessage());
        }
        return shown;
    }

    /** Runs the command again for an alias that points to where it should. */
    AliasMove again(AliasTarget now, HookRun hook) {
        Hook earlier = now.hook();
        AliasTarget then = now.with(hook.pending(earlier == null ? topic(now.previous()) : earlier.previousTopic()));
        return execute(List.of(new AliasMove(now.alias(), now, then, true, null, null, null)), hook)
                .get(0);
    }

    /** @throws BatchException failed, if a command has failed */
    void refuseFailed() {
        if (!failed.isEmpty()) {
            throw BatchException.failed(String.join(System.lineSeparator(), failed));
        }
    }

    private Hook run(HookRun run, String alias, @Nullable AliasTarget now, Hook pending) {
        Hook end = run.run(alias, now, pending);
        if (end.state() != Hook.State.DONE) {
            failed.add(
                    now == null
                            ? "alias '%s' is removed, but %s has failed: %s; run it by hand"
                                    .formatted(alias, end.command(), end.outcome())
                            : "alias '%s' is moved, but %s has failed: %s; remove the cause, then: promote --alias %s --retry-hook --execute"
                                    .formatted(alias, end.command(), end.outcome(), alias));
        }
        return end;
    }

    private static @Nullable String topic(@Nullable AliasTarget target) {
        return target == null ? null : target.resultTopic();
    }
}
