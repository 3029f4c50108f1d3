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
