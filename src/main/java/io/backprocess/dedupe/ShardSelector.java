package io.backprocess.dedupe;

import com.dynatrace.hash4j.hashing.Hashing;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.KeyGroups;
import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import org.apache.flink.api.java.functions.KeySelector;

/** Chooses the key of the dedupe state for an outcome: its partition's key, or one by its eventId. */
public final class ShardSelector implements KeySelector<Outcome, Integer> {
    private static final long serialVersionUID = 1;

    private final DedupeScope scope;
    private final KeyGroups keyGroups;

    public ShardSelector(DedupeScope scope, KeyGroups keyGroups) {
        this.scope = scope;
        this.keyGroups = keyGroups;
    }

    @Override
    public Integer getKey(Outcome outcome) {
        return outcome instanceof Event event ? keyOf(event) : keyGroups.keyOfPartition(outcome.partition());
    }

    int keyOf(Event event) {
        if (scope == DedupeScope.PARTITION) {
            return keyGroups.keyOfPartition(event.partition());
        }
        return keyGroups.keyOfGroup(
                Math.floorMod(Hashing.xxh3_64().hashBytesToInt(event.eventIdBytes()), keyGroups.count()));
    }
}
