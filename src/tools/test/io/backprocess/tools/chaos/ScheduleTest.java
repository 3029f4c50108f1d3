package io.backprocess.tools.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScheduleTest {
    private static final List<Fault> ALL = List.of(Fault.values());

    /** The schedules of the shell script that this program replaces, by bash 5.2. */
    @ParameterizedTest
    @CsvSource({
        "1, 0, 6 checkpoint-gone 7 3; 3 freeze-jobmanager 10 1; 3 freeze-taskmanager 7 3; 6 freeze-broker 2 1",
        "1, 5, 3 freeze-broker 11 3; 3 kill-taskmanager 15 3; 6 freeze-taskmanager 9 3; 3 freeze-jobmanager 10 2",
        "7, 1, 2 freeze-broker 12 3; 3 foreign-transaction 11 2; 7 second-submitter 4 3; 6 kill-broker 4 2",
        "182, 0, 2 freeze-zookeeper 4 1; 3 second-submitter 15 3; 3 interrupted-pause 4 2; 6 foreign-transaction 13 3",
        "20261129, 9, 7 second-submitter 13 3; 5 downtime 14 2; 4 disk-read-only 7 3; 7 freeze-broker 15 3",
    })
    void givesTheScheduleOfTheSeed(int seed, int round, String schedule) {
        assertThat(new Schedule(seed, ALL)
                        .round(round).stream().map(Schedule.Entry::toString).collect(Collectors.joining("; ")))
                .isEqualTo(schedule);
    }

    @Test
    void usesAllFaultsBeforeOneIsUsedAgain() {
        Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
        Schedule schedule = new Schedule(3, ALL);
        for (int round = 0; round < ALL.size(); round++) {
            schedule.round(round).forEach(entry -> counts.merge(entry.fault(), 1, Integer::sum));
        }

        assertThat(counts).hasSize(ALL.size()).allSatisfy((fault, count) -> assertThat(count)
                .isEqualTo(Schedule.FAULTS_A_ROUND));
    }
}
