# shellcheck shell=bash
# The way `commands` of scripts/bench, which sources this file: how long each command takes beside Kafka's own.

COMMANDS=(kafka-topics --help --version status batches plan dlq-list dlq-stats)

run_command() { # NAME
    local plan=(plan --source-topic history --batch-id planned --from earliest --from-version 1 --revision purchase-split)
    case $1 in
        kafka-topics) kafka_topics --list ;;
        status) "$REPO/scripts/backprocess" status --batch-id commands ;;
        plan) "$REPO/scripts/backprocess" "${plan[@]}" ;;
        dlq-*) "$REPO/scripts/backprocess" dlq "${1#dlq-}" --batch-id commands ;;
        *) "$REPO/scripts/backprocess" "$1" ;;
    esac
}

# time_command NAME CACHE: notes the milliseconds of one run.
time_command() {
    local from to
    from=$(date +%s%N)
    run_command "$1" >"$DIR/log/command.log" 2>&1 || die "$1 failed; see $DIR/log/command.log"
    to=$(date +%s%N)
    printf '%s\t' "$1" "$2" $(((to - from) / 1000000)) >>"$DIR/commands.tsv"
    printf '\n' >>"$DIR/commands.tsv"
}

# measure_commands: prints a Markdown table of medians, and for programs a line for each: commands, name, cache, ms, ratio.
measure_commands() {
    local round name
    "$REPO/scripts/backprocess" sample --topic history --events 2000 --execute >/dev/null
    "$REPO/scripts/backprocess" run --source-topic history --batch-id commands --from earliest --from-version 1 \
        --revision purchase-split --checkpoint-interval 1s >/dev/null
    "$REPO/scripts/startup-cache" check >/dev/null || "$REPO/scripts/startup-cache" >/dev/null
    : >"$DIR/commands.tsv"
    # shellcheck disable=SC2154
    for ((round = 0; round <= ${rounds:-5}; round++)); do
        # The first round only warms the machine up.
        if ((round == 1)); then : >"$DIR/commands.tsv"; fi
        for name in "${COMMANDS[@]}"; do
            time_command "$name" cache
            # A cache is for the same options, so this run has none. They are the default ones.
            if [[ $name != kafka-topics ]]; then BACKPROCESS_JAVA_OPTS=-Xmx2g time_command "$name" none; fi
        done
    done
    awk -F '\t' '
        function median(list, values, count, i, j, t) {
            count = split(list, values, " ")
            for (i = 2; i <= count; i++)
                for (j = i; j > 1 && values[j - 1] + 0 > values[j] + 0; j--) { t = values[j]; values[j] = values[j - 1]; values[j - 1] = t }
            return count % 2 ? values[(count + 1) / 2] : (values[count / 2] + values[count / 2 + 1]) / 2
        }
        function cell(key) { return key in ms ? sprintf("%d ms | %.2f", median(ms[key]), median(ms[key]) / kafka) : "- | -" }
        { if (!($1 in seen)) { seen[$1] = 1; order[++names] = $1 } ms[$1, $2] = ms[$1, $2] " " $3 }
        END {
            kafka = median(ms["kafka-topics", "cache"])
            print "| command | with the cache | of kafka-topics | without | of kafka-topics |"
            print "|---|---|---|---|---|"
            for (n = 1; n <= names; n++)
                if (order[n] == "kafka-topics") printf "| kafka-topics --list | - | - | %d ms | 1.00 |\n", kafka
                else printf "| %s | %s | %s |\n", order[n], cell(order[n] SUBSEP "cache"), cell(order[n] SUBSEP "none")
            print ""
            for (n = 1; n <= names; n++)
                for (c = 1; c <= 2; c++) {
                    key = order[n] SUBSEP (c == 1 ? "cache" : "none")
                    if (key in ms) printf "commands\t%s\t%s\t%d\t%.2f\n", order[n], c == 1 ? "cache" : "none", median(ms[key]), median(ms[key]) / kafka
                }
        }' "$DIR/commands.tsv" | tee "$DIR/commands.md"
    # shellcheck disable=SC2154
    awk -F '\t' -v most="$at_most" '$1 == "commands" && $3 == "cache" && most && $5 > most { print $2; slow = 1 } END { exit slow }' \
        "$DIR/commands.md" || die "these commands take more than $at_most times as long as kafka-topics --list"
}

"$REPO/scripts/stack" down >/dev/null 2>&1 || true
trap stop EXIT
"$REPO/scripts/stack" up --kafka-port "$KAFKA_PORT" --flink-port "$FLINK_PORT"
measure_commands
exit
