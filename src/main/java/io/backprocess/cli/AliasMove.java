package io.backprocess.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.GroupReturns;
import io.backprocess.promote.HandOver;
import io.backprocess.promote.Hook;
import io.backprocess.promote.MovedOffset;
import io.backprocess.render.Printable;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import io.backprocess.verify.Verdict;
import io.backprocess.verify.Verification;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The move of an alias as {@code promote} prints it, in JSON or in words.
 *
 * @param now the current target; null if the alias does not exist
 * @param then the new target; null if no move was requested or none is needed, or if a rollback removes the alias
 * @param executed whether the new target was written
 * @param groups what becomes of the offsets of consumer groups; left out if none are moved
 * @param returned what becomes of them in a rollback; left out if none go back
 * @param verification the recount of the batch; null if none was needed
 */
record AliasMove(
        String alias,
        @Nullable AliasTarget now,
        @Nullable AliasTarget then,
        boolean executed,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<MovedOffset> groups,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<GroupReturns.ReturnedOffset> returned,

        @Nullable Verification verification) {

    /** Creates what is printed for an alias that is not moved. */
    AliasMove(String alias, @Nullable AliasTarget now, @Nullable Verification verification) {
        this(alias, now, null, false, null, null, verification);
    }

    /** Returns this with the target as it is after the command of the hook has ended. */
    AliasMove with(@Nullable AliasTarget last) {
        return new AliasMove(alias, now, last, executed, groups, returned, verification);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        if (verification != null) {
            text.append(VerificationText.of(verification)).append(System.lineSeparator());
        }
        text.append("alias  %s%n".formatted(alias));
        text.append("now    %s%n".formatted(describe(now)));
        if (then != null || returned != null) {
            text.append("then   %s%n".formatted(describe(then)));
            hook(then == null ? null : then.hook(), text);
            places(then == null ? null : then.handOver(), text);
            if (groups != null) {
                text.append("%n%s%n".formatted(PromotedGroups.text(groups)));
            }
            if (returned != null) {
                text.append("%n%s%n".formatted(PromotedGroups.textOfReturns(returned)));
            }
            text.append(executed ? "moved" : "nothing is written; to do it, add --execute")
                    .append(System.lineSeparator());
            return text.toString();
        }
        hook(now == null ? null : now.hook(), text);
        if (verification != null && verification.verdict() == Verdict.COMPLETE) {
            text.append("the batch is proven no further than the alias says; nothing is to be moved%n".formatted());
        } else if (verification != null) {
            text.append("not moved: only a batch that is proven complete can be promoted%n".formatted());
        }
        return text.toString();
    }

    private static void hook(@Nullable Hook hook, StringBuilder text) {
        if (hook != null) {
            text.append("hook   %s, %s%s%n"
                    .formatted(
                            Printable.line(hook.command()),
                            hook.state(),
                            hook.outcome() == null ? "" : ": " + Printable.line(hook.outcome())));
        }
    }

    private static void places(@Nullable List<HandOver> places, StringBuilder text) {
        if (places == null || places.isEmpty()) {
            return;
        }
        Table table = new Table("partition", "leave", "before offset", "enter", "at offset");
        places.forEach(each -> table.row(
                each.partition(),
                Printable.line(each.leave().topic()),
                Words.count(each.leave().offset()),
                Printable.line(each.enter().topic()),
                Words.count(each.enter().offset())));
        text.append(System.lineSeparator()).append(table).append(System.lineSeparator());
    }

    /** Describes a target in one line. */
    static String describe(@Nullable AliasTarget target) {
        return target == null
                ? "nothing"
                : Printable.line("%s (batch %s, plan %.12s, since %s, by %s)"
                        .formatted(
                                target.resultTopic(), target.batchId(), target.planHash(), target.at(), target.by()));
    }
}
