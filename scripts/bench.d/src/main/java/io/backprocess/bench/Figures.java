package io.backprocess.bench;

import java.util.List;
import java.util.Properties;

/** A count, and two independent sums that do not depend on the order. */
final class Figures {
    long count;
    long sum;
    long other;

    void add(long hash) {
        count++;
        sum += hash;
        other += Hashes.mix(hash ^ 0x9E3779B97F4A7C15L);
    }

    void add(Figures more) {
        count += more.count;
        sum += more.sum;
        other += more.other;
    }

    void put(Properties properties, String name) {
        properties.setProperty(name, count + " " + sum + " " + other);
    }

    static Figures of(Properties properties, String name) {
        String[] numbers = properties.getProperty(name).split(" ");
        Figures figures = new Figures();
        figures.count = Long.parseLong(numbers[0]);
        figures.sum = Long.parseLong(numbers[1]);
        figures.other = Long.parseLong(numbers[2]);
        return figures;
    }

    void compare(String topic, Figures found, List<String> wrong) {
        if (found.count != count) {
            wrong.add("%s has %d records, expected %d".formatted(topic, found.count, count));
        } else if (found.sum != sum || found.other != other) {
            wrong.add("%s has the right number of records, but not the right ones".formatted(topic));
        }
    }
}
