package io.backprocess.verify;

/** The result of one partition and what was found in it, as it travels from a subtask to the command. */
public final class PartitionReport {
    private final PartitionResult result;
    private final Findings findings;
    private final Unknowns unknowns;

    PartitionReport(PartitionResult result, Findings findings, Unknowns unknowns) {
        this.result = result;
        this.findings = findings;
        this.unknowns = unknowns;
    }

    public static PartitionReport read(byte[] written) {
        return StateBytes.read(written, in -> {
            PartitionReport report =
                    new PartitionReport(StateJson.read(in, PartitionResult.class), new Findings(), new Unknowns());
            report.findings.resume(in);
            report.unknowns.resume(in);
            return report;
        });
    }

    public byte[] write() {
        return StateBytes.of(out -> {
            StateJson.write(result, out);
            findings.write(out);
            unknowns.write(out);
        });
    }

    public int partition() {
        return result.partition();
    }

    /** Tells whether nothing is wrong, unknown or still to come. */
    public boolean isClean() {
        return findings.total() == 0 && unknowns.all().isEmpty() && result.awaited() == Long.MAX_VALUE;
    }

    /** Adds what was found in the partition to what was found elsewhere, and returns the partition's result. */
    PartitionResult addTo(Evidence.Found found) {
        found.findings().addAll(findings);
        found.unknowns().addAll(unknowns);
        return result;
    }
}
