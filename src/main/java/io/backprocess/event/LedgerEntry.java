package io.backprocess.event;

/** A serialized ledger line on its way to Kafka. */
public final class LedgerEntry implements Publication {
    private final int partition;
    private final byte[] line;

    /**
     * @param partition the source partition that the line describes
     * @param line the line as UTF-8 JSON
     */
    public LedgerEntry(int partition, byte[] line) {
        this.partition = partition;
        this.line = line;
    }

    public int partition() {
        return partition;
    }

    public byte[] line() {
        return line;
    }
}
