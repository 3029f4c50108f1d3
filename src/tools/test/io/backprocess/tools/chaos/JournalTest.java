package io.backprocess.tools.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class JournalTest {
    @Test
    void writesWhatWasBrokenAndWhatCameOfIt() {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        Journal journal = new Journal(
                Options.parse(List.of("--minutes", "2", "--seed", "7", "--events", "300")),
                new PrintStream(printed, true, StandardCharsets.UTF_8));

        journal.heading("round 0");
        journal.beginRound(0);
        journal.count(Fault.PAUSE);
        journal.count(Fault.PAUSE);
        journal.endRound(0, 0, List.of(Fault.PAUSE, Fault.PAUSE), 1, 0, 0);
        journal.beginRound(1);
        journal.violation("chaos-1", "is wrong");
        journal.endRound(0, 0, List.of(), 0, 1, 2);

        assertThat(printed.toString(StandardCharsets.UTF_8))
                .isEqualTo("\n== round 0\n     0 s  VIOLATION: chaos-1: is wrong\n");
        assertThat(journal.violations()).isEqualTo(1);
        assertThat(journal.table(List.of(Fault.PAUSE, Fault.TWICE))).isEqualTo("""
                        # What the batches were put through

                        Written by `scripts/chaos`, which says what each fault is and how a batch is judged. To repeat it:

                            scripts/chaos --minutes 2 --seed 7 --events 300

                        | round | records | seconds | faults | resumed | repaired | started over | violations |
                        |---:|---:|---:|---|---:|---:|---:|---:|
                        | 0 | 300 | 0 | pause pause | 1 | 0 | 0 | 0 |
                        | 1 | 300 | 0 |  | 0 | 1 | 2 | 1 |

                        | fault | times |
                        |---|---:|
                        | pause | 2 |
                        | twice | 0 |

                        Seed 7: 2 rounds, 600 records, 0 minutes, 1 violations.
                        - round 1, chaos-1: is wrong
                        """);
    }

    @Test
    void saysWhichEnvelopesTheHistoriesHad() {
        Journal journal = new Journal(
                Options.parse(List.of("--envelopes", "backprocess shop-orders")),
                new PrintStream(new ByteArrayOutputStream()));

        journal.beginRound(1);
        journal.endRound(0, 0, List.of(Fault.PAUSE), 0, 0, 0);

        assertThat(journal.table(List.of(Fault.PAUSE)))
                .contains(
                        "scripts/chaos --minutes 5 --seed 1 --events 120000 --envelopes \"backprocess shop-orders\"\n",
                        "| 1 shop-orders | 120000 | 0 | pause | 0 | 0 | 0 | 0 |\n");
    }
}
