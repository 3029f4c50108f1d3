package io.backprocess.upsert;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchSpec;
import io.backprocess.event.EnvelopeMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The table that a batch's results also go to: its definition, its password, and whether it is ready. */
public final class ResultTable {
    private final UpsertDefinition definition;

    private ResultTable(UpsertDefinition definition) {
        this.definition = definition;
    }

    /**
     * Reads the definition in a file.
     *
     * @throws BatchException usage, when the file cannot be read or the definition is not valid
     */
    public static ResultTable read(Path file) {
        try {
            return new ResultTable(UpsertDefinition.read(file.toString(), Files.readString(file)));
        } catch (IOException e) {
            throw BatchException.usage("--upsert-jdbc %s cannot be read: %s".formatted(file, e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw BatchException.usage(String.valueOf(e.getMessage()));
        }
    }

    /** Returns the table of a plan; empty when its results go to no table. */
    public static Optional<ResultTable> of(BatchSpec spec) {
        try {
            return Optional.ofNullable(spec.upsert())
                    .map(text -> new ResultTable(UpsertDefinition.read("the plan of " + spec.batchId(), text)));
        } catch (IllegalArgumentException e) {
            throw BatchException.failed("%s; this version cannot run the batch".formatted(e.getMessage()), e);
        }
    }

    /** Returns the password; empty when there is no table, or when it needs no password. */
    public static String password(BatchSpec spec) {
        return of(spec).map(ResultTable::password).orElse("");
    }

    /**
     * Returns everything that prevents a batch from writing its rows, each with what to do.
     *
     * @param drivers the class loader that finds JDBC drivers
     * @throws BatchException unreachable, when the database does not answer
     */
    public static List<String> problems(BatchSpec spec, Duration transactionTimeout, ClassLoader drivers) {
        return of(spec).map(table -> table.problems(transactionTimeout, drivers))
                .orElse(List.of());
    }

    public UpsertDefinition definition() {
        return definition;
    }

    /** @param mapping where results keep the parts of an envelope */
    public TableWriter writer(String batchId, String command, EnvelopeMapping mapping, ClassLoader drivers) {
        return new TableWriter(definition, password(), batchId, command, mapping, drivers);
    }

    /**
     * Returns the table as another user sees it, or another address.
     *
     * @param file the YAML file with what differs from the definition: url, user, password-file or password-env
     * @throws BatchException usage, when the file cannot be read or is not valid
     */
    public ResultTable withLogin(Path file) {
        try {
            return new ResultTable(
                    definition.with(LoginReader.read(file.toString(), Files.readString(file), definition.login())));
        } catch (IOException e) {
            throw BatchException.usage("--table-login %s cannot be read: %s".formatted(file, e.getMessage()));
        } catch (IllegalArgumentException e) {
            throw BatchException.usage(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Opens the table for a comparison with its results.
     *
     * @param mapping where results keep the parts of an envelope, and how their values are read
     */
    public TableAudit audit(EnvelopeMapping mapping, ClassLoader drivers) {
        return new TableAudit(definition, password(), mapping, drivers);
    }

    public String password() {
        return password(System.getenv());
    }

    public String password(Map<String, String> environment) {
        if (definition.login().passwordFile() != null) {
            try {
                return Files.readString(Path.of(definition.login().passwordFile()))
                        .lines()
                        .findFirst()
                        .orElse("");
            } catch (IOException | InvalidPathException e) {
                throw BatchException.usage("the password-file of --upsert-jdbc, %s, cannot be read: %s"
                        .formatted(
                                definition.login().passwordFile(), e.getClass().getSimpleName()));
            }
        }
        if (definition.login().passwordEnv() == null) {
            return "";
        }
        String password = environment.get(definition.login().passwordEnv());
        if (password == null) {
            throw BatchException.usage("the password-env of --upsert-jdbc, %s, is not set; export it"
                    .formatted(definition.login().passwordEnv()));
        }
        return password;
    }

    private List<String> problems(Duration transactionTimeout, ClassLoader drivers) {
        List<String> problems = new ArrayList<>();
        if (definition.retryFor().compareTo(transactionTimeout) >= 0) {
            problems.add(
                    "retry-for %s s is not shorter than --transaction-timeout %s s; Kafka would abort the transaction that waits for the database"
                            .formatted(definition.retryFor().toSeconds(), transactionTimeout.toSeconds()));
        }
        try {
            problems.addAll(TableCheck.problems(definition, password(), drivers));
        } catch (UpsertException e) {
            problems.add(String.valueOf(e.getMessage()));
        } catch (TableCheck.UnreachableException e) {
            throw BatchException.unreachable(
                    "%s; a batch checks the database from here before it starts: run this where the database can be reached"
                            .formatted(e.getMessage()),
                    e);
        }
        return problems;
    }
}
