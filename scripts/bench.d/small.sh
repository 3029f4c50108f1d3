# shellcheck shell=bash
# The way small of scripts/bench: run of 1 000 events on a cluster that has run batches before, beside `kafka-topics --list`, in
# turns. It prints medians, their ratio, and where the time of run goes.

SMALL_EVENTS=1000

run_small() { # BATCH
    "$REPO/scripts/backprocess" run --source-topic small --batch-id "$1" --from earliest --from-version 1 \
        --revision purchase-split >"$DIR/log/$1.out" 2>&1
}

# logged WORDS: prints when the command line last logged them, in seconds.
logged() {
    date -d "$(sed -n "s/^\([0-9-]* [0-9:]*\),\([0-9]*\) .*$1.*/\1.\2/p" "$DIR/log/backprocess.log" | tail -n 1)" +%s.%N
}

# phases BATCH BEGIN END: prints the seconds until Java runs the command, until the batch is planned, until the cluster has its job,
# until the job has ended, and until the command has.
phases() {
    local job answer
    job=$(curl -sf "http://$BACKPROCESS_FLINK/jobs/overview" | sed 's/},{/\n/g' |
        sed -n "s/.*\"jid\":\"\([0-9a-f]*\)\",\"name\":\"backprocess $1:.*/\1/p")
    # Flink answers from a cache of three seconds.
    until [[ ${answer:-} =~ \"FINISHED\":[0-9]{13} ]]; do
        sleep 0.5
        answer=$(curl -sf "http://$BACKPROCESS_FLINK/jobs/$job")
    done
    awk -v begin="$2" -v main="$(logged 'run begins')" -v submit="$(logged "Submitting job 'backprocess $1:")" \
        -v there="$(sed -n 's/.*"INITIALIZING":\([0-9]\{13\}\).*/\1/p' <<<"$answer")" \
        -v done="$(sed -n 's/.*"FINISHED":\([0-9]\{13\}\).*/\1/p' <<<"$answer")" -v end="$3" 'BEGIN {
            printf "%.2f\t%.2f\t%.2f\t%.2f\t%.2f\n",
                main - begin, submit - main, there / 1000 - submit, (done - there) / 1000, end - done / 1000 }'
}

measure_small() { # ROUND
    local batch=small-$(($1 + 2)) begin listed end
    begin=$(date +%s.%N)
    kafka_topics --list >/dev/null
    listed=$(date +%s.%N)
    run_small "$batch" || die "run failed; see $DIR/log/$batch.out"
    end=$(date +%s.%N)
    # The first batches make the cluster warm.
    if (($1 <= 0)); then return; fi
    printf '%s\t%s\n' "$(awk "BEGIN { printf \"%.2f\t%.2f\", $listed - $begin, $end - $listed }")" \
        "$(phases "$batch" "$listed" "$end")" | tee -a "$DIR/small.tsv"
}

bench_small() { # ROUNDS
    local round rounds=$1
    "$REPO/scripts/backprocess" sample --topic small --events "$SMALL_EVENTS" --execute
    "$REPO/scripts/startup-cache" check >/dev/null || "$REPO/scripts/startup-cache" >/dev/null
    : >"$DIR/small.tsv"
    say "kafka-topics, run; of run: Java, plan, submit, job, end (seconds)"
    for ((round = -1; round <= rounds; round++)); do measure_small "$round"; done
    small_medians
}

small_medians() {
    local column medians=()
    for column in 1 2 3 4 5 6 7; do
        medians+=("$(cut -f "$column" "$DIR/small.tsv" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')")
    done
    say "| kafka-topics --list, s | run, s | ratio | Java | plan | submit | job | end |"
    say "|---|---|---|---|---|---|---|---|"
    say "| ${medians[0]} | ${medians[1]} | $(awk "BEGIN { printf \"%.2f\", ${medians[1]} / ${medians[0]} }") | ${medians[2]} | ${medians[3]} | ${medians[4]} | ${medians[5]} | ${medians[6]} |"
}
