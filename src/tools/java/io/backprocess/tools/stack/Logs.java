package io.backprocess.tools.stack;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The logs of a stack's processes, and what can be read from them. */
final class Logs {
    private static final int END_BYTES = 64 * 1024;
    private static final Pattern LEADERSHIP = Pattern.compile(
            "^\\{\"Timestamp\":\"([^\"]*)\".*(?:leadership|Connection to ZooKeeper)", Pattern.CASE_INSENSITIVE);

    private final Place place;

    Logs(Place place) {
        this.place = place;
    }

    /** Returns the log that has the process's messages. Prometheus and Alertmanager log to their standard error. */
    Path of(String name) throws IOException {
        Path log = place.log(name + ".log");
        if (Files.notExists(log)) {
            throw new Failure("there is no log of " + name + " in " + log.getParent());
        }
        return Files.size(log) > 0 ? log : place.log(name + ".out");
    }

    /** Tells whether the log of a process holds the text after the first bytes. */
    boolean has(String name, String text, long after) throws IOException {
        return textFrom(place.log(name + ".log"), after).contains(text);
    }

    /** Returns the ends of a process's two logs, as an answer to the question why it does not run. */
    String ends(String name) throws IOException {
        StringBuilder ends = new StringBuilder();
        for (Path file : List.of(place.log(name + ".out"), place.log(name + ".log"))) {
            if (Files.exists(file) && Files.size(file) > 0) {
                List<String> lines =
                        textFrom(file, Files.size(file) - END_BYTES).lines().toList();
                ends.append("--- end of ").append(file).append('\n');
                lines.stream().skip(Math.max(0, lines.size() - 15)).forEach(line -> ends.append(line)
                        .append('\n'));
            }
        }
        return ends.toString();
    }

    /** Returns the time of the JobManager's last line about its leadership. */
    String lastWordOnLeadership() throws IOException {
        Path log = place.log("jobmanager.log");
        if (Files.notExists(log)) {
            return "its start";
        }
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            Optional<String> last = lines.map(LEADERSHIP::matcher)
                    .filter(Matcher::find)
                    .map(line -> line.group(1))
                    .reduce((earlier, later) -> later);
            return last.orElse("its start");
        }
    }

    private static String textFrom(Path file, long from) throws IOException {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            log.seek(Math.max(0, from));
            byte[] bytes = new byte[(int) Math.max(0, log.length() - log.getFilePointer())];
            log.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }
}
