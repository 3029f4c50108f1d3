package io.backprocess.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.batch.KeyGroups;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where partitions go that the topic gets after the plan was made. */
class AddedPartitionsTest {

    @ParameterizedTest
    @CsvSource({"1,1024", "3,1024", "4,1024", "5,1024", "64,1024", "100,2048", "1000,16384", "2048,32768"})
    void giveEachPartitionAGroupOfItsOwn(int planned, int groups) {
        KeyGroups keyGroups = new KeyGroups(planned, groups);

        Map<Integer, Integer> partitionOfKey = new HashMap<>();
        for (int partition = 0; partition < keyGroups.maxPartitions(); partition++) {
            Integer other = partitionOfKey.put(keyGroups.keyOfPartition(partition), partition);
            assertThat(other).as("the key of partition %d", partition).isNull();
        }

        assertThat(keyGroups.maxPartitions()).isGreaterThanOrEqualTo(16 * planned);
    }

    /** A format: state that was written under a key is found under no other. */
    @Test
    void keepTheirKeysForGood() {
        KeyGroups keyGroups = new KeyGroups(4, 128);

        assertThat(IntStream.range(0, 12).map(keyGroups::keyOfPartition))
                .containsExactly(312, 75, 84, 57, 361, 300, 70, 163, 357, 117, 301, 65);
    }

    @Test
    void doNotMoveThoseOfThePlan() {
        for (int planned = 1; planned <= 200; planned++) {
            KeyGroups keyGroups = new KeyGroups(planned, 1024);
            Set<Integer> groups = new HashSet<>();

            for (int partition = 0; partition < planned; partition++) {
                int group = KeyGroupRangeAssignment.assignToKeyGroup(keyGroups.keyOfPartition(partition), 1024);
                assertThat(group).isEqualTo((int) Math.ceil(partition * 1024.0 / planned));
                groups.add(group);
            }

            assertThat(groups).hasSize(planned);
        }
    }

    @Test
    void spreadOverTheSubtasks() {
        for (int planned : new int[] {1, 2, 3, 4, 6, 8, 12}) {
            KeyGroups keyGroups = new KeyGroups(planned, 1024);
            for (int parallelism : new int[] {1, 2, 4, 8}) {
                int[] load = new int[parallelism];
                for (int partition = 0; partition < 8 * planned; partition++) {
                    load[keyGroups.subtaskOfPartition(partition, parallelism)]++;
                }
                IntSummaryStatistics loads = IntStream.of(load).summaryStatistics();

                assertThat(loads.getMax() - loads.getMin())
                        .as("%d partitions grown to %d at parallelism %d: %s", planned, 8 * planned, parallelism, loads)
                        .isLessThanOrEqualTo(planned);
            }
        }
    }

    @Test
    void mustNotBeMoreThanThereAreGroups() {
        KeyGroups keyGroups = new KeyGroups(4, 128);

        assertThat(keyGroups.maxPartitions()).isEqualTo(128);
        assertThatThrownBy(() -> keyGroups.keyOfPartition(128))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("planned over 4 partitions")
                .hasMessageContaining("for at most 128");
    }

    @Test
    void haveNoRoomWhereEveryGroupHasItsPartition() {
        KeyGroups keyGroups = new KeyGroups(128, 128);

        assertThat(keyGroups.maxPartitions()).isEqualTo(128);
        assertThatThrownBy(() -> keyGroups.keyOfPartition(128)).isInstanceOf(IllegalArgumentException.class);
    }
}
