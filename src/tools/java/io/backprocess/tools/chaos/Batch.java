package io.backprocess.tools.chaos;

import io.backprocess.tools.chaos.Judge.Order;
import io.backprocess.tools.chaos.Judge.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;

/** One batch over one topic, and the commands about it. */
final class Batch {
    static final int RATE = 1200;
    static final List<String> PACE = List.of("--max-rate", "" + RATE, "--checkpoint-interval", "2s");
    private static final int SHOWN = 3;

    private final Backprocess backprocess;
    private final Judge.Topics topics;
    private final Journal journal;
    private final History history;
    final String topic;
    final String id;
    /** The order that the records must have. After a repair it is any, because lost records are written at the end. */
    Order order = Order.IN_ORDER;

    Batch(Backprocess backprocess, Judge.Topics topics, Journal journal, History history, String topic, String id) {
        this.backprocess = backprocess;
        this.topics = topics;
        this.journal = journal;
        this.history = history;
        this.topic = topic;
        this.id = id;
    }

    /** Returns the same batch under a new id. */
    Batch again() {
        return new Batch(backprocess, topics, journal, history, topic, id + "-again");
    }

    /** Returns another batch, over another topic of the same name. */
    Batch another(String name) {
        return new Batch(backprocess, topics, journal, history, name, name);
    }

    /** Makes the history; the same seed makes the same one. */
    boolean sample(int events, long seed) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("sample", "--topic", topic));
        arguments.addAll(history.envelope(backprocess.project()));
        arguments.addAll(List.of("--events", "" + events, "--seed", "" + seed, "--execute"));
        return backprocess.run(arguments).succeeded();
    }

    List<String> runArguments(List<String> more) {
        List<String> arguments = new ArrayList<>(List.of("run", "--source-topic", topic, "--batch-id", id));
        arguments.addAll(List.of("--from", "earliest", "--from-version", "1"));
        arguments.addAll(history.logic(backprocess.project()));
        arguments.addAll(more);
        return arguments;
    }

    List<String> detachedRunArguments() {
        return runArguments(with(PACE, "--detached"));
    }

    void begin() throws IOException, InterruptedException {
        backprocess.run(detachedRunArguments());
    }

    /** Runs a command about this batch. */
    Backprocess.Answer command(String name, String... more) throws IOException, InterruptedException {
        return backprocess.run(arguments(name, List.of(more)));
    }

    List<String> resumeArguments(String... more) {
        return arguments("resume", with(PACE, more));
    }

    Backprocess.Answer resume(String... more) throws IOException, InterruptedException {
        return backprocess.run(resumeArguments(more));
    }

    Backprocess.Running startPause() throws IOException {
        return backprocess.start(arguments("pause", List.of()));
    }

    private List<String> arguments(String name, List<String> more) {
        List<String> arguments = new ArrayList<>(List.of(name, "--batch-id", id));
        arguments.addAll(more);
        return arguments;
    }

    private static List<String> with(List<String> some, String... more) {
        return Stream.concat(some.stream(), Stream.of(more)).toList();
    }

    /** Returns the state; an empty string if it is not known at the moment. */
    String state() throws IOException, InterruptedException {
        return backprocess.json("status", "--batch-id", id).path("state").asText();
    }

    boolean isCompleted() throws IOException, InterruptedException {
        return state().equals("completed");
    }

    /** Returns the transactional ids of the batch's open transactions, or nothing if Kafka cannot tell. */
    List<String> openTransactions() throws IOException, InterruptedException {
        return backprocess
                .json("abandon", "--batch-id", id)
                .path("transactions")
                .findValuesAsText("transactionalId");
    }

    /** Tells whether Kafka answers that the batch has no open transaction. */
    boolean hasNoOpenTransaction() throws IOException, InterruptedException {
        var transactions = backprocess.json("abandon", "--batch-id", id).path("transactions");
        return transactions.isArray() && transactions.isEmpty();
    }

    /** Lets the judge and {@code verify} say whether the batch is right. */
    void judge() throws IOException, InterruptedException {
        Verdict verdict;
        try {
            verdict = Judge.judge(topics, history, topic, id, order);
        } catch (KafkaException e) {
            verdict = new Verdict(false, List.of(e.toString()));
        }
        verdict.lines().forEach(journal::say);
        if (!verdict.right()) {
            violation("the judge says: " + verdict.lines().stream().limit(SHOWN).collect(Collectors.joining(";")));
        }
        if (!command("verify").succeeded()) {
            violation("verify does not call it complete");
        }
    }

    void violation(String what) {
        journal.violation(id, what);
    }
}
