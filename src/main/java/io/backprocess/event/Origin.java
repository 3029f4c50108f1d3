package io.backprocess.event;

/**
 * The place where a record came from. Its text form, {@code orders/3/1234567}, is the value of the header {@code
 * backprocess.source}.
 */
public record Origin(String topic, int partition, long offset) {

    /** @throws IllegalArgumentException when the text is not {@code topic/partition/offset} */
    public static Origin parse(String text) {
        String[] parts = text.split("/", -1);
        if (parts.length != 3 || parts[0].isEmpty()) {
            throw new IllegalArgumentException("'" + text + "' is not topic/partition/offset");
        }
        try {
            return new Origin(parts[0], Integer.parseInt(parts[1]), Long.parseLong(parts[2]));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not topic/partition/offset", e);
        }
    }

    @Override
    public String toString() {
        return topic + "/" + partition + "/" + offset;
    }
}
