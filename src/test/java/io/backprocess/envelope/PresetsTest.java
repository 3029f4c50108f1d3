package io.backprocess.envelope;

import static io.backprocess.envelope.Records.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.EventReader;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.UnreadableException;
import io.backprocess.sample.DirtyHistory;
import io.backprocess.sample.MappedHistory;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The presets are valid, and the sample history of each is one that it reads. */
class PresetsTest {
    static Stream<String> presets() {
        return EnvelopeText.PRESETS.stream();
    }

    @ParameterizedTest
    @MethodSource("presets")
    void readsItsOwnSampleHistory(String preset) {
        EnvelopeMapping mapping = Envelope.of(EnvelopeText.of(preset), "orders").mapping();
        MappedHistory history = new MappedHistory(new DirtyHistory("orders", 2, 2_000, 1), mapping);
        EventReader reader = new EventReader(mapping);
        int events = 0;
        int dead = 0;
        List<String> messages = new ArrayList<>();

        while (history.hasNext()) {
            ProducerRecord<byte[], byte[]> record = history.next();
            SourceRecord source = new SourceRecord(
                    record.partition(),
                    events + dead,
                    record.timestamp(),
                    record.key(),
                    record.value(),
                    record.headers());
            try {
                Event event = reader.read(source, Objects.requireNonNull(record.value()));
                events++;
                assertThat(event.eventTime()).isNotNull();
                assertThat(event.payload().text("userId")).startsWith("user-");
                assertThat(event.processVersion()).isIn(ProcessVersion.of("1"), ProcessVersion.of("2"));
            } catch (UnreadableException e) {
                dead++;
                messages.add(e.getMessage());
            }
        }

        assertThat(mapping.name()).isEqualTo(preset);
        assertThat(events).as("of 2 000, dead: %s", messages).isGreaterThan(1_950);
    }

    @ParameterizedTest
    @MethodSource("presets")
    void takesAnEventWithoutAVersionAsTheFirstUnlessToldOtherwise(String preset) {
        assertThat(versions(text(preset))).containsOnly(ProcessVersion.of("1"));
        assertThat(versions(EnvelopeText.of(preset, "2.5"))).containsOnly(ProcessVersion.of("2.5"));
        assertThatThrownBy(() -> EnvelopeText.of(preset, "two"))
                .hasMessage("--absent-version 'two' is not a version: give a number such as 1 or 2.3");
    }

    private static String text(String preset) {
        return Objects.requireNonNull(EnvelopeText.of(preset));
    }

    private static List<ProcessVersion> versions(String text) {
        return Envelope.of(text, "orders").mapping().forms().stream()
                .filter(form -> form.refusal() == null)
                .map(form -> form.processVersion().absent())
                .toList();
    }

    @Test
    void saysWhatItDoesNotFind() {
        assertThatThrownBy(() -> EnvelopeText.of("no-such-file.yaml"))
                .hasMessage(
                        "--envelope no-such-file.yaml is neither a file that can be read nor one of backprocess, axon, cloudevents, debezium, debezium-outbox, masstransit, spring");
        assertThatThrownBy(() -> EnvelopeText.of("shop.yaml", "1"))
                .hasMessageStartingWith("--absent-version changes a preset, and 'shop.yaml' is none of axon,");
        assertThat(EnvelopeText.of("backprocess")).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/cloudevents+json",
                "application/cloudevents+json; charset=utf-8",
                "Application/CloudEvents+JSON"
            })
    void tellsTheModeOfACloudEventByItsContentType(String type) throws Exception {
        String value =
                "{\"specversion\":\"1.0\",\"id\":\"ce-1\",\"source\":\"/shop\",\"type\":\"t\",\"processversion\":\"1\",\"data\":{\"a\":1}}";

        Event event = event(text("cloudevents"), Records.record(value, "content-type=" + type));

        assertThat(event.eventId()).isEqualTo("/shop|ce-1");
        assertThat(event.attribute("type")).isEqualTo("t");
        assertThat(event.payload().names()).containsExactly("a");
    }

    @Test
    void saysThatBytesInACloudEventCannotBeRevised() {
        String value =
                "{\"specversion\":\"1.0\",\"id\":\"ce-2\",\"source\":\"/shop\",\"type\":\"t\",\"data_base64\":\"eyJhIjoxfQ==\"}";

        assertThatThrownBy(() -> event(text("cloudevents"), Records.record(value)))
                .hasMessage(
                        "data_base64 holds bytes in base64, and a revision reads JSON: this event cannot be revised");
    }
}
