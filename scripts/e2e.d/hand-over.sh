# shellcheck shell=bash
# Consumers are handed over while the source goes on: from the source to a batch that follows it, on to a second one, back, and on
# again; then the first batch is retired. One consumer group is in Java (the client in target/backprocess-client.jar), one in
# JavaScript. A member of each is killed. In the end each event was read in exactly one topic. Sourced by scripts/e2e.
#
#   hand-over  needs npm

readonly HAND_OVER=$REPO/scripts/e2e.d/hand-over
readonly EVENT_PARTITIONS=4
# The ids of the processes that this scenario has started.
declare -A consumers=()

# follow NAME: starts a consumer in the background, whose file is $told/NAME.
follow() {
    local arguments=("$BACKPROCESS_BOOTSTRAP_SERVERS" shop "$topic" "e2e-$1" "$told/$1")
    if [[ $1 == java ]]; then
        "$JAVA" -XX:TieredStopAtLevel=1 -Xmx128m -cp "$REPO/target/backprocess-client.jar:$(lib_dir kafka)/*" \
            "$HAND_OVER/Follow.java" "${arguments[@]}" >>"$told/$1.log" 2>&1 &
    else
        node --no-warnings "$told/packages/consume.mjs" "${arguments[@]}" >>"$told/$1.log" 2>&1 &
    fi
    consumers[$1]=$!
}

# until_read_in TOPIC NAME …: waits until the consumers have read something of it in each partition, and then only there.
until_read_in() {
    local name read last
    for name in "${@:2}"; do
        for _ in $(seq 120); do
            # It may have read nothing yet.
            read=$(tail -n 5000 "$told/$name" 2>/dev/null | cut -d' ' -f1,2 | sort -u | grep -c "^$1 ") || true
            last=$(tail -n 300 "$told/$name" 2>/dev/null | cut -d' ' -f1 | sort -u) || true
            if [[ $read == "$EVENT_PARTITIONS" && $last == "$1" ]]; then
                echo "$name reads $1"
                continue 2
            fi
            sleep 0.5
        done
        die "$name reads $1 in $read partitions, and last read $last; its log is $told/$name.log"
    done
}

hand_over_down() {
    local pid
    for pid in "${consumers[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
}

# following NAME: runs a batch that follows the topic, and waits until it has caught up.
following() {
    batch=$1
    backprocess run $(spec_at_full_speed) --until never --parallelism 1 --checkpoint-interval 1s --set shop --detached
    until_read 2000
}

scenario_hand-over() {
    needs npm node jq
    heading "hand-over"
    local told=$BACKPROCESS_STACK_DIR/hand-over sent producer hook
    topic=live logic="--revision purchase-split --dedupe-scope partition"
    rm -rf "$told"
    mkdir -p "$told/packages"
    cp "$HAND_OVER"/*.mjs "$HAND_OVER"/package*.json "$told/packages"
    npm ci --prefix "$told/packages" --ignore-scripts --no-audit --no-fund --silent
    broker_tool org.apache.kafka.tools.TopicCommand --create --topic "$topic" --partitions "$EVENT_PARTITIONS" >/dev/null
    node --no-warnings "$told/packages/produce.mjs" "$BACKPROCESS_BOOTSTRAP_SERVERS" "$topic" "$EVENT_PARTITIONS" >"$told/sent" &
    producer=$!
    consumers[producer]=$producer
    follow java
    follow node
    until_read_in "$topic" java node

    heading "hand-over: to a batch that follows, with a program for other systems"
    hook=$told/hook
    printf '#!/bin/sh\necho "$@" >>%s\n' "$told/hooked" >"$hook"
    chmod 755 "$hook"
    following e2e-first
    backprocess verify --batch-id "$batch" --continue --proof-dir "$told/proofs" || die "$batch is not proven complete"
    backprocess promote --batch-id "$batch" --alias shop
    backprocess promote --batch-id "$batch" --alias shop --on-promote "$hook" --execute
    [[ $(cat "$told/hooked") == "shop $topic.e2e-first e2e-first " ]] || die "the hook was not run: $(cat "$told/hooked")"
    until_read_in "$topic.e2e-first" java node
    kill -KILL "${consumers[java]}" "${consumers[node]}"
    follow java
    follow node

    heading "hand-over: on to a second batch, back, and on again"
    following e2e-second
    backprocess promote --batch-id "$batch" --alias shop --execute
    until_read_in "$topic.e2e-second" java node
    # Only the client in Java goes back.
    kill -KILL "${consumers[node]}"
    backprocess promote --alias shop --rollback --execute
    until_read_in "$topic.e2e-first" java
    backprocess promote --batch-id "$batch" --alias shop --execute
    until_read_in "$topic.e2e-second" java
    follow node
    until_read_in "$topic.e2e-second" node

    heading "hand-over: the first batch is retired"
    batch=e2e-first
    if backprocess retire --batch-id "$batch" --execute; then die "a batch that runs was retired"; fi
    backprocess pause --batch-id "$batch"
    backprocess retire --batch-id "$batch"
    backprocess retire --batch-id "$batch" --output json | jq -e '[.groups[].group] | index("e2e-java") and index("e2e-node")' >/dev/null ||
        die "retire does not show the groups"
    backprocess retire --batch-id "$batch" --execute
    [[ $(figure state) == retired ]] || die "$batch is $(figure state)"
    if backprocess run $(spec_at_full_speed) --until never --detached; then die "a retired batch was run"; fi

    kill "$producer"
    wait "$producer"
    sent=$(cat "$told/sent")
    batch=e2e-second
    until_read "$sent"
    until_events "$sent" java node
    backprocess verify --batch-id "$batch" || die "$batch is not proven complete"
    for name in java node; do
        node "$told/packages/check.mjs" "$told/$name" "$sent" "$EVENT_PARTITIONS" "$topic" "$topic.e2e-first" "$topic.e2e-second" ||
            die "$name has not read each event in one topic"
    done
    backprocess pause --batch-id "$batch"
    hand_over_down
}

# until_events N NAME …: waits until the consumers have read so many events.
until_events() {
    local name
    for name in "${@:2}"; do
        for _ in $(seq 120); do
            if (($(cut -d' ' -f2,4 "$told/$name" | sort -u | wc -l) >= $1)); then continue 2; fi
            sleep 0.5
        done
        die "$name has not read all $1 events; its log is $told/$name.log"
    done
}
