# shellcheck shell=bash
# A batch in its own cluster, as on Kubernetes: Flink's application mode, with the layout of the container image and high
# availability by ZooKeeper, which replaces that of Kubernetes. Sourced by scripts/e2e.
#
#   application   as processes of this machine, in the image's directories
#   image         in containers of the image itself: user 9999, a read-only root filesystem, no capabilities, a limit on memory

readonly APPLICATION_REST=28082 APPLICATION_RPC=28083 APPLICATION_MEMORY=2048

# For the processes' or containers' /opt/flink/conf, where a ConfigMap would be mounted.
# application_conf DATA: writes the stack's configuration with the application's own lines.
application_conf() {
    local conf=$application/conf replaced=$application/replaced
    rm -rf "$conf"
    mkdir -p "$conf" "$application"/data/{checkpoints,savepoints,ha}
    cp "$REPO/flink-conf/log4j-console.properties" "$conf"
    cat >"$application/own.yaml" <<CONF
rest.port: $APPLICATION_REST
jobmanager.rpc.port: $APPLICATION_RPC
high-availability.jobmanager.port: $APPLICATION_RPC
high-availability.cluster-id: /$batch
high-availability.storageDir: file://$1/ha
execution.checkpointing.dir: file://$1/checkpoints
execution.checkpointing.savepoint-dir: file://$1/savepoints
io.tmp.dirs: /tmp
web.tmpdir: /tmp
web.upload.dir: /tmp
taskmanager.memory.process.size: ${APPLICATION_MEMORY}m
CONF
    sed -n 's/^\([a-z][A-Za-z.-]*\):.*/^\1:/p' "$application/own.yaml" >"$replaced"
    { grep -v -f "$replaced" "$BACKPROCESS_STACK_DIR/conf/flink/config.yaml"; cat "$application/own.yaml"; } >"$conf/config.yaml"
    # Containers read and write it as user 9999.
    chmod -R a+rX "$conf"
    chown -R 9999:9999 "$application/data" 2>/dev/null || true
}

# start_part NAME ARGUMENTS …: starts it in the background, with its log in $logs/$way-NAME.log. Wait for ${pids[NAME]}.
start_part() {
    local name=$1 log=$logs/$way-$1.log
    shift
    if [[ $way == container ]]; then
        "$REPO/.ci/image" podman run --rm --name "$name" --user 9999:9999 --read-only --tmpfs /tmp:mode=1777 \
            --cap-drop all --security-opt no-new-privileges --network host --memory "${APPLICATION_MEMORY}m" \
            --ulimit "nofile=$(ulimit -Hn):$(ulimit -Hn)" --ulimit nproc=4096:4096 \
            --volume "$application/conf:/opt/flink/conf:ro" --volume "$application/data:/data" \
            localhost/backprocess:latest "$@" >>"$log" 2>&1 &
    else
        FLINK_HOME=$application/image/opt/flink FLINK_CONF_DIR=$application/conf \
            "$application/image/opt/docker-entrypoint.sh" "$@" >>"$log" 2>&1 &
    fi
    pids[$name]=$!
    echo "started $name"
}

start_jobmanager() { # [-D KEY=VALUE …]
    start_part jobmanager standalone-job "$@" --job-classname io.backprocess.Backprocess \
        run --bootstrap-servers "$BACKPROCESS_BOOTSTRAP_SERVERS" $(spec)
}

kill_part() { # NAME
    if [[ $way == container ]]; then
        "$REPO/.ci/image" podman kill --signal KILL "$1" >/dev/null
    else
        kill -9 "${pids[$1]}"
    fi
    wait "${pids[$1]}" 2>/dev/null || true
    unset "pids[$1]"
    echo "killed $1"
}

application_down() {
    local name
    for name in "${!pids[@]}"; do kill_part "$name" 2>/dev/null || true; done
}

# exit_code NAME: waits for a process that ends by itself, and gets its exit code.
exit_code() {
    local code=0 tries
    for ((tries = 0; tries < 180; tries++)); do
        kill -0 "${pids[$1]}" 2>/dev/null || break
        sleep 1
    done
    ((tries < 180)) || die "$1 has not ended within three minutes; see $logs"
    wait "${pids[$1]}" || code=$?
    unset "pids[$1]"
    echo "$1 has ended with exit code $code"
    ended=$code
}

# until_planned: waits until the application's main has planned the batch.
until_planned() {
    local tries
    for ((tries = 0; tries < 60; tries++)); do
        if backprocess status --batch-id "$batch" >/dev/null 2>&1; then return; fi
        sleep 0.5
    done
    die "$batch is not planned; see $logs"
}

application() { # NAME process|container
    way=$2
    start_scenario "$1"
    application=$BACKPROCESS_STACK_DIR/data/$1
    logs=$BACKPROCESS_STACK_DIR/log
    mkdir -p "$application"
    rm -f "$logs/$way"-*.log
    if [[ $way == container ]]; then
        "$REPO/.ci/image" build
        application_conf /data
    else
        "$REPO/.ci/image" layout "$application/image"
        application_conf "$application/data"
    fi
    start_jobmanager
    start_part taskmanager taskmanager
    until_planned
    until_read 40000

    heading "$1: the JobManager dies; one without the job's state is refused, one with its own state goes on"
    kill_part jobmanager
    start_jobmanager -D high-availability.cluster-id=/another
    exit_code jobmanager
    ((ended != 0)) || die "a start without the state was not refused"
    grep -q "is half done" "$logs/$way-jobmanager.log" || die "the refusal does not say why"
    start_jobmanager
    exit_code jobmanager
    ((ended == 0)) || die "the batch is completed, but its JobManager does not say so"
    proof

    heading "$1: a second start of the same application writes nothing, and succeeds"
    start_jobmanager
    exit_code jobmanager
    ((ended == 0)) || die "a completed batch that is started again has failed"
    proof
    application_down
    # Apart from Flink's own log, only the JVM writes, and main if it fails. The JobManager and the TaskManager were killed.
    log_lines_hold 2 < <(grep -h '^{' "$logs/$way"-{jobmanager,taskmanager}.log)
}

declare -A pids=()
scenario_application() { application application process; }
scenario_image() {
    needs podman crun mmdebstrap jq
    application image container
}
