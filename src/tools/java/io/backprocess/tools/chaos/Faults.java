package io.backprocess.tools.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Causes the faults of one round. Each fault has a duration in seconds, and a number from 1 to 3 that chooses its variant. */
final class Faults {
    private final Cluster cluster;
    private final Disk disk;
    private final Journal journal;
    private final Operator operator;
    private final Transactions transactions;
    private final Path pauseBegun;

    Faults(Cluster cluster, Disk disk, Journal journal, Operator operator, Transactions transactions, Path pauseBegun) {
        this.cluster = cluster;
        this.disk = disk;
        this.journal = journal;
        this.operator = operator;
        this.transactions = transactions;
        this.pauseBegun = pauseBegun;
    }

    void breakIt(Fault fault, int seconds, int number) throws IOException, InterruptedException {
        switch (fault) {
            case KILL_TASKMANAGER -> cluster.kill("taskmanager-" + number, seconds);
            case KILL_JOBMANAGER -> cluster.kill("jobmanager", seconds);
            case KILL_BROKER -> cluster.kill("broker", seconds);
            case KILL_ZOOKEEPER -> cluster.kill("zookeeper", seconds);
            case FREEZE_TASKMANAGER -> cluster.freeze("taskmanager-" + number, seconds);
            case FREEZE_JOBMANAGER -> cluster.freeze("jobmanager", seconds);
            case FREEZE_BROKER -> cluster.freeze("broker", seconds);
            case FREEZE_ZOOKEEPER -> cluster.freeze("zookeeper", seconds);
            case DISK_FULL -> fillDisk(seconds);
            case DISK_READ_ONLY -> makeDiskReadOnly(seconds);
            case CHECKPOINT_GONE -> deleteCheckpoint(seconds, number);
            case PAUSE -> pause(seconds, number);
            case INTERRUPTED_PAUSE -> interruptPause(seconds, number);
            case TWICE -> startTwice(number);
            case SECOND_SUBMITTER ->
                transactions.submitTwice(operator.batch().another("race-" + journal.round() + "-" + journal.seconds()));
            case FOREIGN_TRANSACTION -> transactions.hangAnother(operator.batch(), seconds, number);
            case DOWNTIME -> transactions.outlast(operator);
        }
    }

    private void fillDisk(int seconds) throws IOException, InterruptedException {
        disk.fill();
        try {
            Thread.sleep(seconds * 1000L);
        } finally {
            disk.empty();
        }
    }

    private void makeDiskReadOnly(int seconds) throws IOException, InterruptedException {
        // While a checkpoint is being written, the disk cannot be made read-only.
        for (int tries = 0; tries < 50 && !disk.makeReadOnly(); tries++) {
            Thread.sleep(100);
        }
        try {
            Thread.sleep(seconds * 1000L);
        } finally {
            disk.makeWritable();
        }
    }

    /**
     * Deletes the newest checkpoint. Flink goes on from an older one or makes a new one. If a TaskManager dies at once, Flink
     * would have to go on from the deleted one.
     */
    private void deleteCheckpoint(int seconds, int number) throws IOException, InterruptedException {
        Optional<String> newest = operator.deleteNewestCheckpoint();
        if (newest.isPresent()) {
            journal.note("  deleted " + newest.get());
            if (number % 2 == 1) {
                cluster.kill("taskmanager-" + number, seconds);
            }
        }
    }

    private void pause(int seconds, int number) throws IOException, InterruptedException {
        if (operator.batch().command("pause").succeeded()) {
            Thread.sleep(seconds * 1000L);
            operator.batch().resume("--parallelism", "" + number, "--detached");
        }
    }

    /**
     * Starts the batch by two commands at once. While it runs, both are refused. If it was paused before, one may go on, but
     * not both.
     */
    private void startTwice(int number) throws IOException, InterruptedException {
        Batch batch = operator.batch();
        List<String> start = number % 2 == 1 && batch.command("pause").succeeded()
                ? batch.resumeArguments("--detached")
                : batch.detachedRunArguments();
        Transactions.Codes codes = transactions.both(start, start);
        journal.note("  exit codes of " + start.get(0) + ": " + codes);
        if (codes.one() == 0 && codes.other() == 0 && !batch.isCompleted()) {
            batch.violation("both of two starts succeeded");
        }
    }

    /**
     * Interrupts a pause that has its savepoint but has not noted it: in turns, the JobManager or the command is killed as soon
     * as the savepoint is complete.
     */
    private void interruptPause(int seconds, int number) throws IOException, InterruptedException {
        Files.deleteIfExists(pauseBegun);
        Files.createFile(pauseBegun);
        Backprocess.Running pause = operator.batch().startPause();
        for (int tries = 0; tries < 1200 && pause.runs() && !disk.hasSavepointSince(pauseBegun); tries++) {
            Thread.sleep(50);
        }
        if (number % 2 == 1) {
            cluster.kill("jobmanager", seconds);
            Backprocess.Answer answer = pause.end();
            if (!answer.succeeded()) {
                journal.note("  the pause ended with " + answer.code());
            }
        } else {
            pause.kill();
            pause.end();
            journal.note("  the pause was killed");
            Thread.sleep(seconds * 1000L);
        }
    }
}
