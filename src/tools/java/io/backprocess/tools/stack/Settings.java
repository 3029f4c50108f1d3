package io.backprocess.tools.stack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The settings of one stack. Only its file and the options of {@code up} set them, never the environment. */
public final class Settings {
    private final Map<Setting, String> values = new EnumMap<>(Setting.class);

    /** Returns the settings that the file holds, or nothing if there is no such file. Unknown lines are skipped. */
    static Optional<Settings> read(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        Settings settings = new Settings();
        for (String line : Files.readAllLines(file)) {
            int equals = line.indexOf('=');
            String name = line.substring(0, Math.max(equals, 0));
            Arrays.stream(Setting.values())
                    .filter(setting -> setting.name().equals(name))
                    .forEach(setting -> settings.set(setting, line.substring(equals + 1)));
        }
        return Optional.of(settings);
    }

    void write(Path file) throws IOException {
        List<String> lines = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            lines.add(setting + "=" + get(setting));
        }
        Files.write(file, lines);
    }

    /** Returns the value of a setting; an empty string if it has none. */
    public String get(Setting setting) {
        return values.getOrDefault(setting, "");
    }

    public int number(Setting setting) {
        return Integer.parseInt(get(setting));
    }

    public boolean yes(Setting setting) {
        return get(setting).equals("yes");
    }

    boolean has(Setting setting) {
        return !get(setting).isEmpty();
    }

    void set(Setting setting, String value) {
        values.put(setting, value);
    }

    void set(Setting setting, int value) {
        set(setting, Integer.toString(value));
    }

    void setIfMissing(Setting setting, String value) {
        if (!has(setting)) {
            set(setting, value);
        }
    }

    /** Returns the names of the processes, each after the processes that it needs. */
    List<String> components() {
        List<String> names = new ArrayList<>();
        if (yes(Setting.HA)) {
            names.add("zookeeper");
        }
        names.add("broker");
        names.add("jobmanager");
        for (int n = 1; n <= number(Setting.TASK_MANAGERS); n++) {
            names.add("taskmanager-" + n);
        }
        if (yes(Setting.MONITORING)) {
            names.add("alertmanager");
            names.add("prometheus");
        }
        return names;
    }

    /** Returns the name of the process that the user means. */
    String component(String name) {
        switch (name) {
            case "taskmanager" -> {
                return "taskmanager-1";
            }
            case "zookeeper" -> needs(Setting.HA, name);
            case "prometheus", "alertmanager" -> needs(Setting.MONITORING, name);
            default -> {
                if (!name.matches("broker|jobmanager|taskmanager-[1-9][0-9]?")) {
                    throw Failure.wrongUsage("unknown name: " + name
                            + "; one of broker, jobmanager, taskmanager[-N], zookeeper, prometheus, alertmanager");
                }
            }
        }
        return name;
    }

    private void needs(Setting setting, String name) {
        if (!yes(setting)) {
            throw Failure.wrongUsage("this stack has no " + name + ": it was started without " + setting.option);
        }
    }
}
