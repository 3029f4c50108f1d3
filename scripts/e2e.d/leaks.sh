# shellcheck shell=bash
# A hundred pauses and resumes on one TaskManager, which must not hold more after them than after the first ones. Sourced by
# scripts/e2e.
#
#   leaks    takes a quarter of an hour, so only by name; $BACKPROCESS_LEAK_ROUNDS for fewer (from 20) or more rounds

# held: prints what the TaskManager's process holds while no job runs: metaspace and heap in KiB, threads, open files, resident
# memory in KiB.
held() {
    local pid
    read -r pid _ <"$BACKPROCESS_STACK_DIR/run/taskmanager-1.pid"
    # The second collection unloads a class loader: the first one removes the objects that still refer to it.
    "${JAVA%java}jcmd" "$pid" GC.run >/dev/null
    sleep 1
    "${JAVA%java}jcmd" "$pid" GC.run >/dev/null
    "${JAVA%java}jcmd" "$pid" GC.heap_info | awk -v threads="$(ls "/proc/$pid/task" | wc -l)" -v files="$(ls "/proc/$pid/fd" | wc -l)" \
        -v resident="$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")" '
        function kib(text) { gsub(/[^0-9]/, "", text); return text }
        / total /      { for (i = 1; i < NF; i++) if ($i == "used") heap += kib($(i + 1)) }
        / Metaspace /  { for (i = 1; i < NF; i++) if ($i == "used") metaspace = kib($(i + 1)) }
        END { print metaspace, heap, threads, files, resident }'
}

scenario_leaks() (
    # So slow that there are still records left when it is paused.
    local rounds=${BACKPROCESS_LEAK_ROUNDS:-100} round now early='' rate=100
    ((rounds >= 20)) || wrong_usage "$rounds rounds are too few to compare with the tenth"
    find_java
    start_scenario leaks
    backprocess run $(spec) --detached
    printf '%8s %14s %9s %8s %6s %13s\n' pauses metaspace-KiB heap-KiB threads files resident-KiB
    for ((round = 1; round <= rounds; round++)); do
        backprocess pause --batch-id "$batch" >/dev/null
        if ((round % 10 == 0 || round == 1)); then
            now=$(held)
            printf '%8s %14s %9s %8s %6s %13s\n' "$round" $now
        fi
        if ((round == 10)); then early=$now; fi
        backprocess resume --batch-id "$batch" $(pace) --parallelism $((round % 2 + 1)) --detached >/dev/null
    done
    awk -v early="$early" -v late="$now" 'BEGIN {
        split(early, a); split(late, b)
        exit !(b[1] < a[1] * 1.1 && b[3] <= a[3] + 5 && b[4] <= a[4] + 5)
    }' || die "the TaskManager holds more than after ten pauses"
    echo "metaspace, threads and open files are flat"
    backprocess pause --batch-id "$batch" >/dev/null
)
