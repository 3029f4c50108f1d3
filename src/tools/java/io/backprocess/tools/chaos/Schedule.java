package io.backprocess.tools.chaos;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Decides which faults come when, by the seed and the list of faults alone. All faults are used before one is used again. */
record Schedule(int seed, List<Fault> faults) {
    static final int FAULTS_A_ROUND = 4;
    static final int TASK_MANAGERS = 3;

    /** A fault that comes some seconds after the one before, for some seconds; the number chooses between its variants. */
    record Entry(int after, Fault fault, int seconds, int number) {
        @Override
        public String toString() {
            return "%d %s %d %d".formatted(after, fault, seconds, number);
        }
    }

    List<Entry> round(int round) {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < FAULTS_A_ROUND; i++) {
            int place = round * FAULTS_A_ROUND + i;
            List<Fault> bag = shuffled(place / faults.size());
            Draws draws = new Draws(seed * 104_729L + place);
            int after = draws.below(6) + 2;
            int seconds = draws.below(14) + 2;
            int number = draws.below(TASK_MANAGERS) + 1;
            entries.add(new Entry(after, bag.get(place % faults.size()), seconds, number));
        }
        return entries;
    }

    /** Returns all faults in the turn's own order. */
    private List<Fault> shuffled(int turn) {
        Draws draws = new Draws(seed * 7919L + turn);
        List<Fault> bag = new ArrayList<>(faults);
        for (int i = bag.size() - 1; i > 0; i--) {
            Collections.swap(bag, i, draws.below(i + 1));
        }
        return bag;
    }

    /**
     * Random numbers as the RANDOM of bash 5.1 and later gives them: the minimal standard generator of Park and Miller. This
     * program was a shell script once, and the seeds that were noted then still give the same schedules.
     */
    static final class Draws {
        private static final int LARGEST = 32767;

        private long state;
        private int last;

        Draws(long seed) {
            state = seed % (LARGEST + 1);
        }

        int below(int bound) {
            int drawn;
            do {
                state = (state == 0 ? 123_459_876 : state) * 16_807 % Integer.MAX_VALUE;
                drawn = (int) (((state >> 16) ^ (state & 0xFFFF)) & LARGEST);
            } while (drawn == last);
            last = drawn;
            return drawn % bound;
        }
    }
}
