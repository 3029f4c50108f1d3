package io.backprocess.registry;

import io.backprocess.format.SchemaText;
import io.backprocess.format.SchemaText.Reference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Collects what a schema refers to, directly or through others, each after what it refers to itself. */
final class SchemaReferences {
    private final RegistryApi api;
    private final Budget budget;
    private final Map<String, String> texts = new LinkedHashMap<>();
    private final Set<RegistryApi.Link> done = new HashSet<>();
    private final Deque<RegistryApi.Link> path = new ArrayDeque<>();

    private SchemaReferences(RegistryApi api, Budget budget) {
        this.api = api;
        this.budget = budget;
    }

    static SchemaText resolve(RegistryApi.Found schema, RegistryApi api, Budget budget) throws RegistryException {
        SchemaReferences references = new SchemaReferences(api, budget);
        references.follow(schema);
        List<Reference> all = new ArrayList<>();
        references.texts.forEach((name, text) -> all.add(new Reference(name, text)));
        return new SchemaText(schema.text(), all);
    }

    private void follow(RegistryApi.Found schema) throws RegistryException {
        budget.refer(schema.links().size());
        for (RegistryApi.Link link : schema.links()) {
            if (path.stream().anyMatch(link::hasTargetOf)) {
                throw RegistryException.bad("it refers to itself: %s → %s".formatted(pathInWords(), link));
            }
            if (path.size() == Budget.MAX_DEPTH) {
                throw RegistryException.bad("references are nested deeper than %d: %s → %s"
                        .formatted(Budget.MAX_DEPTH, pathInWords(), link));
            }
            if (done.add(link)) {
                path.addLast(link);
                RegistryApi.Found found = api.get(link, budget);
                follow(found);
                path.removeLast();
                add(link, found.text());
            }
        }
    }

    private void add(RegistryApi.Link link, String text) throws RegistryException {
        String other = texts.putIfAbsent(link.name(), text);
        if (other != null && !other.equals(text)) {
            throw RegistryException.bad(
                    "the name '%s' stands for two schemas, one of which is %s".formatted(link.name(), link));
        }
    }

    private String pathInWords() {
        return path.stream().map(RegistryApi.Link::toString).collect(Collectors.joining(" → "));
    }
}
