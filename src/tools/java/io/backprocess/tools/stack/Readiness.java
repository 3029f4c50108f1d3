package io.backprocess.tools.stack;

import java.io.IOException;

/** Waits until processes that were started do their work. */
final class Readiness {
    private static final long MINUTE = 60_000;
    private static final int POLL_MILLIS = 100;

    private final Place place;
    private final Settings settings;
    private final Processes processes;
    private final Logs logs;
    private final FlinkRest flink;

    Readiness(Place place, Settings settings, Processes processes) {
        this.place = place;
        this.settings = settings;
        this.processes = processes;
        this.logs = new Logs(place);
        this.flink = new FlinkRest(settings.number(Setting.FLINK_PORT));
    }

    void await(String name) throws IOException, InterruptedException {
        long until = System.currentTimeMillis() + MINUTE;
        while (System.currentTimeMillis() < until) {
            if (!processes.runs(name)) {
                throw notReady(name, name + " ended while it started");
            }
            if (ready(name)) {
                return;
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw notReady(name, name + " is not ready after a minute");
    }

    private boolean ready(String name) throws IOException {
        return switch (name) {
            case "zookeeper" -> Ports.answers(settings.number(Setting.ZOOKEEPER_PORT));
            case "broker" ->
                logged(name, "Kafka Server started") && Ports.brokerAnswers(settings.number(Setting.KAFKA_PORT));
            case "jobmanager" -> flink.get("/overview").isPresent();
            case "prometheus" -> answers(Setting.PROMETHEUS_PORT);
            case "alertmanager" -> answers(Setting.ALERTMANAGER_PORT);
            default -> logged(name, "Successful registration at resource manager");
        };
    }

    private boolean answers(Setting port) {
        return new FlinkRest(settings.number(port)).get("/-/ready").isPresent();
    }

    private boolean logged(String name, String text) throws IOException {
        return logs.has(name, text, processes.logSizeAtStart(name));
    }

    /** Returns when Flink knows all TaskManagers that run, and their slots. */
    void awaitSlots() throws IOException, InterruptedException {
        int expected = 0;
        for (String name : processes.started()) {
            if (name.startsWith("taskmanager-") && processes.runs(name)) {
                expected += settings.number(Setting.SLOTS);
            }
        }
        int slots = 0;
        long until = System.currentTimeMillis() + MINUTE;
        while (System.currentTimeMillis() < until) {
            slots = flink.overview("slots-total");
            if (slots >= expected) {
                return;
            }
            Thread.sleep(POLL_MILLIS);
        }
        throw notReady("jobmanager", "Flink has %d slots after a minute, expected %d".formatted(slots, expected));
    }

    private Failure notReady(String name, String message) throws IOException {
        System.err.print(logs.ends(name));
        return new Failure(message + "; see above and " + place.directory().resolve("log"));
    }
}
