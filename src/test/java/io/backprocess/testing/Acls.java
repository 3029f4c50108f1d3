package io.backprocess.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** The rights that docs/security.md grants, one by one, and how to grant and revoke them. */
public final class Acls {
    private final Admin admin;
    private final String principal;

    public Acls(Admin admin, String principal) {
        this.admin = admin;
        this.principal = principal;
    }

    /** The page's lines {@code acl --operation … --topic …}. */
    public List<AclBinding> ofThePage() {
        try {
            return Files.readAllLines(Path.of("docs/security.md")).stream()
                    .filter(line -> line.startsWith("acl --"))
                    .flatMap(line -> parse(line).stream())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the page's table says that a command needs, by its words there. */
    public List<AclBinding> ofCommand(String command) {
        try {
            List<String> needs = Files.readAllLines(Path.of("docs/security.md")).stream()
                    .map(line -> line.split(" *\\| *"))
                    .filter(cells -> cells.length == 3 && quoted(cells[1]).contains(command))
                    .map(cells -> cells[2])
                    .toList();
            if (needs.size() != 1) {
                throw new IllegalArgumentException("%d lines are about %s".formatted(needs.size(), command));
            }
            List<AclBinding> bindings = new ArrayList<>();
            for (String need : List.of(needs.get(0).split("; "))) {
                int on = need.indexOf(" on ");
                List<String> resources = need.endsWith("transactional ids")
                        ? List.of("--transactional-id backprocess.")
                        : quoted(need.substring(on)).stream()
                                .map((need.startsWith(" on groups ", on) ? "--group " : "--topic ")::concat)
                                .toList();
                for (String resource : resources) {
                    for (String operation : quoted(need.substring(0, on))) {
                        String pattern = resource.endsWith(".") ? " --resource-pattern-type prefixed" : "";
                        bindings.addAll(parse("acl --operation " + operation + " " + resource + pattern));
                    }
                }
            }
            return bindings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> quoted(String text) {
        return Pattern.compile("`([^`]+)`")
                .matcher(text)
                .results()
                .map(word -> word.group(1))
                .toList();
    }

    private List<AclBinding> parse(String command) {
        List<AclOperation> operations = new ArrayList<>();
        ResourceType type = ResourceType.UNKNOWN;
        String name = "";
        PatternType pattern = PatternType.LITERAL;
        Iterator<String> words = List.of(command.split(" +")).iterator();
        words.next();
        while (words.hasNext()) {
            String option = words.next();
            switch (option) {
                case "--operation" -> operations.add(operation(words.next()));
                case "--resource-pattern-type" ->
                    pattern = PatternType.valueOf(words.next().toUpperCase(Locale.ROOT));
                case "--topic", "--group", "--transactional-id" -> {
                    type = ResourceType.valueOf(
                            option.substring(2).replace('-', '_').toUpperCase(Locale.ROOT));
                    name = words.next();
                }
                case "--cluster" -> {
                    type = ResourceType.CLUSTER;
                    name = "kafka-cluster";
                }
                default -> throw new IllegalArgumentException(command);
            }
        }
        ResourcePattern resource = new ResourcePattern(type, name, pattern);
        return operations.stream()
                .map(operation -> new AclBinding(
                        resource, new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)))
                .toList();
    }

    private static AclOperation operation(String name) {
        return AclOperation.valueOf(name.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT));
    }

    /** When it returns, the broker acts by it. */
    public void grant(Collection<AclBinding> bindings) {
        get(admin.createAcls(bindings).all());
        await(bindings, true);
    }

    public void revoke(Collection<AclBinding> bindings) {
        get(admin.deleteAcls(bindings.stream().map(AclBinding::toFilter).toList())
                .all());
        await(bindings, false);
    }

    private void await(Collection<AclBinding> bindings, boolean there) {
        TestBatch.await("the broker to know its ACLs", () -> {
            Set<AclBinding> known =
                    new HashSet<>(get(admin.describeAcls(AclBindingFilter.ANY).values()));
            return bindings.stream().allMatch(binding -> known.contains(binding) == there);
        });
    }

    private static <T> T get(org.apache.kafka.common.KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
