package io.backprocess.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.junit.jupiter.api.Test;

class PlaceTest {
    private static final Place BACK =
            Place.in("orders", 500).moved("orders.b", 500).at(800, 0).moved("orders", 800);

    @Test
    void saysWhichEventIsReadWhere() {
        assertThat(BACK.topic()).isEqualTo("orders");
        assertThat(BACK.isRead("orders", 499)).isTrue();
        assertThat(BACK.isRead("orders", 500)).isFalse();
        assertThat(BACK.isRead("orders.b", 500)).isTrue();
        assertThat(BACK.isRead("orders.b", 799)).isTrue();
        assertThat(BACK.isRead("orders.b", 800)).isFalse();
        assertThat(BACK.isRead("orders", 800)).isTrue();
        assertThat(BACK.knows("orders.b")).isTrue();
        assertThat(BACK.knows("orders.c")).isFalse();
    }

    @Test
    void forgetsAStretchThatHasNothing() {
        Place nothingRead = Place.in("orders", 500).moved("orders.b", 500).moved("orders.c", 500);

        assertThat(nothingRead.knows("orders.b")).isFalse();
        assertThat(nothingRead.isRead("orders.c", 500)).isTrue();
        assertThat(nothingRead.moves()).isEqualTo(2);
    }

    @Test
    void standsInTheMetadataOfAnOffset() {
        assertThat(BACK.metadata()).isEqualTo("backprocess 1 2 800 800 orders@0 orders.b@500 orders@800");
        assertThat(Place.parse(BACK.metadata())).contains(BACK);
        Place ahead = BACK.at(810, 900);
        assertThat(Place.parse(ahead.metadata())).contains(ahead);
        assertThat(ahead.reach()).isEqualTo(900);
        assertThat(ahead.at(950, 0).reach()).isEqualTo(950);
    }

    @Test
    void isShortEnoughForKafka() {
        Place place = Place.in("t".repeat(249), 0);
        for (int i = 1; i <= 40; i++) {
            place = place.moved("t".repeat(240) + i, i * 10L);
        }

        Place read = Place.parse(place.metadata()).orElseThrow();
        assertThat(place.metadata().length()).isLessThan(4096);
        assertThat(read.topic()).isEqualTo(place.topic());
        assertThat(read.moves()).isEqualTo(40);
        assertThat(read.stretches().size()).isGreaterThan(5);
        assertThat(read.isRead("t".repeat(249), 5)).isFalse();
    }

    @Test
    void passesOverWhatOthersHaveWritten() {
        assertThat(Place.parse("")).isEmpty();
        assertThat(Place.parse("by hand")).isEmpty();
        assertThat(Place.parse("backprocess 1 2 x 3 orders@0")).isEmpty();
        assertThat(Place.parse("backprocess 1 2 3 4")).isEmpty();
        assertThat(Place.parse("backprocess 1 2 3 4 orders")).isEmpty();
        assertThatThrownBy(() -> Place.parse("backprocess 2 1")).hasMessageContaining("a later version");
    }

    @Test
    void isTheOneWithTheMostMoves() {
        Map<String, OffsetAndMetadata> committed = new HashMap<>();
        assertThat(Place.find(committed, List.of("orders.b", "orders"))).isNull();
        committed.put("other", new OffsetAndMetadata(1, ""));
        assertThat(Place.find(committed, List.of("orders.b", "orders"))).isNull();
        committed.put("orders", new OffsetAndMetadata(1, ""));
        assertThat(Place.find(committed, List.of("orders.b", "orders"))).isEqualTo(Place.in("orders", Lane.NONE));
        committed.put("orders.b", new OffsetAndMetadata(1, ""));
        assertThat(Place.find(committed, List.of("orders.b", "orders"))).isEqualTo(Place.in("orders.b", Lane.NONE));
        committed.put(
                "orders.c", new OffsetAndMetadata(1, Place.in("orders.c", 3).metadata()));
        committed.put("orders", new OffsetAndMetadata(1, BACK.metadata()));
        assertThat(Place.find(committed, List.of("orders.b", "orders"))).isEqualTo(BACK);
    }
}
