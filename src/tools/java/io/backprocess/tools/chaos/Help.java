package io.backprocess.tools.chaos;

/** The text that {@code scripts/chaos --help} prints. */
final class Help {
    static final String TEXT = """
            Runs batches over dirty histories, one after the other, and breaks something every few seconds. Processes are killed or stopped, the
            disk of the checkpoints is full or read-only, checkpoints are deleted, the batch is paused and moved, the pause is interrupted. The
            batch is started twice, planned with two specifications at once, or is down for longer than Kafka keeps its transactions. Another
            producer dies in its transaction. In between the script acts as an operator: it starts processes that were killed and JobManagers
            without leadership, resumes failed batches, and repairs lost results. Each completed batch is judged, byte for byte. Starting a batch
            over is a violation, unless its newest checkpoint was deleted and no other was completed since.

              scripts/chaos [options]
              --minutes M      begin no further round after M minutes (default 5)
              --seed S         the seed of the histories and of the schedule of faults (default 1): the same seed gives the same schedule
              --events N       records of a round (default 120000)
              --faults "A B"   use only these faults (default: all)
              --envelopes "A B"  the envelopes of the histories: backprocess (default), shop-orders, or both; the rounds take turns
              --table FILE     write the table there too, as Markdown
              --keep           leave the stack running at the end
              --kafka-port P   the broker's port (default 29192)
              --flink-port P   Flink's (default 28181)

            Faults: kill-K and freeze-K for K = taskmanager jobmanager broker zookeeper; disk-full disk-read-only checkpoint-gone pause
            interrupted-pause twice second-submitter foreign-transaction downtime. The two disk faults mount a small tmpfs and need root; without
            root they are left out, and the script says so.

            The script has its own directory ($BACKPROCESS_STACK_DIR or .stack-chaos). Exit codes: 0 all right, 1 a violation, 2 wrong usage.
            """;

    private Help() {}
}
