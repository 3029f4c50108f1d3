package io.backprocess.kafka;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Locale;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.common.config.SaslConfigs;
import org.apache.kafka.common.config.SslConfigs;

/**
 * The Kafka principal that client properties authenticate as. It is derived from the properties, because Kafka does not report
 * it. A broker may map the name of a certificate to a shorter one.
 *
 * @param principal {@code User:alice}, or {@code PRINCIPAL} if it is not known
 */
public record KafkaPrincipal(String principal) {
    private static final String UNKNOWN = "PRINCIPAL";
    private static final Pattern USERNAME = Pattern.compile("username\\s*=\\s*(?:\"([^\"]*)\"|([^\\s;]+))");

    /** @param kafka the client properties, with the key store that they refer to */
    static KafkaPrincipal of(Properties kafka) {
        String protocol = kafka.getProperty(CommonClientConfigs.SECURITY_PROTOCOL_CONFIG, "PLAINTEXT")
                .toUpperCase(Locale.ROOT);
        return new KafkaPrincipal(
                switch (protocol) {
                    case "PLAINTEXT" -> "User:ANONYMOUS";
                    case "SSL" -> subject(kafka);
                    default -> username(kafka.getProperty(SaslConfigs.SASL_JAAS_CONFIG, ""));
                });
    }

    private static String username(String jaas) {
        Matcher username = USERNAME.matcher(jaas);
        if (!username.find()) {
            return UNKNOWN;
        }
        String name = username.group(1) == null ? username.group(2) : username.group(1);
        return "User:" + name;
    }

    private static String subject(Properties kafka) {
        String file = kafka.getProperty(SslConfigs.SSL_KEYSTORE_LOCATION_CONFIG);
        if (file == null) {
            return UNKNOWN;
        }
        String type = kafka.getProperty(SslConfigs.SSL_KEYSTORE_TYPE_CONFIG, SslConfigs.DEFAULT_SSL_KEYSTORE_TYPE);
        try (InputStream in = Files.newInputStream(Path.of(file))) {
            KeyStore store = KeyStore.getInstance(type);
            store.load(
                    in,
                    kafka.getProperty(SslConfigs.SSL_KEYSTORE_PASSWORD_CONFIG, "")
                            .toCharArray());
            for (String alias : Collections.list(store.aliases())) {
                if (store.isKeyEntry(alias) && store.getCertificate(alias) instanceof X509Certificate certificate) {
                    return "User:" + certificate.getSubjectX500Principal().getName();
                }
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            // The Kafka client reports an unreadable key store with a better message.
        }
        return UNKNOWN;
    }

    /** Returns the principal as the subject of a sentence. */
    public String inWords() {
        return principal.equals(UNKNOWN) ? "the principal of these client properties" : principal;
    }
}
