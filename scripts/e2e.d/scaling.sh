# shellcheck shell=bash
# Measures the effect of a second subtask when only the subtasks' own CPU is the limit. Each subtask has its own TaskManager,
# which may use half a core, so that the broker has one left. Sourced by scripts/e2e.
#
#   scaling  takes a quarter of an hour, so only by name; needs cpulimit (Debian: cpulimit)

readonly HALF_A_CORE=50 TIMES_AS_FAST=1.7

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

scenario_scaling() {
    local one two
    command -v cpulimit >/dev/null || die "cpulimit is not installed (Debian: cpulimit)"
    stack down
    stack up --kafka-port 29092 --flink-port 28081 --task-managers 2 --slots 1
    start_scenario scaling 30000000
    confine taskmanager-1
    confine taskmanager-2
    backprocess run $(spec_at_full_speed) --parallelism 1 --checkpoint-interval 5s --detached
    one=$(settled_rate)
    echo "one subtask: $one records/s"
    backprocess pause --batch-id "$batch" >/dev/null
    backprocess resume --batch-id "$batch" --parallelism 2 --checkpoint-interval 5s --detached
    two=$(settled_rate)
    echo "two subtasks: $two records/s, $(awk "BEGIN { printf \"%.2f\", $two / $one }") times as many"
    backprocess pause --batch-id "$batch" >/dev/null
    awk "BEGIN { exit !($two >= $one * $TIMES_AS_FAST) }" || die "that is less than $TIMES_AS_FAST times as many"
}
