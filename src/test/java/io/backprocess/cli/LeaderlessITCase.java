package io.backprocess.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.testing.KafkaBroker;
import io.backprocess.testing.Nightly;
import io.backprocess.testing.Shell;
import io.backprocess.testing.Shell.Answer;
import io.backprocess.testing.TestBatch;
import java.nio.file.Path;
import org.apache.flink.runtime.highavailability.nonha.embedded.HaLeadershipControl;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A JobManager that runs without leadership answers 503 to everything. After ZooKeeper did not respond, that can last. */
@Nightly
class LeaderlessITCase {
    @RegisterExtension
    static final KafkaBroker KAFKA = new KafkaBroker();

    private static final String BATCH = KAFKA.unique("leaderless");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    static Path directory;

    @Test
    void saysSinceWhenTheJobManagerHasNoLeaderAndToRestartIt() throws Exception {
        MiniClusterConfiguration configuration = new MiniClusterConfiguration.Builder()
                .setConfiguration(ClusterShell.keepingSnapshotsIn(directory).getConfiguration())
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(4)
                .setHaServices(MiniCluster.HaServices.WITH_LEADERSHIP_CONTROL)
                .withRandomPorts()
                .build();
        try (MiniCluster flink = new MiniCluster(configuration)) {
            flink.start();
            ClusterShell shell = new ClusterShell(KAFKA, flink.getRestAddress().get());
            ClusterShell.submitAnEmptyJar(directory);
            shell.start(new Shell(KAFKA).sample(2000), BATCH, "--max-rate", "50")
                    .succeeds();
            TestBatch.await("a commit", () -> read(shell) > 0);
            HaLeadershipControl leadership = flink.getHaLeadershipControl().orElseThrow();

            leadership.revokeDispatcherLeadership().get();
            TestBatch.await("503", () -> shell.cluster().isLeaderless());

            Answer status = shell.run("status", BATCH, "--output", "json");
            assertThat(status.succeeds().err())
                    .contains("the JobManager at http://")
                    .contains("has no leader since ")
                    .contains("restart it");
            assertThat(status.json().path("flink").isNull()).isTrue();
            assertThat(read(shell)).isPositive();
            shell.run("pause", BATCH).says(3, "has no leader");

            leadership.grantDispatcherLeadership().get();
            TestBatch.await("a leader", () -> !shell.cluster().isLeaderless());
            assertThat(shell.run("status", BATCH).succeeds().err()).doesNotContain("leader");
        }
    }

    private static long read(ClusterShell shell) {
        return shell.run("status", BATCH, "--output", "json")
                .json()
                .path("read")
                .asLong();
    }
}
