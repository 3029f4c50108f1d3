package io.backprocess.preview;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** A few of many elements, each with the same probability, and the same ones each time. */
final class Samples<T> {
    private final int wanted;
    private final SplittableRandom random = new SplittableRandom(1);
    private final List<T> kept = new ArrayList<>();
    private long offered;

    Samples(int wanted) {
        this.wanted = wanted;
    }

    /** Offers an element, which is made only when it is kept. */
    void offer(Supplier<T> next) {
        offered++;
        if (kept.size() < wanted) {
            kept.add(next.get());
        } else if (wanted > 0) {
            long place = random.nextLong(offered);
            if (place < wanted) {
                // The others move up, so that the kept elements stay in their order.
                kept.remove((int) place);
                kept.add(next.get());
            }
        }
    }

    List<T> kept() {
        return List.copyOf(kept);
    }
}
