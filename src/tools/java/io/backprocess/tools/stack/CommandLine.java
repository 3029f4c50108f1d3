package io.backprocess.tools.stack;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The arguments of {@code scripts/stack}, as they were typed. */
final class CommandLine {
    private static final List<String> COMMANDS = List.of("up", "down", "status", "logs", "kill", "start");
    private static final List<String> COMMANDS_WITH_NAME = List.of("logs", "kill", "start");
    private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,4}");

    String command = "";
    String name = "";
    String directory = "";
    boolean help;
    boolean keepData;
    boolean follow;
    final Map<Setting, String> asked = new EnumMap<>(Setting.class);
    /** Lines of Flink's configuration, each as {@code KEY=VALUE}. */
    final List<String> taskManagerOptions = new ArrayList<>();

    private final List<String> arguments;
    private int next;

    private CommandLine(List<String> arguments) {
        this.arguments = arguments;
    }

    static CommandLine parse(List<String> arguments) {
        CommandLine line = new CommandLine(arguments);
        while (line.next < arguments.size() && !line.help) {
            line.take(arguments.get(line.next++));
        }
        if (!line.help && COMMANDS_WITH_NAME.contains(line.command) && line.name.isEmpty()) {
            throw Failure.wrongUsage(line.command
                    + " needs a name: broker, jobmanager, taskmanager[-N], zookeeper, prometheus" + " or alertmanager");
        }
        return line;
    }

    private void take(String argument) {
        if (argument.equals("-h") || argument.equals("--help")) {
            help = true;
        } else if (argument.equals("--dir")) {
            directory = value(argument);
        } else if (command.isEmpty()) {
            if (!COMMANDS.contains(argument)) {
                throw Failure.wrongUsage("unknown command: " + argument + "; scripts/stack --help lists them");
            }
            command = argument;
        } else if (!isOption(argument)) {
            if (argument.startsWith("-")) {
                throw Failure.wrongUsage(
                        "unknown option of " + command + ": " + argument + "; scripts/stack --help lists them");
            }
            takeName(argument);
        }
    }

    /** Takes the argument if it is an option of the command. */
    private boolean isOption(String argument) {
        switch (command + " " + argument) {
            case "up --kafka-port" -> asked.put(Setting.KAFKA_PORT, port(argument));
            case "up --flink-port" -> asked.put(Setting.FLINK_PORT, port(argument));
            case "up --task-managers" -> asked.put(Setting.TASK_MANAGERS, number(argument));
            case "up --slots" -> asked.put(Setting.SLOTS, number(argument));
            case "up --tm-memory" -> asked.put(Setting.TM_MEMORY, value(argument));
            case "up --ha" -> asked.put(Setting.HA, "yes");
            case "up --monitoring" -> asked.put(Setting.MONITORING, "yes");
            case "down --keep-data" -> keepData = true;
            case "logs -f" -> follow = true;
            case "start -D" -> taskManagerOptions.add(value(argument));
            default -> {
                return false;
            }
        }
        return true;
    }

    private void takeName(String argument) {
        if (!COMMANDS_WITH_NAME.contains(command)) {
            throw Failure.wrongUsage(command + " takes no argument: " + argument);
        }
        if (!name.isEmpty()) {
            throw Failure.wrongUsage("one name only: " + name + " or " + argument);
        }
        name = argument;
    }

    private String value(String option) {
        if (next == arguments.size()) {
            throw Failure.wrongUsage(option + " needs a value");
        }
        return arguments.get(next++);
    }

    private String number(String option) {
        String value = value(option);
        if (!NUMBER.matcher(value).matches()) {
            throw Failure.wrongUsage("%s needs a number, not '%s'".formatted(option, value));
        }
        return value;
    }

    private String port(String option) {
        String value = number(option);
        int port = Integer.parseInt(value);
        if (port < 1024 || port > 65535) {
            throw Failure.wrongUsage(option + " needs a port from 1024 to 65535, not " + value);
        }
        return value;
    }
}
