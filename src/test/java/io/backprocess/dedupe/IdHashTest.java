package io.backprocess.dedupe;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.Event;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdHashTest {
    private static final long UPPER_HALF = 0xFFFF_FFFF_0000_0000L;

    private final IdHash hash = new IdHash(17);

    @Test
    void isEqualForEqualEvents() {
        Event first = event(envelope("e-1", "1", "{\"a\":1}"));
        Event copy = event(" " + envelope("e-1", "1.0", "{\"a\":1}").replace("live", "elsewhere") + "\n");

        List<Long> one = hashOf(first);
        List<Long> other = hashOf(copy);

        assertThat(other).as("of the same eventId and payload").isEqualTo(one);
    }

    @Test
    void takesAnEscapedEventIdForTheSame() {
        Event plain = event(envelope("caf\u00e9-\ud83d\ude00"));
        Event escaped = event(envelope("c\\u0061f\\u00e9\\u002d\\ud83d\\uDE00"));

        List<Long> one = hashOf(plain);
        List<Long> other = hashOf(escaped);

        assertThat(other).isEqualTo(one);
    }

    @Test
    void keepsIdsApartThatOnlyLookAlikeEscaped() {
        Set<List<Long>> hashes = new HashSet<>();

        for (String eventId : List.of(
                "a\\nb",
                "a\\\\nb",
                "anb",
                "\\ud83d",
                "\\ude00",
                "\\ud83d\\ude00",
                "?",
                "??",
                "\\ufffd",
                "a",
                "A",
                "a ")) {
            hashes.add(idOf(event(envelope(eventId))));
        }

        assertThat(hashes).hasSize(12);
    }

    @Test
    void hasTheSameIdAndAnotherContentForAnotherPayload() {
        Event first = event(envelope("e-1", "1", "{\"amount\":1.0}"));
        Event spaced = event(envelope("e-1", "1", "{\"amount\": 1.0}"));
        Event other = event(envelope("e-1", "1", "{\"amount\":1.00}"));

        List<Long> content = hashOf(first);

        assertThat(idOf(spaced)).isEqualTo(idOf(first));
        assertThat(idOf(other)).isEqualTo(idOf(first));
        assertThat(hashOf(spaced)).as("a payload is its bytes").isNotEqualTo(content);
        assertThat(hashOf(other)).isNotEqualTo(content).isNotEqualTo(hashOf(spaced));
    }

    @Test
    void dependsOnTheBatchsSeed() {
        Event event = event(envelope("e-1"));
        IdHash otherBatch = new IdHash(18);

        otherBatch.compute(event);

        assertThat(otherBatch.high()).isNotEqualTo(hashOf(event).get(0));
    }

    private List<Long> hashOf(Event event) {
        hash.compute(event);
        return List.of(hash.high(), hash.low());
    }

    private List<Long> idOf(Event event) {
        hash.compute(event);
        return List.of(hash.high(), hash.low() & UPPER_HALF);
    }
}
