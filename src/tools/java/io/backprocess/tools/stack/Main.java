package io.backprocess.tools.stack;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The program of {@code scripts/stack}. */
public final class Main {
    private static final int WRONG_USAGE = 2;

    private Main() {}

    public static void main(String[] arguments) {
        Program.run("stack", () -> run(CommandLine.parse(List.of(arguments))));
    }

    private static int run(CommandLine line) throws IOException, InterruptedException {
        if (line.help) {
            System.out.print(Help.TEXT);
            return 0;
        }
        Project project = Project.ofWrapper();
        Place place = new Place(line.directory.isEmpty() ? project.defaultStack() : Project.absolute(line.directory));
        Stack stack = new Stack(project, place, System.out);
        switch (line.command) {
            case "up" -> stack.up(line.asked);
            case "down" -> stack.down(line.keepData);
            case "status" -> {
                return stack.status() ? 0 : 1;
            }
            case "logs" -> {
                return show(stack.log(line.name), line.follow);
            }
            case "kill" -> stack.kill(line.name);
            case "start" -> stack.start(line.name, line.taskManagerOptions);
            default -> {
                System.err.print(Help.TEXT);
                return WRONG_USAGE;
            }
        }
        return 0;
    }

    private static int show(Path log, boolean follow) throws IOException, InterruptedException {
        System.err.println(log);
        List<String> command = new ArrayList<>(List.of("tail", "-n", "100"));
        if (follow) {
            command.add("-f");
        }
        command.add(log.toString());
        Process tail = new ProcessBuilder(command).inheritIO().start();
        try {
            return tail.waitFor();
        } finally {
            tail.destroy();
        }
    }
}
