package io.backprocess.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A real broker with TLS, SASL/SCRAM, client certificates and the authorizer on, as a company runs it: {@link #USER} may do
 * nothing until it is allowed to. Who comes unencrypted is its administrator. Its keys and certificates are made by keytool.
 */
public final class SecureBroker implements BeforeAllCallback, AfterAllCallback {
    /** Of the least privilege; the certificate has the same common name. */
    public static final String USER = "reprocess";
    /** Nowhere else in the world. */
    public static final String PASSWORD = "canary-sasl-7f3a91";

    public static final String KEYSTORE_PASSWORD = "canary-keystore-5c02d8";
    public static final String TRUSTSTORE_PASSWORD = "canary-truststore-e914b6";

    private final Map<String, Integer> ports = new TreeMap<>();
    private Path directory = Path.of("");
    private KafkaRaftServer server;
    private Admin admin;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        directory = Files.createTempDirectory("secure-broker");
        keys();
        List<ServerSocket> sockets = new ArrayList<>();
        for (String listener : List.of("PLAINTEXT", "CONTROLLER", "SASL_PLAINTEXT", "SASL_SSL", "SSL")) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            sockets.add(socket);
            ports.put(listener, socket.getLocalPort());
        }
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        Path file = write("server.properties", settings());
        int code = StorageTool.execute(
                new String[] {
                    "format",
                    "--standalone",
                    "--cluster-id",
                    Uuid.randomUuid().toString(),
                    "--config",
                    file.toString(),
                    "--add-scram",
                    "SCRAM-SHA-256=[name=%s,password=%s]".formatted(USER, PASSWORD)
                },
                new PrintStream(PrintStream.nullOutputStream(), true, StandardCharsets.UTF_8));
        assertThat(code).isZero();
        server = new KafkaRaftServer(KafkaConfig.fromProps(settings()), Time.SYSTEM);
        server.startup();
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", address("PLAINTEXT"));
        admin = Admin.create(properties);
        admin.describeCluster().nodes().get(30, TimeUnit.SECONDS);
    }

    private Properties settings() {
        Properties settings = new Properties();
        settings.setProperty("process.roles", "broker,controller");
        settings.setProperty("node.id", "1");
        settings.setProperty("log.dirs", directory.resolve("logs").toString());
        settings.setProperty("controller.quorum.bootstrap.servers", address("CONTROLLER"));
        settings.setProperty("controller.listener.names", "CONTROLLER");
        settings.setProperty("inter.broker.listener.name", "PLAINTEXT");
        settings.setProperty(
                "listeners",
                String.join(
                        ",",
                        ports.keySet().stream()
                                .map(listener -> listener + "://" + address(listener))
                                .toList()));
        settings.setProperty(
                "listener.security.protocol.map",
                "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL");
        settings.setProperty("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
        settings.setProperty("super.users", "User:ANONYMOUS");
        settings.setProperty("listener.name.sasl_ssl.sasl.enabled.mechanisms", "SCRAM-SHA-256");
        settings.setProperty(
                "listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required;");
        settings.setProperty("listener.name.sasl_plaintext.sasl.enabled.mechanisms", "PLAIN");
        settings.setProperty(
                "listener.name.sasl_plaintext.plain.sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
                        .formatted(USER, PASSWORD));
        settings.setProperty("listener.name.ssl.ssl.client.auth", "required");
        settings.setProperty("ssl.keystore.location", store("broker"));
        settings.setProperty("ssl.keystore.password", KEYSTORE_PASSWORD);
        settings.setProperty("ssl.truststore.location", store("trust"));
        settings.setProperty("ssl.truststore.password", TRUSTSTORE_PASSWORD);
        settings.setProperty("auto.create.topics.enable", "false");
        settings.setProperty("offsets.topic.replication.factor", "1");
        settings.setProperty("offsets.topic.num.partitions", "1");
        settings.setProperty("transaction.state.log.replication.factor", "1");
        settings.setProperty("transaction.state.log.min.isr", "1");
        settings.setProperty("transaction.state.log.num.partitions", "2");
        settings.setProperty("log.initial.task.delay.ms", "500");
        // Tests send records of years ago.
        settings.setProperty("log.retention.check.interval.ms", String.valueOf(Long.MAX_VALUE));
        return settings;
    }

    /** Two key pairs that sign themselves, and one store that trusts both. */
    private void keys() {
        for (String name : List.of("broker", USER)) {
            keytool(
                    "-genkeypair -alias NAME -dname CN=NAME -keyalg EC -groupname secp256r1 -validity 2 -ext SAN=ip:127.0.0.1,dns:localhost"
                            .replace("NAME", name),
                    name,
                    KEYSTORE_PASSWORD);
            String certificate = directory.resolve(name + ".crt").toString();
            keytool("-exportcert -rfc -alias " + name + " -file " + certificate, name, KEYSTORE_PASSWORD);
            keytool("-importcert -noprompt -alias " + name + " -file " + certificate, "trust", TRUSTSTORE_PASSWORD);
        }
    }

    private void keytool(String command, String store, String password) {
        Keytool.run(command, Path.of(store(store)), password);
    }

    private String store(String name) {
        return directory.resolve(name + ".p12").toString();
    }

    private String address(String listener) {
        return "127.0.0.1:" + ports.get(listener);
    }

    /** For {@code --bootstrap-servers}, of the listener SASL_PLAINTEXT, SASL_SSL or SSL. */
    public String bootstrapServers(String listener) {
        return address(listener);
    }

    public Admin admin() {
        return admin;
    }

    /** Who may do everything. */
    public Properties administrator() {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", address("PLAINTEXT"));
        return properties;
    }

    /** A file for {@code --command-config}: as {@link #USER} with a password. */
    public Path scram(String password) {
        Properties properties = tls("SASL_SSL");
        properties.setProperty("sasl.mechanism", "SCRAM-SHA-256");
        properties.setProperty(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"%s\" password=\"%s\";"
                        .formatted(USER, password));
        return write("scram-%d.properties".formatted(password.hashCode()), properties);
    }

    /**
     * The same with neither encryption nor hashing, for tests of rights: both take a second of CPU per command, and a principal
     * has the same rights on each listener.
     */
    public Path unencrypted() {
        Properties properties = new Properties();
        properties.setProperty("security.protocol", "SASL_PLAINTEXT");
        properties.setProperty("sasl.mechanism", "PLAIN");
        properties.setProperty(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\";"
                        .formatted(USER, PASSWORD));
        return write("unencrypted.properties", properties);
    }

    /** The same with a certificate. */
    public Path certificate() {
        Properties properties = tls("SSL");
        properties.setProperty("ssl.keystore.location", store(USER));
        properties.setProperty("ssl.keystore.password", KEYSTORE_PASSWORD);
        properties.setProperty("ssl.key.password", KEYSTORE_PASSWORD);
        return write("certificate.properties", properties);
    }

    /**
     * The same client properties, but what is secret in them is in another file that they refer to.
     *
     * @param secrets the name of that file
     */
    public Path referring(Path clientProperties, String secrets) {
        Properties properties = new Properties();
        try (var in = Files.newBufferedReader(clientProperties, StandardCharsets.UTF_8)) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Properties secret = new Properties();
        for (String name : properties.stringPropertyNames()) {
            if (name.endsWith("password") || name.endsWith("jaas.config")) {
                secret.setProperty(name, properties.getProperty(name));
                properties.setProperty(name, "${file:%s:%s}".formatted(directory.resolve(secrets), name));
            }
        }
        properties.setProperty("config.providers", "file");
        properties.setProperty(
                "config.providers.file.class", "org.apache.kafka.common.config.provider.FileConfigProvider");
        write(secrets, secret);
        return write("referring-to-" + secrets, properties);
    }

    private Properties tls(String protocol) {
        Properties properties = new Properties();
        properties.setProperty("security.protocol", protocol);
        properties.setProperty("ssl.truststore.location", store("trust"));
        properties.setProperty("ssl.truststore.password", TRUSTSTORE_PASSWORD);
        return properties;
    }

    /** A file beside the keys. */
    public Path write(String name, Properties properties) {
        Path file = directory.resolve(name);
        try (var out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            properties.store(out, null);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file;
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (admin != null) {
            admin.close();
        }
        if (server != null) {
            server.shutdown();
            server.awaitShutdown();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
