package io.backprocess.cli;

import io.backprocess.batch.BatchException;
import io.backprocess.cli.options.GroupOptions;
import io.backprocess.promote.AliasTarget;
import io.backprocess.promote.GroupMove;
import io.backprocess.promote.GroupMoves;
import io.backprocess.promote.GroupReturns;
import io.backprocess.promote.MovedOffset;
import io.backprocess.render.Printable;
import io.backprocess.render.Table;
import io.backprocess.render.Words;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Moves consumer groups with an alias, and words what becomes of their offsets. */
final class PromotedGroups {
    private final GroupMoves moves;
    private final List<MovedOffset> moved;
    private final Set<String> known;

    private PromotedGroups(GroupMoves moves, List<MovedOffset> moved, Set<String> known) {
        this.moves = moves;
        this.moved = moved;
        this.known = known;
    }

    /**
     * Finds the new offsets of the groups that the alias has not moved to the batch already.
     *
     * @param mayMiss whether groups that read nothing of this are left out
     * @param targets those targets of all aliases that are the batch
     * @throws BatchException refused, if a group cannot be moved, or if another alias has moved it to the batch
     */
    static PromotedGroups find(
            GroupMoves moves, List<String> groups, boolean mayMiss, List<AliasTarget> targets, String alias) {
        List<MovedOffset> moved = new ArrayList<>();
        Set<String> known = new HashSet<>(groups);
        for (String group : groups) {
            String by = targets.stream()
                    .filter(target -> hasMoved(target, group))
                    .map(AliasTarget::alias)
                    .findFirst()
                    .orElse(null);
            if (by == null) {
                if (!mayMiss || moves.hasRead(group)) {
                    moved.addAll(moves.of(group));
                } else {
                    known.remove(group);
                }
            } else if (!by.equals(alias)) {
                throw BatchException.refused(
                        "alias '%s' has moved group %s to these results already; leave it out".formatted(by, group));
            }
        }
        return new PromotedGroups(moves, moved, known);
    }

    private static boolean hasMoved(AliasTarget target, String group) {
        return target.groups() != null
                && target.groups().stream().anyMatch(move -> move.group().equals(group));
    }

    List<MovedOffset> moved() {
        return moved;
    }

    /** Returns those of the groups that read this, whether they are moved now or were earlier. */
    Set<String> known() {
        return known;
    }

    List<GroupMove> kept() {
        return moved.stream().map(MovedOffset::move).toList();
    }

    void refuseStale(GroupOptions options) {
        List<MovedOffset> stale =
                moved.stream().filter(each -> each.unseen() > 0).toList();
        if (!stale.isEmpty() && !options.acceptsStale()) {
            throw BatchException.refused(
                    "the source has gone on behind the end of the batch: %s; the groups would not see these records. If this is intended: --accept-stale"
                            .formatted(stale.stream()
                                    .map(each -> "group %s would not see %s records of partition %d"
                                            .formatted(each.group(), Words.count(each.unseen()), each.partition()))
                                    .collect(Collectors.joining(", "))));
        }
    }

    void commit() {
        moves.commit(moved);
    }

    static String text(List<MovedOffset> moved) {
        Table table = new Table(
                "group",
                "partition",
                "in",
                "old offset",
                "origin",
                "new offset",
                "between",
                "lag then",
                "lag after",
                "unseen");
        moved.forEach(each -> table.row(
                Printable.line(each.group()),
                each.partition(),
                Printable.line(each.topic()),
                Words.count(each.oldOffset()),
                Words.count(each.origin()),
                Words.count(each.newOffset()),
                Words.count(each.between()),
                Words.count(each.lagBefore()),
                Words.count(each.lagAfter()),
                Words.count(each.unseen())));
        return table.toString();
    }

    static String textOfReturns(List<GroupReturns.ReturnedOffset> returned) {
        Table table = new Table("group", "partition", "offset now", "back to", "at offset", "");
        returned.forEach(each -> table.row(
                Printable.line(each.group()),
                each.partition(),
                each.from() == null ? "-" : Words.count(each.from()),
                Printable.line(each.to().topic()),
                Words.count(each.to().offset()),
                each.isHalfRead() ? "reads one event again, of which it has read some results" : ""));
        return table.toString();
    }
}
