package io.backprocess.tools.chaos;

import io.backprocess.tools.stack.Failure;
import io.backprocess.tools.stack.Project;
import io.backprocess.tools.stack.Words;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The options of {@code scripts/chaos}. */
final class Options {
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,7}");

    int minutes = 5;
    int seed = 1;
    int events = 120_000;
    List<Fault> faults = List.of(Fault.values());
    /** The histories of the rounds, which take turns. */
    List<History> histories = List.of(History.BACKPROCESS);

    Optional<Path> table = Optional.empty();
    boolean keep;
    int kafkaPort = 29192;
    int flinkPort = 28181;
    boolean help;

    private final List<String> arguments;
    private int next;

    private Options(List<String> arguments) {
        this.arguments = arguments;
    }

    static Options parse(List<String> arguments) {
        Options options = new Options(arguments);
        while (options.next < arguments.size() && !options.help) {
            options.take(arguments.get(options.next++));
        }
        return options;
    }

    /** Returns the seed of a round's history. */
    long historySeed(int round) {
        return seed * 1000L + round;
    }

    History history(int round) {
        return histories.get(round % histories.size());
    }

    private void take(String option) {
        switch (option) {
            case "-h", "--help" -> help = true;
            case "--minutes" -> minutes = number(option);
            case "--seed" -> seed = number(option);
            case "--events" -> events = number(option);
            case "--faults" ->
                faults = Words.of(value(option)).stream().map(Fault::named).toList();
            case "--envelopes" ->
                histories = Words.of(value(option)).stream().map(History::named).toList();
            case "--table" -> table = Optional.of(Project.absolute(value(option)));
            case "--keep" -> keep = true;
            case "--kafka-port" -> kafkaPort = number(option);
            case "--flink-port" -> flinkPort = number(option);
            default -> throw Failure.wrongUsage("unknown option: " + option + "; --help lists them");
        }
        if (faults.isEmpty()) {
            throw Failure.wrongUsage("--faults needs at least one fault");
        }
        if (histories.isEmpty()) {
            throw Failure.wrongUsage("--envelopes needs at least one envelope");
        }
    }

    private String value(String option) {
        if (next == arguments.size()) {
            throw Failure.wrongUsage(option + " needs a value");
        }
        return arguments.get(next++);
    }

    private int number(String option) {
        String value = value(option);
        if (!NUMBER.matcher(value).matches()) {
            throw Failure.wrongUsage("%s needs a number, not '%s'".formatted(option, value));
        }
        return Integer.parseInt(value);
    }
}
