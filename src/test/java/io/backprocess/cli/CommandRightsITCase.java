package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.batch.DedupeScope;
import io.backprocess.kafka.KafkaAdmin;
import io.backprocess.testing.Acls;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.SecureBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.flink.test.junit5.InjectClusterRESTAddress;
import org.apache.flink.test.junit5.MiniClusterExtension;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.ResourceType;
import org.assertj.core.api.SoftAssertions;
import org.assertj.core.api.junit.jupiter.InjectSoftAssertions;
import org.assertj.core.api.junit.jupiter.SoftAssertionsExtension;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The lines of the table in docs/security.md, each command with what stands there and nothing else. Those that change something
 * also without one right of it after the other: they are refused in one line and do nothing.
 */
@SuppressWarnings("NullAway.Init")
@ExtendWith(SoftAssertionsExtension.class)
@Nightly
class CommandRightsITCase {
    @RegisterExtension
    static final SecureBroker KAFKA = new SecureBroker();

    @TempDir
    static Path directory;

    @RegisterExtension
    static final MiniClusterExtension FLINK =
            new MiniClusterExtension(() -> ClusterShell.keepingSnapshotsIn(directory));

    private static final String SPEC =
            " --source-topic orders --from earliest --from-version 1 --revision purchase-split";

    private static Shell administrator;
    private static Acls acls;
    private static KafkaBroker open;
    private static String flink;

    /** One run says all that the page has wrong. */
    @InjectSoftAssertions
    private SoftAssertions all;

    @BeforeAll
    static void history(@InjectClusterRESTAddress URI rest) {
        flink = rest.getHost() + ":" + rest.getPort();
        acls = new Acls(KAFKA.admin(), "User:" + SecureBroker.USER);
        open = KafkaBroker.at(KAFKA.administrator().getProperty("bootstrap.servers"));
        administrator = new Shell(open);
        administrator
                .backprocess("sample", "--topic", "orders", "--events", "4000", "--execute")
                .succeeds();
    }

    @Test
    void areThoseOfThePage() throws Exception {
        TestBatch damaged = new TestBatch(
                open,
                "orders",
                "purchase-split",
                DedupeScope.PARTITION,
                directory.resolve("checkpoints").toUri().toString());
        damaged.runToItsEndWithALoss(200, "results");
        String batch = " --batch-id " + damaged.plan.spec().batchId();
        for (String command : List.of("status", "peek", "dlq stats", "report --force --out REPORT")) {
            suffices(command.replaceFirst(" .*", ""), command + batch, 0);
        }
        suffices("batches", "batches", 0);
        suffices("promote --list", "promote --list", 0);
        suffices("preview", "preview --sample 100" + SPEC, 0);
        suffices(
                "preview --against",
                "preview --sample 100 --against " + damaged.plan.spec().batchId() + SPEC,
                0);
        suffices("verify --repair", "verify --repair" + batch, 1);
        needs("verify --repair --execute", "verify --repair --execute" + batch, 0);
        assertThat(damaged.ledger().missing()).isEmpty();

        suffices("verify", "verify" + batch, 0);
        suffices("redrive", "redrive" + batch, 0);
        needs("redrive --execute", "redrive --execute --max-attempts 1000" + batch, 0);
        suffices("promote", "promote --alias a" + batch, 0);
        needs("promote --execute", "promote --alias a --execute" + batch, 0);
        commitAnOffset("billing");
        suffices("promote --group", "promote --alias b --group billing" + batch, 0);
        needsItsGroup("promote --group --execute", "promote --alias b --group billing --execute" + batch);
        suffices("promote --group --execute", "promote --alias b --group billing --execute" + batch, 0);
        TestBatch old = new TestBatch(
                open,
                "orders",
                "purchase-split",
                DedupeScope.PARTITION,
                directory.resolve("checkpoints").toUri().toString());
        old.runToItsEnd(2, null);
        suffices("retire", "retire --batch-id " + old.plan.spec().batchId(), 0);
        needs(
                "retire --execute",
                "retire --execute --batch-id " + old.plan.spec().batchId(),
                0);
        assertThat(administrator.backprocess("promote", "--list").out())
                .contains("orders." + damaged.plan.spec().batchId());
    }

    @Test
    void areThoseOfThePageWhileABatchRuns() {
        ClusterShell.submitAnEmptyJar(directory);
        administrator
                .backprocess(("run --flink " + flink + " --batch-id running --parallelism 1 --max-rate 5 --detached"
                                + " --checkpoint-interval 300ms"
                                + SPEC)
                        .split(" +"))
                .succeeds();
        TestBatch.await("something committed", () -> state().path("read").asLong() > 10);

        needs("pause", "pause --batch-id running", 0);
        assertThat(state().path("state").asText()).isEqualTo("paused");
        suffices("abandon", "abandon --batch-id running", 0);
        needs("abandon --execute", "abandon --execute --batch-id running", 0);
        assertThat(state().path("state").asText()).isEqualTo("abandoned");
    }

    private static com.fasterxml.jackson.databind.JsonNode state() {
        return administrator
                .backprocess("status", "--output", "json", "--batch-id", "running", "--flink", flink)
                .json();
    }

    private static void commitAnOffset(String group) {
        try (KafkaAdmin admin = open.clients().openAdmin()) {
            admin.groups().commit(group, Map.of(new TopicPartition("orders", 0), new OffsetAndMetadata(7)));
        }
    }

    private void needsItsGroup(String command, String typed) {
        List<AclBinding> others = acls.ofCommand(command).stream()
                .filter(right -> right.pattern().resourceType() != ResourceType.GROUP)
                .toList();
        acls.grant(others);
        Answer refused = secured(typed);
        acls.revoke(others);
        all.assertThat(refused.exitCode()).as("%s: %s", typed, refused).isEqualTo(4);
        all.assertThat(refused.err()).contains("error: User:reprocess may not Read group billing; allow it with: ");
    }

    private void needs(String command, String typed, int exitCode) {
        // What is made need not be made again, so the right to make it comes first.
        List<AclBinding> rights = acls.ofCommand(command).stream()
                .sorted(Comparator.comparing(right -> right.entry().operation() != AclOperation.CREATE))
                .toList();
        acls.grant(rights);
        for (AclBinding right : rights) {
            acls.revoke(List.of(right));
            Answer refused = secured(typed);
            acls.grant(List.of(right));

            String resource = right.pattern().resourceType() == ResourceType.TOPIC
                    ? "topic " + right.pattern().name()
                    : "transactional ids " + right.pattern().name();
            all.assertThat(refused.exitCode())
                    .as("%s without %s: %s", typed, right, refused)
                    .isEqualTo(4);
            all.assertThat(refused.err().lines().filter(line -> line.startsWith("error: ")))
                    .as("%s without %s", typed, right)
                    .singleElement()
                    .asString()
                    .startsWith("error: User:reprocess may not %s %s".formatted(name(right), resource))
                    .contains("kafka-acls.sh --add --allow-principal User:reprocess --operation " + name(right));
        }
        acls.revoke(rights);
        suffices(command, typed, exitCode);
    }

    private void suffices(String command, String typed, int exitCode) {
        List<AclBinding> rights = acls.ofCommand(command);
        acls.grant(rights);
        Answer answer = secured(typed);
        acls.revoke(rights);
        all.assertThat(answer.exitCode()).as("%s: %s", typed, answer).isEqualTo(exitCode);
    }

    private static String name(AclBinding right) {
        AclOperation operation = right.entry().operation();
        return operation == AclOperation.DESCRIBE_CONFIGS
                ? "DescribeConfigs"
                : operation.name().charAt(0) + operation.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private static Answer secured(String command) {
        List<String> args = new ArrayList<>(List.of(
                command.replace("REPORT", directory.resolve("report.html").toString())
                        .split(" +")));
        args.addAll(List.of(
                "--bootstrap-servers",
                KAFKA.bootstrapServers("SASL_PLAINTEXT"),
                "--command-config",
                KAFKA.unencrypted().toString()));
        if (!List.of("preview", "dlq", "redrive", "promote").contains(args.get(0))) {
            args.addAll(List.of("--flink", flink));
        }
        return administrator.backprocess(args.toArray(String[]::new));
    }
}
