package io.backprocess.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.layout.template.json.JsonTemplateLayout;

/** What a class logs, line for line as the layout of {@code flink-conf/log4j.properties} writes it. */
public final class LogLines implements AutoCloseable {
    private static final JsonMapper JSON = new JsonMapper();

    private final Logger logger;
    private final Level level;
    private final Appender appender;
    private final List<String> lines = new CopyOnWriteArrayList<>();

    public LogLines(Class<?> loggedBy) {
        this(loggedBy.getName(), Level.INFO);
    }

    /** @param name of the logger, empty for all */
    public LogLines(String name, Level shown) {
        logger = (Logger) LogManager.getLogger(name);
        level = logger.getLevel();
        appender = new AbstractAppender("lines", null, layout(logger), false, Property.EMPTY_ARRAY) {
            @Override
            public void append(LogEvent event) {
                lines.add(String.valueOf(getLayout().toSerializable(event)));
            }
        };
        appender.start();
        logger.setLevel(shown);
        logger.addAppender(appender);
    }

    private static JsonTemplateLayout layout(Logger logger) {
        Properties flink = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of("flink-conf/log4j.properties"))) {
            flink.load(reader);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return JsonTemplateLayout.newBuilder()
                .setConfiguration(logger.getContext().getConfiguration())
                .setEventTemplate(flink.getProperty("appender.file.layout.eventTemplate"))
                .build();
    }

    /** All of it as it is written. */
    public String text() {
        return String.join("", lines);
    }

    /** Each a JSON object; a line that is none fails. */
    public List<JsonNode> parsed() {
        List<JsonNode> parsed = new ArrayList<>();
        for (String line : lines) {
            try {
                parsed.add(JSON.readTree(line));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException("no JSON: " + line, e);
            }
        }
        return parsed;
    }

    @Override
    public void close() {
        logger.removeAppender(appender);
        logger.setLevel(level);
        appender.stop();
    }
}
