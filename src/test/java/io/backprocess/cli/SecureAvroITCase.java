package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.kafka.KafkaClients;
import io.backprocess.testing.Acls;
import io.backprocess.testing.ApicurioRegistry;
import io.backprocess.testing.AvroEvents;
import io.backprocess.testing.BrokerView;
import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.LogLines;
import io.backprocess.testing.RegistryProxy;
import io.backprocess.testing.SecureBroker;
import io.backprocess.testing.Shell;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Producer;
import org.apache.logging.log4j.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A history in Avro, with the rights of docs/security.md, and a registry that wants a password. */
@SuppressWarnings("NullAway.Init")
class SecureAvroITCase {
    @RegisterExtension
    static final SecureBroker KAFKA = new SecureBroker();

    @RegisterExtension
    static final ApicurioRegistry REGISTRY = new ApicurioRegistry();

    private static final String PASSWORD = "canary-registry-b3e70c";
    private static final String USER_INFO = "reader:" + PASSWORD;
    private static final Shell SHELL = new Shell(new KafkaBroker());

    @TempDir
    Path directory;

    private final Map<String, String> seen = new LinkedHashMap<>();

    @Test
    void needsNoFurtherRightAndLeavesThePasswordNowhere() throws Exception {
        try (RegistryProxy registry = new RegistryProxy(REGISTRY.confluentUrl())) {
            registry.letsIn(USER_INFO);
            int id = REGISTRY.register(REGISTRY.unique("orders") + "-value", "AVRO", AvroEvents.SCHEMA);
            history(id);
            Acls acls = new Acls(KAFKA.admin(), "User:" + SecureBroker.USER);
            acls.grant(acls.ofThePage());
            Path kafka = KAFKA.scram(SecureBroker.PASSWORD);
            Path both = directory.resolve("both.properties");
            Files.writeString(
                    both, Files.readString(kafka) + "\nschema.registry.basic.auth.user.info=" + USER_INFO + "\n");
            String spec = " --source-topic orders --from earliest --from-version 1 --revision purchase-split"
                    + " --format avro --framing confluent --registry " + registry.url();

            try (LogLines log = new LogLines("", Level.INFO)) {
                ok(both, "plan --batch-id b" + spec);
                ok(both, "preview" + spec);
                ok(both, "run --local --accept-dead-letters --checkpoint-interval 500ms --batch-id b" + spec);
                for (String command : List.of("verify", "peek", "dlq show", "redrive", "redrive --execute", "status")) {
                    // These read the stored schemas, and need no user of the registry.
                    ok(kafka, command + " --batch-id b");
                }
                Shell.Answer refused = secured(kafka, "preview" + spec);
                assertThat(refused.exitCode()).as(refused.err()).isEqualTo(3);
                assertThat(refused.err()).contains("answers 401", "schema.registry.basic.auth.user.info");
                seen.put("log", log.text());
            }

            assertThat(seen.get("dlq show --batch-id b")).contains("\"eventId\" : \"odd\"");
            BrokerView.everything(KAFKA.administrator()).forEach((topic, text) -> seen.put("topic " + topic, text));
            assertThat(seen.get("topic backprocess.batches")).contains("b/schema/" + id);
            seen.forEach((place, text) -> assertThat(text)
                    .as(place)
                    .doesNotContain(PASSWORD)
                    .doesNotContain(Base64.getEncoder().encodeToString(USER_INFO.getBytes(StandardCharsets.UTF_8))));
        }
    }

    private static void history(int id) throws Exception {
        KAFKA.admin()
                .createTopics(List.of(new NewTopic("orders", 1, (short) 1)))
                .all()
                .get();
        try (Producer<byte[], byte[]> producer =
                KafkaClients.of(KAFKA.administrator()).openProducer()) {
            for (String event : List.of("good", "odd")) {
                String amount = event.equals("odd") ? "-1" : "1";
                producer.send(AvroEvents.record(
                                "orders",
                                0,
                                event,
                                AvroEvents.framed(id, AvroEvents.purchase(event, "SKU-BASIC-1", amount))))
                        .get();
            }
        }
    }

    private void ok(Path properties, String command) {
        Shell.Answer answer = secured(properties, command).succeeds();
        seen.put(command, answer.out() + answer.err());
    }

    private static Shell.Answer secured(Path properties, String command) {
        List<String> args = new ArrayList<>(List.of(command.split(" +")));
        args.addAll(List.of(
                "--bootstrap-servers", KAFKA.bootstrapServers("SASL_SSL"), "--command-config", properties.toString()));
        return SHELL.backprocess(args.toArray(String[]::new));
    }
}
