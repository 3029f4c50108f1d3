package io.backprocess.kafka;

import io.backprocess.batch.Identity;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;

/**
 * What Kafka's authorizer may refuse, in the words of {@code kafka-acls.sh}.
 *
 * @param resource {@code topic orders}, as it is called in a sentence
 * @param option how the tool names the resource: {@code --topic orders}
 * @param operations in the tool's spelling: {@code Read}
 */
public record Right(String resource, String option, List<String> operations) {
    /** Every transactional id that is Backprocess's own. */
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

    /** Whichever it is. */
    public static Right anyTransaction(AclOperation... operations) {
        return new Right("transactional ids", "--transactional-id '*'", names(operations));
    }

    public static Right cluster(AclOperation... operations) {
        return new Right("the cluster", "--cluster", names(operations));
    }

    private static List<String> names(AclOperation... operations) {
        return List.of(operations).stream().map(Right::name).toList();
    }

    /** DESCRIBE_CONFIGS is DescribeConfigs there. */
    private static String name(AclOperation operation) {
        return List.of(operation.name().split("_")).stream()
                .map(word -> word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT))
                .collect(Collectors.joining());
    }

    /** What is lacking and what to do, on one line. */
    public String refusedTo(Identity who) {
        return "%s may not %s %s; allow it with: %s"
                .formatted(who.inWords(), String.join(", ", operations), resource, command(who));
    }

    /** What allows it. */
    String command(Identity who) {
        return "kafka-acls.sh --add --allow-principal %s %s %s"
                .formatted(
                        who.principal(),
                        operations.stream().map("--operation "::concat).collect(Collectors.joining(" ")),
                        option);
    }
}
