# shellcheck shell=bash
# Measures the effect of a second subtask when only the subtasks' own CPU is the limit. Each subtask has its own TaskManager,
# which may use half a core, so that the broker has one left. Sourced by scripts/e2e.
#
#   scaling  the proof of a batch on the cluster, then a batch; takes 25 min, so only by name; needs cpulimit (Debian: cpulimit)

readonly HALF_A_CORE=50 TIMES_AS_FAST=1.7 PROVEN=flink_taskmanager_job_task_operator_batch_backprocess_verified_records

# Stops and continues the process so that it uses no more than that; ends with the process.
confine() { # NAME
    local pid
    read -r pid _ <"$BACKPROCESS_STACK_DIR/run/$1.pid"
    cpulimit --pid="$pid" --limit="$HALF_A_CORE" --lazy --quiet &
    limits+=($!)
}

are_confined() {
    local limit
    for limit in "${limits[@]}"; do
        kill -0 "$limit" || die "cpulimit has ended, so a TaskManager is not confined"
    done
}

# Records a second of the batch over a minute, after the compiler has done most of its work.
settled_rate() {
    sleep 120
    [[ $(figure state) == running ]] || die "the batch is $(figure state) already, so its rate says nothing"
    figure recordsPerSecond
}

# Records a second that a proof passes, over 45 s; its job is cancelled then.
settled_proof() { # PARALLELISM
    local log=$BACKPROCESS_STACK_DIR/log/proof-$1.log command job before
    "$REPO/scripts/backprocess" verify --batch-id "$batch" --on-cluster --parallelism "$1" >"$log" 2>&1 &
    command=$!
    sleep 75
    job=$(sed -n 's/^Flink job \([0-9a-f]*\) proves.*/\1/p' "$log")
    [[ -n $job ]] || die "no job proves the batch; see $log"
    before=$(proven_records "$job")
    sleep 45
    echo $((($(proven_records "$job") - before) / 45))
    kill "$command"
    wait "$command" || true
    "$REPO/scripts/flink" cancel "$job" >/dev/null 2>&1
}

# The sum over both TaskManagers. Flink's processes have the first ports of flink-conf's range.
proven_records() { # JOB
    local port
    for port in 9249 9250 9251; do curl -s "http://127.0.0.1:$port/metrics" || true; done |
        awk -v name="$PROVEN" -v job="job_id=\"$1\"" 'index($0, name "{") == 1 && index($0, job) { sum += $NF } END { printf "%d", sum }'
}

compare() { # WHAT ONE TWO
    are_confined
    echo "$1: $2 records/s with one subtask, $3 with two, $(awk "BEGIN { printf \"%.2f\", $3 / $2 }") times as many"
    awk "BEGIN { exit !($3 >= $2 * $TIMES_AS_FAST) }" || die "that is less than $TIMES_AS_FAST times as many"
}

scenario_scaling() {
    local one two limits=() each
    command -v cpulimit >/dev/null || die "cpulimit is not installed (Debian: cpulimit)"
    stack down
    stack up --kafka-port 29092 --flink-port 28081 --task-managers 2 --slots 1
    start_scenario proof-scaling 40000000
    backprocess run $(spec_at_full_speed) --parallelism 2
    for each in taskmanager-1 taskmanager-2; do
        stack kill "$each"
        stack start "$each"
        confine "$each"
    done
    two=$(settled_proof 2)
    # This one goes on from the last checkpoint.
    one=$(settled_proof 1)
    compare "the proof" "$one" "$two"

    start_scenario scaling 45000000
    backprocess run $(spec_at_full_speed) --parallelism 1 --checkpoint-interval 5s --detached
    one=$(settled_rate)
    backprocess pause --batch-id "$batch" >/dev/null
    backprocess resume --batch-id "$batch" --parallelism 2 --checkpoint-interval 5s --detached
    two=$(settled_rate)
    backprocess pause --batch-id "$batch" >/dev/null
    compare "the batch" "$one" "$two"
}
