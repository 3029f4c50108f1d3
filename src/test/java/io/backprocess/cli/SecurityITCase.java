package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.testing.Acls;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.SecureBroker;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.acl.AclBinding;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Over TLS and without it, as a principal that may do what docs/security.md lists and nothing else, and then as one that
 * lacks one right of it after the other. The broker's administrator has made nothing but the source topic.
 */
@SuppressWarnings("NullAway.Init")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SecurityITCase {
    @RegisterExtension
    static final SecureBroker KAFKA = new SecureBroker();

    private static final String USER = "User:" + SecureBroker.USER;
    private static final String SPEC =
            "--source-topic orders --from earliest --from-version 1 --revision purchase-split";
    private static final List<String> LOOKS = List.of("status", "verify", "dlq list", "report --force --out REPORT");

    private static final Shell SHELL = new Shell(new KafkaBroker());

    @TempDir
    static Path files;

    private static Path scram;
    private static Acls acls;
    private static List<AclBinding> page;

    @BeforeAll
    static void history() {
        scram = KAFKA.scram(SecureBroker.PASSWORD);
        acls = new Acls(KAFKA.admin(), USER);
        page = acls.ofThePage();
        String administrator = KAFKA.administrator().getProperty("bootstrap.servers");
        SHELL.backprocess(
                        "sample",
                        "--topic",
                        "orders",
                        "--events",
                        "400",
                        "--execute",
                        "--bootstrap-servers",
                        administrator)
                .succeeds();
    }

    @Test
    @Order(1)
    void saysAllAtOnceWhatIsMissingWhereNothingIsAllowed() {
        Answer plan = secured("plan --batch-id b " + SPEC);

        plan.says(4, "User:reprocess may not Read topic orders; allow it with: kafka-acls.sh --add");
        assertThat(plan.err().lines())
                .hasSize(8)
                .allMatch(line -> line.contains("User:reprocess may not "))
                .anyMatch(line -> line.contains("Read, Write, Create topic orders.b.dlq; "))
                .anyMatch(line -> line.contains("Write transactional ids backprocess.b.*; "))
                .anyMatch(line -> line.contains("DescribeConfigs the cluster; "));
    }

    @Test
    @Order(2)
    void aBatchLivesWithWhatThePageLists() {
        acls.grant(page);

        for (String command : List.of(
                "plan --batch-id b " + SPEC,
                "preview --sample 100 " + SPEC,
                "run --local --checkpoint-interval 500ms --batch-id b " + SPEC,
                "batches",
                "redrive --batch-id b",
                "redrive --batch-id b --execute",
                "promote --batch-id b --alias a --execute",
                "promote --list")) {
            secured(command).succeeds();
        }
        for (String command : LOOKS) {
            secured(command + " --batch-id b").succeeds();
        }
        assertThat(secured("status --batch-id b").out()).contains("completed");
    }

    /** By any of them that is taken away, before anything is written. */
    @Test
    @Order(3)
    void refusesToStartABatchWithoutAnyOneOfThem() throws Exception {
        for (AclBinding binding : page) {
            String operation = Arrays.stream(binding.entry().operation().name().split("_"))
                    .map(word -> word.charAt(0) + word.substring(1).toLowerCase(java.util.Locale.ROOT))
                    .collect(java.util.stream.Collectors.joining());
            String batch = "lacking-" + Integer.toUnsignedString(binding.hashCode());
            // The topics of all batches exist by now, so that no client has to create them.
            boolean needed =
                    !(operation.equals("Create") && binding.pattern().name().equals("backprocess."));
            if (!needed) {
                continue;
            }

            acls.revoke(List.of(binding));
            Answer run = unencrypted("run --local --batch-id " + batch + " " + SPEC);
            acls.grant(List.of(binding));

            assertThat(run.exitCode()).as("%s: %s", binding, run.err()).isEqualTo(4);
            assertThat(run.err().lines())
                    .as(binding.toString())
                    .isNotEmpty()
                    .allMatch(line -> line.matches(
                            "(error: )?User:reprocess may not %s (topic|group|transactional ids|the cluster).*"
                                    .formatted(operation)))
                    .allMatch(line -> line.contains(
                            "kafka-acls.sh --add --allow-principal User:reprocess --operation " + operation));
            assertThat(run.out()).isEmpty();
            unencrypted("status --batch-id " + batch).says(2, "there is no batch '" + batch + "'");
        }
    }

    @Test
    @Order(4)
    void goesOnWithoutTheRightToCreateWhatIsThere() {
        acls.revoke(page.stream()
                .filter(binding -> binding.entry().operation().name().equals("CREATE"))
                .toList());

        unencrypted("plan --batch-id b " + SPEC).succeeds();
        Answer run = unencrypted("run --local --batch-id b2 " + SPEC);

        acls.grant(page);
        run.says(4, "User:reprocess may not Create topic orders.b2; ");
        assertThat(run.err().lines()).hasSize(2);
    }

    @Test
    @Order(5)
    void saysWhatAnyOtherCommandLacks() {
        lacks("READ", "backprocess.", "Read topic backprocess.batches", List.of("status"));
        lacks("READ", "orders.", "Read topic orders.b", List.of("verify", "dlq stats"));
        lacks("READ", "orders", "Read topic orders;", List.of("peek"));
        lacks("WRITE", "orders.", "Write topic orders.b.dlq", List.of("redrive --execute --max-attempts 1000"));
        acls.revoke(transactions());
        unencrypted("redrive --execute --max-attempts 1000 --batch-id b")
                .says(4, "Write transactional ids backprocess.*; ");
        unencrypted("promote --execute --alias x --batch-id b").says(4, "Write transactional ids backprocess.*; ");
        unencrypted("abandon --batch-id b").says(4, "Write transactional ids backprocess.b.*; ");
        acls.grant(page);
    }

    private static List<AclBinding> transactions() {
        return page.stream()
                .filter(binding -> binding.pattern().resourceType().name().equals("TRANSACTIONAL_ID"))
                .toList();
    }

    private static void lacks(String operation, String topic, String said, List<String> commands) {
        List<AclBinding> missing = page.stream()
                .filter(binding -> binding.entry().operation().name().equals(operation)
                        && binding.pattern().resourceType().name().equals("TOPIC")
                        && binding.pattern().name().equals(topic))
                .toList();
        assertThat(missing).hasSize(1);
        acls.revoke(missing);
        for (String command : commands) {
            Answer answer = unencrypted(command + " --batch-id b");
            answer.says(4, "User:reprocess may not " + said);
            assertThat(answer.err().lines()).as(command).hasSize(1);
        }
        acls.grant(missing);
    }

    @Test
    @Order(6)
    void saysThatKafkaDoesNotTakeItsCredentials() {
        Path wrong = KAFKA.scram("canary-wrong-1b7d");
        Properties unknown = new Properties();
        unknown.setProperty("security.protocol", "SASL_SSL");
        unknown.setProperty("sasl.mechanism", "SCRAM-SHA-256");
        unknown.setProperty(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"reprocess\" password=\"canary-wrong-1b7d\";");
        Properties damaged = new Properties();
        damaged.putAll(unknown);
        damaged.setProperty(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"reprocess\" password=canary wrong-1b7d;");

        Answer password = SHELL.backprocess(args("status --batch-id b", "SASL_SSL", wrong));
        Answer certificate =
                SHELL.backprocess(args("status --batch-id b", "SASL_SSL", KAFKA.write("unknown.properties", unknown)));
        Answer jaas =
                SHELL.backprocess(args("status --batch-id b", "SASL_SSL", KAFKA.write("damaged.properties", damaged)));

        password.says(3, "do not accept each other: Authentication failed");
        certificate.says(3, "do not accept each other: SSL handshake failed");
        jaas.says(3, "sasl.jaas.config is not well formed");
        for (Answer answer : List.of(password, certificate, jaas)) {
            assertThat(answer.err().lines()).hasSize(1);
            assertThat(answer.err()).doesNotContain("wrong-1b7d");
        }
    }

    @Test
    @Order(7)
    void knowsItsCertificateByName() {
        Path certificate = KAFKA.certificate();
        SHELL.backprocess(args("plan --batch-id c " + SPEC, "SSL", certificate))
                .says(4, "User:CN=reprocess may not Read");

        new Acls(KAFKA.admin(), "User:CN=reprocess").grant(new Acls(KAFKA.admin(), "User:CN=reprocess").ofThePage());

        SHELL.backprocess(args("plan --batch-id c " + SPEC, "SSL", certificate)).succeeds();
    }

    /** The rights are the same on each listener, and this one costs a tenth of the CPU. */
    private static Answer unencrypted(String command) {
        return SHELL.backprocess(args(command, "SASL_PLAINTEXT", KAFKA.unencrypted()));
    }

    private static Answer secured(String command) {
        return SHELL.backprocess(args(command, "SASL_SSL", scram));
    }

    private static String[] args(String command, String listener, Path config) {
        List<String> args = new ArrayList<>(
                List.of(command.replace("REPORT", files.resolve("report.html").toString())
                        .split(" +")));
        args.addAll(List.of(
                "--bootstrap-servers", KAFKA.bootstrapServers(listener), "--command-config", config.toString()));
        return args.toArray(String[]::new);
    }
}
