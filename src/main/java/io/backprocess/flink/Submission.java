package io.backprocess.flink;

import io.backprocess.batch.BatchException;
import io.backprocess.batch.BatchPlan;
import io.backprocess.ledger.TooManyDeadLettersException;
import io.backprocess.render.Words;
import io.backprocess.upsert.UpsertException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.JobID;
import org.apache.flink.api.common.JobStatus;
import org.apache.flink.client.deployment.ClusterClientJobClientAdapter;
import org.apache.flink.client.deployment.StandaloneClusterId;
import org.apache.flink.client.deployment.application.executors.EmbeddedExecutor;
import org.apache.flink.client.program.StreamContextEnvironment;
import org.apache.flink.client.program.rest.RestClusterClient;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.GlobalConfiguration;
import org.apache.flink.configuration.JobManagerOptions;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.PipelineOptionsInternal;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.SerializedThrowable;
import org.jspecify.annotations.Nullable;

/**
 * The way by which a job gets to Flink: from this command line to a cluster, through Flink's own client ({@code flink run},
 * which sets up an environment before it calls main), or in this process.
 */
public final class Submission {
    private enum Way {
        CLUSTER,
        FLINK_CLIENT,
        LOCAL
    }

    private final Way way;
    private final Configuration configuration;
    private final List<URL> revisionJars;
    private final @Nullable FlinkCluster cluster;

    private Submission(Way way, Configuration configuration, List<URL> revisionJars, @Nullable FlinkCluster cluster) {
        this.way = way;
        this.configuration = configuration;
        this.revisionJars = revisionJars;
        this.cluster = cluster;
    }

    /**
     * @param settings adds what this start sets to Flink's own configuration
     * @param revisionJars the jars that go to the cluster with the job
     * @param remote supplies the cluster to go to, unless Flink's client has called main; null to run in this process
     */
    public static Submission choose(
            UnaryOperator<Configuration> settings, List<URL> revisionJars, @Nullable Supplier<FlinkCluster> remote) {
        if (isInFlinkClient()) {
            StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
            Configuration given = new Configuration((Configuration) env.getConfiguration());
            return new Submission(Way.FLINK_CLIENT, settings.apply(given), List.of(), null);
        }
        Configuration configuration = settings.apply(GlobalConfiguration.loadConfiguration());
        if (remote == null) {
            return new Submission(Way.LOCAL, configuration, List.of(), null);
        }
        FlinkCluster cluster = remote.get();
        configuration.set(DeploymentOptions.TARGET, "remote");
        configuration.set(RestOptions.ADDRESS, cluster.host());
        configuration.set(RestOptions.PORT, cluster.port());
        configuration.set(JobManagerOptions.ADDRESS, cluster.host());
        return new Submission(Way.CLUSTER, configuration, revisionJars, cluster);
    }

    /** Tells whether {@code flink run} has called main. */
    public static boolean isInFlinkClient() {
        return StreamExecutionEnvironment.getExecutionEnvironment() instanceof StreamContextEnvironment;
    }

    private static URI ownJar() {
        // The property is for a launcher that does not run the packaged jar itself.
        String given = System.getProperty("backprocess.jar");
        if (given != null) {
            return Path.of(given).toUri();
        }
        try {
            URI place = Submission.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI();
            if (!place.getPath().endsWith(".jar")) {
                throw BatchException.failed(
                        "only the packaged jar can be submitted to a cluster; build it with: mvn package");
            }
            return place;
        } catch (URISyntaxException e) {
            throw BatchException.failed("cannot find the jar that this runs from", e);
        }
    }

    public Configuration configuration() {
        return configuration;
    }

    /** Tells whether Flink's client was started not to wait for the job. */
    public boolean isDetached() {
        return way == Way.FLINK_CLIENT && !configuration.get(DeploymentOptions.ATTACHED);
    }

    /** Tells whether the job runs in this process and ends with it. */
    public boolean isLocal() {
        return way == Way.LOCAL;
    }

    /** Tells whether Flink itself runs main, inside the cluster: in application mode, or for its web UI. */
    public boolean isEmbedded() {
        return way == Way.FLINK_CLIENT && EmbeddedExecutor.NAME.equals(configuration.get(DeploymentOptions.TARGET));
    }

    /**
     * Returns the id that the job gets at every run of main; empty when it is not fixed. It is fixed in application mode with
     * high availability. A JobManager that comes back runs main again, and Flink then goes on with the recovered job of that
     * id.
     */
    public Optional<String> fixedJobId() {
        return isEmbedded()
                ? configuration.getOptional(PipelineOptionsInternal.PIPELINE_FIXED_JOB_ID)
                : Optional.empty();
    }

    /** Returns the batch's job, if one is live on the cluster. */
    public Optional<FlinkCluster.Job> liveJob(BatchPlan plan) {
        return flink().flatMap(asked -> asked.job(plan)).filter(FlinkCluster.Job::isLive);
    }

    /**
     * Checks the cluster that the job will go to.
     *
     * @throws BatchException unreachable, when the cluster does not answer; refused, when it cannot run a batch
     */
    public void checkCluster() {
        flink().ifPresent(asked -> {
            asked.jobs();
            ClusterScheduler.check(asked);
        });
    }

    /** Returns the cluster that the job goes to; empty when it runs in this process or the cluster serves this job alone. */
    public Optional<FlinkCluster> flink() {
        if (fixedJobId().isPresent()) {
            return Optional.empty();
        }
        return Optional.ofNullable(way == Way.FLINK_CLIENT ? clientsCluster() : cluster);
    }

    private @Nullable FlinkCluster clientsCluster() {
        String address = configuration.get(RestOptions.ADDRESS);
        return address == null ? null : new FlinkCluster(address, configuration.get(RestOptions.PORT));
    }

    /**
     * Refuses a parallelism that Flink would refuse with a stack trace.
     *
     * @param parallelism the requested parallelism; null when Flink and the free slots decide
     * @return a warning when fewer slots are free than needed. Native Kubernetes starts TaskManagers for them, so this is not
     *     refused
     */
    public Optional<String> checkParallelism(BatchPlan plan, @Nullable Integer parallelism) {
        Integer wanted = parallelism != null || way != Way.FLINK_CLIENT
                ? parallelism
                : configuration.getOptional(CoreOptions.DEFAULT_PARALLELISM).orElse(null);
        if (wanted == null) {
            return Optional.empty();
        }
        if (wanted > plan.layout().maxParallelism()) {
            throw BatchException.usage(
                    "--parallelism %s is more than the max parallelism of %s, which is %s and fixed in its plan; it has %s partitions, and more subtasks than partitions have nothing to do"
                            .formatted(
                                    Words.count(wanted),
                                    plan.spec().batchId(),
                                    Words.count(plan.layout().maxParallelism()),
                                    Words.count(plan.ranges().size())));
        }
        Optional<FlinkCluster> asked = flink();
        if (asked.isEmpty()) {
            return Optional.empty();
        }
        int free = asked.get().freeSlots();
        return free >= wanted
                ? Optional.empty()
                : Optional.of(
                        "warning: --parallelism %s needs as many slots, but %s has %s free: nothing runs before there are more. Start TaskManagers (native Kubernetes does so by itself), or choose a smaller parallelism"
                                .formatted(Words.count(wanted), asked.get().webUi(), Words.count(free)));
    }

    public StreamExecutionEnvironment environment(int partitions, @Nullable Integer parallelism) {
        StreamExecutionEnvironment env =
                switch (way) {
                    case FLINK_CLIENT -> {
                        StreamExecutionEnvironment given = StreamExecutionEnvironment.getExecutionEnvironment();
                        given.configure(configuration);
                        yield given;
                    }
                    case LOCAL -> localEnvironment(parallelism == null ? Math.min(partitions, cores()) : parallelism);
                    case CLUSTER -> clusterEnvironment();
                };
        if (parallelism != null) {
            env.setParallelism(parallelism);
        } else if (cluster != null) {
            env.setParallelism(Math.max(1, Math.min(partitions, cluster.freeSlots())));
        }
        return env;
    }

    private StreamExecutionEnvironment clusterEnvironment() {
        List<String> jars = new ArrayList<>();
        jars.add(ownJar().toString());
        revisionJars.stream().map(URL::toString).forEach(jars::add);
        configuration.set(PipelineOptions.JARS, jars);
        return new StreamExecutionEnvironment(configuration, Submission.class.getClassLoader());
    }

    private StreamExecutionEnvironment localEnvironment(int parallelism) {
        configuration.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
        configuration.set(TaskManagerOptions.NUM_TASK_SLOTS, parallelism);
        configuration.set(
                PipelineOptions.JARS, revisionJars.stream().map(URL::toString).toList());
        // Bind any free port, because a cluster may be running beside it.
        configuration.set(RestOptions.BIND_PORT, "0");
        if (configuration
                .getOptional(CheckpointingOptions.CHECKPOINTS_DIRECTORY)
                .isEmpty()) {
            try {
                Path checkpoints = Files.createTempDirectory("backprocess-checkpoints");
                configuration.set(
                        CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                        checkpoints.toUri().toString());
            } catch (IOException e) {
                throw BatchException.failed("cannot create a directory for checkpoints: " + e.getMessage(), e);
            }
        }
        return StreamExecutionEnvironment.createLocalEnvironment(parallelism, configuration);
    }

    private static int cores() {
        return Runtime.getRuntime().availableProcessors();
    }

    /** Returns a client of a job of the cluster. */
    public JobClient attach(String jobId) {
        return new ClusterClientJobClientAdapter<>(
                () -> {
                    try {
                        return new RestClusterClient<>(configuration, StandaloneClusterId.getInstance());
                    } catch (Exception e) {
                        throw BatchException.failed("no client for the cluster can be made: " + e.getMessage(), e);
                    }
                },
                JobID.fromHexString(jobId),
                Submission.class.getClassLoader());
    }

    public String webUi(String jobId) {
        return cluster == null ? "" : ": " + cluster.webUi() + "/#/job/running/" + jobId;
    }

    /** Returns the job's status, or the last known one while Flink does not answer: a JobManager may be coming back. */
    public static JobStatus statusOf(JobClient job, JobStatus last) throws InterruptedException {
        try {
            return job.getJobStatus().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return last;
        } catch (IllegalStateException e) {
            // An embedded cluster ends with its job and then only answers with the result.
            return failureOf(job).isEmpty() ? JobStatus.FINISHED : JobStatus.FAILED;
        }
    }

    /** Tells whether the job refused to go on because records would be lost or doubled, so that no restart will help. */
    public static boolean isRefused(JobClient job) throws InterruptedException {
        try {
            job.getJobExecutionResult().get(30, TimeUnit.SECONDS);
            return false;
        } catch (ExecutionException | TimeoutException e) {
            return isCausedBy(e, SuppressRestartsException.class)
                    && !isCausedBy(e, TooManyDeadLettersException.class)
                    && !isCausedBy(e, UpsertException.class);
        }
    }

    /** Searches the causes by class name, because the network may have carried only the name of an exception. */
    private static boolean isCausedBy(Throwable failure, Class<?> type) {
        return ExceptionUtils.findThrowable(failure, thrown -> type.getName().equals(nameOf(thrown)))
                .isPresent();
    }

    private static String nameOf(Throwable thrown) {
        return thrown instanceof SerializedThrowable serialized
                ? serialized.getOriginalErrorClassName()
                : thrown.getClass().getName();
    }

    /** Says why the job failed; empty when it did not. */
    public static String failureOf(JobClient job) throws InterruptedException {
        try {
            job.getJobExecutionResult().get(30, TimeUnit.SECONDS);
            return "";
        } catch (ExecutionException | TimeoutException e) {
            Throwable root = e;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            return ": "
                    + ExceptionUtils.stringifyException(root)
                            .lines()
                            .findFirst()
                            .map(FlinkCluster::inWords)
                            .orElse("");
        }
    }
}
