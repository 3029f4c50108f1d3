package io.backprocess.testing;

import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import java.math.BigDecimal;

/** Revisions that go on from where purchase-split ends: 2 → 2.3 → 3, and back. */
public final class ChainLinks {
    private ChainLinks() {}

    private abstract static class Link implements Revision {
        private final String name;
        private final String from;
        private final String to;

        Link(String name, String from, String to) {
            this.name = name;
            this.from = from;
            this.to = to;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public ProcessVersion from() {
            return ProcessVersion.of(from);
        }

        @Override
        public ProcessVersion to() {
            return ProcessVersion.of(to);
        }
    }

    /** Makes as many of one as its {@code copies} says, none too; one where it says nothing. */
    public static final class TwoAndABit extends Link {
        public TwoAndABit() {
            super("two-and-a-bit", "2.0", "2.30");
        }

        @Override
        public void revise(Event event, Results results) {
            BigDecimal copies = event.payload().number("copies");
            if (copies == null) {
                results.emit(event.edit().set("bit", true));
                return;
            }
            for (int bit = 0; bit < copies.intValue(); bit++) {
                results.emit(event.edit().set("bit", bit));
            }
        }
    }

    /** Says what it was given, and rejects the bit that {@code rejects} names. */
    public static final class BitToThree extends Link {
        public BitToThree() {
            super("bit-to-three", "2.3", "3");
        }

        @Override
        public void revise(Event event, Results results) throws RejectedException {
            BigDecimal bit = event.payload().number("bit");
            BigDecimal rejects = event.payload().number("rejects");
            if (bit != null && rejects != null && bit.compareTo(rejects) == 0) {
                throw new RejectedException("No bit " + bit);
            }
            results.emit(event.edit().set("from", event.processVersion() + " " + event.eventId()));
        }
    }

    /** Also takes version 2. */
    public static final class TwoToFour extends Link {
        public TwoToFour() {
            super("two-to-four", "2", "4");
        }

        @Override
        public void revise(Event event, Results results) {
            results.emit(event.edit());
        }
    }

    /** Goes back into the middle of the chain. */
    public static final class ThreeToTwo extends Link {
        public ThreeToTwo() {
            super("three-to-two", "3", "2");
        }

        @Override
        public void revise(Event event, Results results) {
            results.emit(event.edit());
        }
    }
}
