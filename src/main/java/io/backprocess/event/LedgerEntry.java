package io.backprocess.event;

/** A ledger line on its way to Kafka, already written out. */
public final class LedgerEntry implements Publication {
    private final int partition;
    private final byte[] line;

    /**
     * @param partition the source partition that the line is about
     * @param line UTF-8 JSON
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
