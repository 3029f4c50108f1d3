package io.backprocess.promote;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AliasTargetTest {
    @Test
    void goesBackDownTheChain() {
        AliasTarget first = new AliasTarget("a", "t.1", "1", "h1", Instant.EPOCH, "me", null, null, null, null);
        AliasTarget second = new AliasTarget("a", "t.2", "2", "h2", Instant.EPOCH, "me", null, null, null, first);
        Instant now = Instant.ofEpochSecond(9);

        AliasTarget back = second.back(now, "you");

        assertThat(back).isEqualTo(new AliasTarget("a", "t.1", "1", "h1", now, "you", null, null, null, null));
        assertThat(first.back(now, "you")).isNull();
    }
}
