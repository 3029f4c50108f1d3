package io.backprocess.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.IntSummaryStatistics;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.runtime.state.KeyGroupRange;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.util.InstantiationUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyGroupsTest {
    /** As many as partitions times parallelism, so that every pair below can be even. */
    private static final int MANY = 1024;

    @Test
    void laysPartitionsEvenlyOverEveryParallelism() {
        for (int partitions = 1; partitions <= 40; partitions++) {
            KeyGroups keyGroups = new KeyGroups(partitions, MANY);
            for (int parallelism = 1; parallelism <= 16; parallelism++) {
                int[] load = new int[parallelism];
                for (int partition = 0; partition < partitions; partition++) {
                    load[keyGroups.subtaskOfPartition(partition, parallelism)]++;
                }
                IntSummaryStatistics loads = IntStream.of(load).summaryStatistics();

                assertThat(loads.getMax() - loads.getMin())
                        .as("%d partitions at parallelism %d: %s", partitions, parallelism, loads)
                        .isLessThanOrEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 40, 128, 1000})
    void givesEachPartitionAGroupOfItsOwn(int partitions) {
        KeyGroups keyGroups = new KeyGroups(partitions, Math.max(128, partitions));

        Set<Integer> keys = new HashSet<>();
        for (int partition = 0; partition < partitions; partition++) {
            keys.add(keyGroups.keyOfPartition(partition));
        }

        assertThat(keys).hasSize(partitions);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 128, 1024, 32768})
    void hasAKeyThatFlinkHashesIntoEachGroup(int groups) {
        KeyGroups keyGroups = new KeyGroups(1, groups);

        for (int group = 0; group < groups; group++) {
            Integer key = keyGroups.keyOfGroup(group);
            int hashed = KeyGroupRangeAssignment.assignToKeyGroup(key, groups);
            if (hashed != group) {
                assertThat(hashed).isEqualTo(group);
            }
        }
        assertThat(keyGroups.count()).isEqualTo(groups);
    }

    /** Otherwise the state of a partition and its reader would be on two subtasks. */
    @Test
    void placesAPartitionWhereFlinkPlacesItsKey() {
        for (int partitions : new int[] {1, 3, 8, 17, 40, 128}) {
            KeyGroups keyGroups = new KeyGroups(partitions, 128);
            for (int parallelism = 1; parallelism <= 16; parallelism++) {
                for (int partition = 0; partition < partitions; partition++) {
                    int subtask = keyGroups.subtaskOfPartition(partition, parallelism);

                    Integer key = keyGroups.keyOfPartition(partition);
                    KeyGroupRange range =
                            KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(128, parallelism, subtask);
                    assertThat(KeyGroupRangeAssignment.assignKeyToParallelOperator(key, 128, parallelism))
                            .isEqualTo(subtask);
                    assertThat(keyGroups.ownsPartition(range, partition)).isTrue();
                }
            }
        }
    }

    @Test
    void ownsAPartitionOnOneSubtaskOnly() {
        KeyGroups keyGroups = new KeyGroups(5, 128);

        for (int partition = 0; partition < 5; partition++) {
            int owners = 0;
            for (int subtask = 0; subtask < 3; subtask++) {
                KeyGroupRange range = KeyGroupRangeAssignment.computeKeyGroupRangeForOperatorIndex(128, 3, subtask);
                owners += keyGroups.ownsPartition(range, partition) ? 1 : 0;
            }

            assertThat(owners).isEqualTo(1);
        }
    }

    /** A format: state that was written under a key is found under no other. */
    @Test
    void keepsThePartitionsKeysForGood() throws Exception {
        KeyGroups keyGroups = new KeyGroups(4, 128);

        KeyGroups arrived = InstantiationUtil.clone(keyGroups);

        assertThat(IntStream.range(0, 4).map(keyGroups::keyOfPartition)).containsExactly(KEYS_OF_FOUR);
        assertThat(IntStream.range(0, 4).map(arrived::keyOfPartition)).containsExactly(KEYS_OF_FOUR);
    }

    private static final Integer[] KEYS_OF_FOUR = {312, 75, 84, 57};

    @Test
    void refusesMorePartitionsThanGroups() {
        assertThatThrownBy(() -> new KeyGroups(129, 128))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("129")
                .hasMessageContaining("128");
    }
}
