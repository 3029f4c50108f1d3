# shellcheck shell=bash
# Measures the effect of a second subtask when only the subtasks' own CPU is the limit. Each subtask has its own TaskManager,
# which may use half a core, so that the broker has one left. Sourced by scripts/e2e.
#
#   scaling  a batch, then the proof of another one on the cluster; takes 25 min, so only by name; needs cpulimit (Debian: cpulimit)

readonly HALF_A_CORE=50 TIMES_AS_FAST=1.7 PROVEN=flink_taskmanager_job_task_operator_batch_backprocess_verified_records

# Stops and continues the process so that it uses no more than that; ends with the process.
confine() { # NAME
    local pid
    read -r pid _ <"$BACKPROCESS_STACK_DIR/run/$1.pid"
    cpulimit --pid="$pid" --limit="$HALF_A_CORE" --lazy --quiet &
}

# Records a second over a minute, after the compiler has done most of its work.
settled_rate() {
    sleep 180
    figure recordsPerSecond
}

# Records a second that a proof passes, over 45 s; cancels its job then.
settled_proof() { # PARALLELISM
    local proof before after
    "$REPO/scripts/backprocess" verify --batch-id "$batch" --on-cluster --parallelism "$1" >>"$BACKPROCESS_STACK_DIR/log/proof.log" 2>&1 &
    proof=$!
    sleep 75
    before=$(proven_records)
    sleep 45
    after=$(proven_records)
    kill "$proof"
    wait "$proof" || true
    "$REPO/scripts/flink" list -r 2>/dev/null | sed -n "s/.* : \([0-9a-f]\{32\}\) : backprocess-verify $batch.*/\1/p" |
        xargs "$REPO/scripts/flink" cancel >/dev/null 2>&1
    echo $(((after - before) / 45))
}

# The sum over both TaskManagers. The JobManager has the first port of flink-conf's range.
proven_records() {
    local port
    for port in 9250 9251; do curl -s "http://127.0.0.1:$port/metrics"; done |
        awk -v name="$PROVEN" 'index($0, name "{") == 1 { sum += $NF } END { printf "%d", sum }'
}

is_enough() { # WHAT ONE TWO
    echo "$1: $2 records/s with one subtask, $3 with two, $(awk "BEGIN { printf \"%.2f\", $3 / $2 }") times as many"
    awk "BEGIN { exit !($3 >= $2 * $TIMES_AS_FAST) }" || die "that is less than $TIMES_AS_FAST times as many"
}

scenario_scaling() {
    local one two
    command -v cpulimit >/dev/null || die "cpulimit is not installed (Debian: cpulimit)"
    stack down
    stack up --kafka-port 29092 --flink-port 28081 --task-managers 2 --slots 1
    start_scenario proof-scaling 30000000
    backprocess run $(spec_at_full_speed) --parallelism 2
    confine taskmanager-1
    confine taskmanager-2
    two=$(settled_proof 2)
    # It goes on from the last checkpoint.
    one=$(settled_proof 1)
    is_enough "the proof" "$one" "$two"

    start_scenario scaling 30000000
    backprocess run $(spec_at_full_speed) --parallelism 1 --checkpoint-interval 5s --detached
    one=$(settled_rate)
    backprocess pause --batch-id "$batch" >/dev/null
    backprocess resume --batch-id "$batch" --parallelism 2 --checkpoint-interval 5s --detached
    two=$(settled_rate)
    backprocess pause --batch-id "$batch" >/dev/null
    is_enough "the batch" "$one" "$two"
}
