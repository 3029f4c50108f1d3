package io.backprocess.tools.chaos;

import io.backprocess.tools.stack.Failure;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The faults. Their order is a part of the schedule that a seed gives. */
enum Fault {
    KILL_TASKMANAGER,
    FREEZE_JOBMANAGER,
    DISK_FULL,
    DOWNTIME,
    KILL_BROKER,
    PAUSE,
    KILL_JOBMANAGER,
    TWICE,
    FREEZE_TASKMANAGER,
    DISK_READ_ONLY,
    KILL_ZOOKEEPER,
    CHECKPOINT_GONE,
    FREEZE_BROKER,
    FREEZE_ZOOKEEPER,
    INTERRUPTED_PAUSE,
    FOREIGN_TRANSACTION,
    SECOND_SUBMITTER;

    /** The faults that need a disk of their own for the checkpoints. */
    static final List<Fault> OF_THE_DISK = List.of(DISK_FULL, DISK_READ_ONLY);

    static Fault named(String name) {
        return Arrays.stream(values())
                .filter(fault -> fault.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> Failure.wrongUsage("unknown fault: " + name + "; --help lists them"));
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
