package io.backprocess.format.jsonschema;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.keyword.ConstValidator;
import com.networknt.schema.keyword.EnumValidator;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.keyword.KeywordValidator;
import com.networknt.schema.keyword.UniqueItemsValidator;
import com.networknt.schema.path.NodePath;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The keywords that compare whole values, by {@link JsonOrder}. The validator's own take 1 and 1.0 within an object for different.
 * Its {@code uniqueItems} uses a hash table, which takes quadratic time for texts whose hashes collide and for numbers that a
 * double does not tell apart, and it compares the members of objects too.
 */
final class ExactKeywords {
    private static final List<Keyword> ALL = List.of(
            new Exact(KeywordType.ENUM, Choice::new),
            new Exact(KeywordType.CONST, Constant::new),
            new Exact(KeywordType.UNIQUE_ITEMS, UniqueItems::new));

    private ExactKeywords() {}

    /** Replaces keywords of a draft, by name. One that the draft does not know stays unknown. */
    static void replaceThoseIn(Map<String, Keyword> draft) {
        ALL.forEach(each -> draft.computeIfPresent(each.getValue(), (name, own) -> each));
    }

    private interface Making {
        KeywordValidator make(SchemaLocation location, JsonNode node, Schema parent, SchemaContext context);
    }

    private record Exact(KeywordType type, Making making) implements Keyword {
        @Override
        public String getValue() {
            return type.getValue();
        }

        @Override
        public KeywordValidator newValidator(
                SchemaLocation location, JsonNode node, Schema parent, SchemaContext context) {
            return making.make(location, node, parent, context);
        }
    }

    private static final class Choice extends EnumValidator {
        private final TreeSet<JsonNode> values = new TreeSet<>(JsonOrder.ORDER);

        Choice(SchemaLocation location, JsonNode node, Schema parent, SchemaContext context) {
            super(location, node, parent, context);
            if (node.isArray()) {
                node.forEach(values::add);
            }
        }

        @Override
        public void validate(ExecutionContext evaluation, JsonNode node, JsonNode root, NodePath place) {
            if (!values.contains(node)) {
                super.validate(evaluation, node, root, place);
            }
        }
    }

    private static final class Constant extends ConstValidator {
        private final JsonNode value;

        Constant(SchemaLocation location, JsonNode node, Schema parent, SchemaContext context) {
            super(location, node, parent, context);
            value = node;
        }

        @Override
        public void validate(ExecutionContext evaluation, JsonNode node, JsonNode root, NodePath place) {
            if (JsonOrder.ORDER.compare(value, node) != 0) {
                super.validate(evaluation, node, root, place);
            }
        }
    }

    private static final class UniqueItems extends UniqueItemsValidator {
        private final boolean unique;

        UniqueItems(SchemaLocation location, JsonNode node, Schema parent, SchemaContext context) {
            super(location, node, parent, context);
            unique = node.booleanValue();
        }

        @Override
        public void validate(ExecutionContext evaluation, JsonNode node, JsonNode root, NodePath place) {
            if (!unique || !node.isArray()) {
                return;
            }
            TreeSet<JsonNode> items = new TreeSet<>(JsonOrder.ORDER);
            for (JsonNode item : node) {
                if (!items.add(item)) {
                    evaluation.addError(error().instanceNode(node)
                            .instanceLocation(place)
                            .evaluationPath(evaluation.getEvaluationPath())
                            .locale(evaluation.getExecutionConfig().getLocale())
                            .build());
                }
            }
        }
    }
}
