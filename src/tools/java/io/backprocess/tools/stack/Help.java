package io.backprocess.tools.stack;

/** The text that {@code scripts/stack --help} prints. */
final class Help {
    static final String TEXT = """
            Runs a real Kafka broker and a real Flink session cluster on 127.0.0.1, as processes: no Docker, only Java 17 and Maven.

              scripts/stack up [options]    start a stack, or the missing parts of a running one; returns when it is ready
              scripts/stack down            stop it and delete its data (topics, checkpoints, savepoints); logs stay
                    --keep-data               keep the data: the next `up` goes on with it
              scripts/stack status          what runs, and where; exit code 0 only if everything runs and the JobManager is the leader
              scripts/stack logs NAME [-f]  the end of a process' log; -f follows it
              scripts/stack kill NAME       kill -9, to see the effect of a failure
              scripts/stack start NAME      start it again; taskmanager-2, -3 and so on also add a further one
                    -D KEY=VALUE              for a TaskManager: use this line of Flink's configuration until its next start; repeatable

            NAME is broker, jobmanager, taskmanager (the first), taskmanager-N, zookeeper (with --ha), prometheus or alertmanager
            (with --monitoring).

            Every command takes
              --dir DIR           where this stack lives (default: $BACKPROCESS_STACK_DIR, else .stack in the project).
                                  Stacks with other directories and ports run side by side; the directory remembers the ports.
            Options of up
              --kafka-port PORT   the broker (default 9092)
              --flink-port PORT   Flink's REST interface and web UI (default 8081)
              --task-managers N   TaskManagers (default 1)
              --slots N           slots of each TaskManager (default 2)
              --tm-memory SIZE    memory of each TaskManager process (default 4096m)
              --ha                run ZooKeeper too, so that a JobManager that is killed and started again resumes its jobs
              --monitoring        run Prometheus and Alertmanager too, with the rules of k8s/monitoring and this stack's processes as
                                  targets; both must be installed (Debian: prometheus, prometheus-alertmanager)

            Environment
              FLINK_HOME, KAFKA_HOME   use the jars of these distributions instead of fetching them
              KAFKA_HEAP_OPTS          the broker's heap (default -Xmx1g)
              JAVA_HOME                the Java to use

            Flink's configuration is flink-conf/ with this stack's ports and directories. Exit codes: 0 done, 1 failed, 2 wrong usage.
            """;

    private Help() {}
}
