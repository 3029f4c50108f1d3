package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.flink.FlinkCluster;
import io.backprocess.kafka.ClientProperties;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.render.Printable;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The options for the addresses of Kafka and Flink. */
public final class ConnectionOptions {
    @Option(
            names = "--bootstrap-servers",
            paramLabel = "HOST:PORT[,...]",
            defaultValue = "${env:BACKPROCESS_BOOTSTRAP_SERVERS:-127.0.0.1:9092}",
            description = "Kafka brokers (default: $BACKPROCESS_BOOTSTRAP_SERVERS, then 127.0.0.1:9092).")
    private String bootstrapServers = "";

    @Option(
            names = "--flink",
            paramLabel = "HOST:PORT",
            defaultValue = "${env:BACKPROCESS_FLINK:-127.0.0.1:8081}",
            description = "Flink's REST address (default: $BACKPROCESS_FLINK, then 127.0.0.1:8081).")
    private String flink = "";

    @Option(
            names = "--command-config",
            paramLabel = "FILE",
            description = "File with properties for every Kafka client: TLS, SASL. Put secrets only here.")
    private @Nullable Path commandConfig;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    private boolean warned;

    /** Returns what opens clients of Kafka. Prints a warning once for each property that seems misspelt. */
    public KafkaClients kafka() {
        Properties properties = commandConfig == null ? new Properties() : ClientProperties.read(commandConfig);
        if (!warned) {
            warned = true;
            ClientProperties.misspelt(properties)
                    .forEach(line -> Printable.warn(
                            command.commandLine().getErr(), "--command-config %s: %s".formatted(commandConfig, line)));
        }
        properties.setProperty(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        KafkaClients kafka = KafkaClients.of(properties);
        kafka.checkReferences();
        return kafka;
    }

    public FlinkCluster flink() {
        int colon = flink.lastIndexOf(':');
        try {
            return new FlinkCluster(flink.substring(0, colon), Integer.parseInt(flink.substring(colon + 1)));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw BatchException.usage("--flink '%s' is not HOST:PORT".formatted(flink));
        }
    }
}
