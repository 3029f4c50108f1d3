package io.backprocess.cli.options;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.envelope.Envelope;
import io.backprocess.kafka.KafkaClients;
import io.backprocess.registry.Schemas;
import io.backprocess.upsert.ResultTable;
import io.backprocess.upsert.TableAudit;
import io.backprocess.verify.table.Selection;
import io.backprocess.verify.table.TableVerifier;
import java.math.BigDecimal;
import java.nio.file.Path;
import org.apache.flink.configuration.MemorySize;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options for comparing the table of a batch with its results. */
public final class TableOptions {
    /** The part of the heap that a pass takes. The rest is for reading, and for what is not counted. */
    private static final double HEAP = 0.4;

    @Option(
            names = "--table",
            description = {
                "Also compare the table of --upsert-jdbc with the results, row by row. This needs the right to SELECT only.",
                "A row that is missing, altered or older than its result is a finding. Of a row that is newer than its"
                        + " results, or",
                "that no result has written, it cannot tell."
            })
    private boolean table;

    @Option(
            names = "--table-sample",
            paramLabel = "PERCENT",
            description = "For --table: compare only so many of the keys, chosen by their hash.")
    private @Nullable BigDecimal sample;

    @Option(
            names = "--table-keys",
            paramLabel = "FROM..TO",
            description = "For --table: compare only rows whose key, or its first column, is between these two.")
    private @Nullable String keys;

    @Option(
            names = "--table-shared",
            description = "For --table: other programs have rows of their own in the table, so do not count them.")
    private boolean shared;

    @Option(
            names = "--table-login",
            paramLabel = "FILE",
            description = {
                "For --table: YAML file with url, user, and password-file or password-env, for example of a user who may"
                        + " only read.",
                "What it leaves out is that of the plan."
            })
    private @Nullable Path login;

    @Option(
            names = "--table-memory",
            paramLabel = "SIZE",
            converter = ExecutionOptions.FlinkMemorySize.class,
            description = {
                "For --table: memory for the rows of one pass over the result topic (default: 40 %% of the heap).",
                "With less memory there are more passes."
            })
    private @Nullable MemorySize memory;

    public boolean isGiven() {
        return table;
    }

    /** @throws BatchException usage, when the options do not fit together */
    public void check() {
        if (!table && (sample != null || keys != null || shared || login != null || memory != null)) {
            throw BatchException.usage("%s needs --table; add --table"
                    .formatted(
                            sample != null
                                    ? "--table-sample"
                                    : keys != null
                                            ? "--table-keys"
                                            : shared
                                                    ? "--table-shared"
                                                    : login != null ? "--table-login" : "--table-memory"));
        }
        if (sample != null && (sample.signum() <= 0 || sample.compareTo(BigDecimal.valueOf(100)) > 0)) {
            throw BatchException.usage(
                    "--table-sample %s is not more than 0 and at most 100".formatted(sample.toPlainString()));
        }
        if (keys != null && !keys.matches("(?s).+\\.\\..+")) {
            throw BatchException.usage("--table-keys '%s' is not FROM..TO, for example 1000..1999".formatted(keys));
        }
    }

    /**
     * Connects to the table of a batch.
     *
     * @param drivers the class loader that finds JDBC drivers
     * @throws BatchException usage, when the batch has no table; unreachable, when the database does not answer
     */
    public TableAudit open(BatchPlan plan, KafkaClients kafka, ClassLoader drivers) {
        ResultTable planned = ResultTable.of(plan.spec())
                .orElseThrow(() -> BatchException.usage(
                        "%s writes to no table (it has no --upsert-jdbc), so there is nothing to compare; leave --table out"
                                .formatted(plan.spec().batchId())));
        ResultTable seen = login == null ? planned : planned.withLogin(login);
        TableAudit audit =
                seen.audit(Envelope.of(plan).reading(Schemas.of(plan, kafka)).mapping(), drivers);
        if (keys == null) {
            return audit;
        }
        int dots = keys.indexOf("..", 1);
        return audit.only(keys.substring(0, dots), keys.substring(dots + 2));
    }

    public TableVerifier verifier(BatchPlan plan, KafkaClients kafka, TableAudit audit) {
        BigDecimal percent = sample == null ? Selection.ALL.percent() : sample;
        long bytes = memory == null ? (long) (Runtime.getRuntime().maxMemory() * HEAP) : Math.max(1, memory.getBytes());
        return new TableVerifier(plan, kafka, audit, new Selection(percent, keys, !shared), bytes);
    }
}
