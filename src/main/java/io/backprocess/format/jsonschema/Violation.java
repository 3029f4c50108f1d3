package io.backprocess.format.jsonschema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.util.Comparator;

/**
 * The keyword that a value breaks, by its place in the schema, with the value if that is no object or array, and the message. The
 * place of the value does not count. A violation has an order, so that a hash table stays fast for values whose hashes collide.
 */
record Violation(NodePath keyword, JsonNode value, String message) implements Comparable<Violation> {
    private static final Comparator<Violation> ORDER = Comparator.comparing(Violation::value, JsonOrder.ORDER)
            .thenComparing(Violation::message)
            .thenComparing(Violation::keyword);

    static Violation of(Error error) {
        JsonNode value = error.getInstanceNode();
        boolean scalar = value != null && value.isValueNode();
        return new Violation(
                error.getEvaluationPath(), scalar ? value : NullNode.getInstance(), String.valueOf(error.getMessage()));
    }

    @Override
    public int compareTo(Violation other) {
        return ORDER.compare(this, other);
    }
}
