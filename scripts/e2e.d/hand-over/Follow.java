import io.backprocess.client.AliasConsumer;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A member of a group that follows an alias: BOOTSTRAP ALIAS SOURCE GROUP FILE, as consume.mjs. */
public class Follow {
    public static void main(String[] args) throws Exception {
        Properties properties = new Properties();
        properties.setProperty("bootstrap.servers", args[0]);
        properties.setProperty("group.id", args[3]);
        properties.setProperty("auto.offset.reset", "earliest");
        properties.setProperty("session.timeout.ms", "6000");
        try (PrintStream out = new PrintStream(
                        Files.newOutputStream(Path.of(args[4]), StandardOpenOption.CREATE, StandardOpenOption.APPEND),
                        true,
                        StandardCharsets.UTF_8);
                AliasConsumer<String, String> consumer = new AliasConsumer<>(
                        properties, args[1], args[2], new StringDeserializer(), new StringDeserializer())) {
            while (true) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    out.println(record.topic() + " " + record.partition() + " " + record.offset() + " "
                            + (record.topic().equals(args[2]) ? record.offset() : origin(record)));
                }
            }
        }
    }

    private static String origin(ConsumerRecord<String, String> record) {
        String source = new String(record.headers().lastHeader("backprocess.source").value(), StandardCharsets.UTF_8);
        return source.substring(source.lastIndexOf('/') + 1);
    }
}
