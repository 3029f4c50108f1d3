package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.kafka.KafkaGroups;
import io.backprocess.kafka.Right;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import picocli.CommandLine.Option;

/** The options for consumer groups whose offsets are moved with an alias. */
public final class GroupOptions {
    @Option(
            names = "--group",
            paramLabel = "GROUP",
            description = {
                "Also move the committed offsets of this consumer group, which must have no members. '*' stands for any"
                        + " characters; can be repeated.",
                "The group goes on with the first result that does not come from before what it has read."
            })
    private List<String> groups = new ArrayList<>();

    @Option(
            names = "--accept-stale",
            description =
                    "Move groups to a batch with an end although its source has gone on, so that they would not see the"
                            + " records after it.")
    private boolean acceptStale;

    public boolean isGiven() {
        return !groups.isEmpty();
    }

    public boolean acceptsStale() {
        return acceptStale;
    }

    /**
     * Returns the names of the groups.
     *
     * @throws BatchException usage, if no group matches a pattern; refused, if this client may not read a group
     */
    public List<String> names(KafkaAdmin admin) {
        KafkaGroups all = admin.groups();
        TreeSet<String> names = new TreeSet<>();
        for (String given : groups) {
            if (!given.contains("*")) {
                names.add(given);
                continue;
            }
            Pattern pattern = Pattern.compile(
                    List.of(given.split("\\*", -1)).stream().map(Pattern::quote).collect(Collectors.joining(".*")));
            List<String> matching = all.names().stream()
                    .filter(name -> pattern.matcher(name).matches())
                    .toList();
            if (matching.isEmpty()) {
                throw BatchException.usage(
                        "--group '%s' matches no consumer group that this user may see".formatted(given));
            }
            names.addAll(matching);
        }
        names.forEach(name -> admin.rights().checkGroup(name, Right.group(name, AclOperation.READ)));
        return List.copyOf(names);
    }
}
