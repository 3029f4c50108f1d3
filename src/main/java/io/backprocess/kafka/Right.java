package io.backprocess.kafka;

import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;

/**
 * A right that Kafka's authorizer may refuse, in the words of {@code kafka-acls.sh}.
 *
 * @param resource the resource as a sentence names it: {@code topic orders}
 * @param option the tool's option for the resource: {@code --topic orders}
 * @param operations the operations in the tool's spelling: {@code Read}
 */
public record Right(String resource, String option, List<String> operations) {
    /** The prefix of every transactional id that belongs to Backprocess. */
    public static final String OWN = "backprocess.";

    public static Right topic(String topic, AclOperation... operations) {
        return new Right("topic " + topic, "--topic " + topic, names(operations));
    }

    public static Right group(String group, AclOperation... operations) {
        return new Right("group " + group, "--group " + group, names(operations));
    }

    public static Right transactions(String prefix, AclOperation... operations) {
        return new Right(
                "transactional ids " + prefix + "*",
                "--transactional-id %s --resource-pattern-type prefixed".formatted(prefix),
                names(operations));
    }

    /** Returns the right to these operations on all transactional ids. */
    public static Right anyTransaction(AclOperation... operations) {
        return new Right("transactional ids", "--transactional-id '*'", names(operations));
    }

    public static Right cluster(AclOperation... operations) {
        return new Right("the cluster", "--cluster", names(operations));
    }

    private static List<String> names(AclOperation... operations) {
        return List.of(operations).stream().map(Right::name).toList();
    }

    /** Returns the tool's spelling: DESCRIBE_CONFIGS becomes DescribeConfigs. */
    private static String name(AclOperation operation) {
        return List.of(operation.name().split("_")).stream()
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining());
    }

    /** Says on one line which right is missing and what to do. */
    public String refusedTo(KafkaPrincipal who) {
        return "%s may not %s %s; allow it with: %s"
                .formatted(who.inWords(), String.join(", ", operations), resource, command(who));
    }

    /** Returns the command that grants the right. */
    String command(KafkaPrincipal who) {
        return "kafka-acls.sh --add --allow-principal %s %s %s"
                .formatted(
                        who.principal(),
                        operations.stream().map("--operation "::concat).collect(Collectors.joining(" ")),
                        option);
    }
}
