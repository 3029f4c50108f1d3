package io.backprocess.revise;

import static io.backprocess.event.Samples.eventOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.decode.Decoder;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Samples;
import io.backprocess.event.SourceRecord;
import io.backprocess.revise.operator.RevisionChain;
import io.backprocess.revise.rules.RuleRevision;
import io.backprocess.revise.shipped.PurchaseSplit;
import io.backprocess.sample.DirtyHistory;
import io.backprocess.testing.RandomHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same logic as rules and as Java gives the same bytes. */
class RulesAsJavaTest {
    private static final ProcessVersion ONE = ProcessVersion.of("1");

    private final RevisionChain java =
            RevisionChain.of(List.of(new PurchaseSplit()), Map.of(), ONE, "batch-1", EnvelopeMapping.OWN);
    private final RevisionChain rules =
            RevisionChain.of(List.of(RuleRevision.parse(yaml())), Map.of(), ONE, "batch-1", EnvelopeMapping.OWN);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void agreesOnARandomHistory(long seed) {
        List<ProducerRecord<byte[], byte[]>> records = new RandomHistory("orders", 3, seed).records(5_000);

        assertThat(agreed(records)).isGreaterThan(2_000);
    }

    @Test
    void agreesOnADirtyHistory() {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        new DirtyHistory("orders", 3, 5_000, 1).forEachRemaining(records::add);

        assertThat(agreed(records)).isGreaterThan(4_000);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"actionType\":null,\"amount\":-1}",
                "{\"actionType\":7}",
                "{\"actionType\":\"Purch\\u0061sed\",\"itemSku\":\"SKU-B\\u0041SIC-1\",\"amount\":1}",
                "{\"actionType\":\"Purchased\",\"itemSku\":17,\"amount\":1}",
                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":-0}",
                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":-0.00e7}",
                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":1e99999999999}",
                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":-1e-99999999999}",
                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":{\"a\" :1}}",
                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":\"12\"}",
                "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\"}",
                "{\"actionType\":\"Purchased\",\"amount\":1}",
                "{\"actionType\":\"Purchased\",\"items\":{}}",
                "{\"actionType\":\"Purchased\",\"items\":[]}",
                "{\"actionType\":\"Purchased\",\"items\":[1,null]}",
                "{\"actionType\":\"Purchased\",\"items\":[{}]}",
                "{\"items\":[{\"itemSku\":\"SKU-B\\u0041SIC-1\",\"amount\":1.0}],\"actionType\":\"Purchased\",\"x\":1}",
                "{\"actionType\":\"Purchased\",\"itemSku\":1,\"items\":[{\"itemSku\":\"SKU-PREMIUM-1\",\"amount\":1E2},{\"amount\":3,\"itemSku\":null}]}",
                "{\"actionType\":\"Purchased\",\"itemSku\":1,\"items\":[{\"itemSku\":\"SKU-PREMIUM-1\",\"amount\":1E2},{\"amount\":3,\"itemSku\":\"\"}]}",
            })
    void agreesOn(String payload) {
        Event event = Samples.event(Samples.envelope("e-1", "1", payload));

        assertThat(outcome(rules, event)).isEqualTo(outcome(java, event));
    }

    /** How many events there were to agree on. */
    private int agreed(List<ProducerRecord<byte[], byte[]>> records) {
        int events = 0;
        for (ProducerRecord<byte[], byte[]> record : records) {
            SourceRecord source = new SourceRecord(0, events, 0, record.key(), record.value(), record.headers());
            if (new Decoder(EnvelopeMapping.OWN, null, null).decode(source) instanceof Event) {
                Event event = eventOf(source);
                assertThat(outcome(rules, event)).isEqualTo(outcome(java, event));
                events++;
            }
        }
        return events;
    }

    private static List<String> outcome(RevisionChain chain, Event event) {
        try {
            return chain.revise(event).stream()
                    .map(result -> new String(result.envelope(), UTF_8))
                    .toList();
        } catch (RejectedException e) {
            return List.of("rejected", e.reason().toString(), String.valueOf(e.getMessage()));
        } catch (Exception e) {
            throw new AssertionError("of " + event, e);
        }
    }

    /** By the same name, since it is part of the eventIds of several results. */
    private static String yaml() {
        try {
            return Files.readString(Path.of("examples/rules/purchase-split.yaml"))
                    .replace("name: purchase-split-rules", "name: purchase-split");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
