package io.backprocess.preview;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** A few of many, each as likely as any other, and the same few each time. */
final class Samples<T> {
    private final int wanted;
    private final SplittableRandom random = new SplittableRandom(1);
    private final List<T> kept = new ArrayList<>();
    private long offered;

    Samples(int wanted) {
        this.wanted = wanted;
    }

    /** Made only when it is kept. */
    void offer(Supplier<T> next) {
        offered++;
        if (kept.size() < wanted) {
            kept.add(next.get());
        } else if (wanted > 0) {
            long place = random.nextLong(offered);
            if (place < wanted) {
                // The others move up, so that those that are kept stay in their order.
                kept.remove((int) place);
                kept.add(next.get());
            }
        }
    }

    List<T> kept() {
        return List.copyOf(kept);
    }
}
