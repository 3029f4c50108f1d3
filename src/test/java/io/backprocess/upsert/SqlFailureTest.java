package io.backprocess.upsert;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.BatchUpdateException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlFailureTest {
    @ParameterizedTest
    @CsvSource({
        "22001, 0, REFUSED", // too long
        "23505, 0, REFUSED", // unique
        "21000, 0, REFUSED", // the same row twice, where the driver makes one statement of many
        "45000, 1644, REFUSED", // a trigger of MariaDB
        "P0001, 0, REFUSED", // one of PostgreSQL
        "HY000, 1366, REFUSED", // no such character
        "08006, 0, PASSING", // connection
        "57P01, 0, PASSING", // shut down
        "53300, 0, PASSING", // too many connections
        "40P01, 0, PASSING", // deadlock
        "40001, 1213, PASSING",
        "HY000, 1205, PASSING", // lock wait
        "42000, 1226, PASSING", // the user's share is used up
        "25006, 0, PASSING", // read-only, after a fail-over
        "28P01, 0, DEFINITION", // password
        "28000, 1045, DEFINITION",
        "42P01, 0, DEFINITION", // no such table
        "42S22, 1054, DEFINITION", // no such column
        "3D000, 0, DEFINITION", // no such database
        "XX000, 0, UNKNOWN",
        "HY000, 1364, UNKNOWN",
    })
    void tellsWhatAFailureMeans(String state, int code, SqlFailure failure) {
        assertThat(SqlFailure.of(new SQLException("words", state, code))).isEqualTo(failure);
    }

    @Test
    void looksBelowABatch() {
        BatchUpdateException batch = new BatchUpdateException("Batch entry 3 was aborted", null, 0, new int[0]);
        batch.setNextException(new SQLException("(conn=17) Duplicate entry", "23000", 1062));

        assertThat(SqlFailure.of(batch)).isEqualTo(SqlFailure.REFUSED);
        assertThat(SqlFailure.words(batch)).isEqualTo("Duplicate entry");
    }

    @Test
    void takesSilenceForALostConnection() {
        assertThat(SqlFailure.of(new SQLException("gone"))).isEqualTo(SqlFailure.PASSING);
    }
}
