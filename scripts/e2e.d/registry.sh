# shellcheck shell=bash
# A history in Avro and one in Protobuf, each with three versions of its schema in a real registry, written by serializers that are
# not ours. A batch of rules renames a field, converts a number and makes two events of each, in a fourth version of the schema; its
# TaskManager is killed, and it is paused and resumed. A consumer in Node reads every result and compares it byte by byte with what
# it would have written itself in that version. Then the registry is stopped, and the batch is verified. Sourced by scripts/e2e.
#
# The events in Avro have no version but that of their schema, and the registry has version 4. The file of version 4 in Protobuf is
# registered at the start.
#
#   registry  needs npm and Java 21 or newer, beside Java 17 or where Debian puts them

# shellcheck source=scripts/stack.d/registry.sh
. "$REPO/scripts/stack.d/registry.sh"

readonly REGISTRY_PORT=28082
readonly CCOMPAT=http://127.0.0.1:$REGISTRY_PORT/apis/ccompat/v7
readonly FOREIGN=$REPO/src/foreign-registry ORDERS=$REPO/scripts/e2e.d/registry

# write_orders FORMAT: three versions of a subject, 100 000 events in all.
write_orders() {
    local version count=33000 further=(kind=Ordered processVersion=1)
    # The events are older than a broker keeps records.
    broker_tool org.apache.kafka.tools.TopicCommand --create --topic "$topic" --partitions 4 \
        --config retention.ms=-1 >/dev/null
    for version in 1 2 3; do
        if ((version == 3)); then count=34000; fi
        if [[ $1 == avro ]]; then
            "$FOREIGN/confluent" write 127.0.0.1:29092 "$CCOMPAT" "$topic" "$topic-value" "$count" "$version" \
                "$ORDERS/order-$version.avsc" "${further[@]}"
        else
            # KafkaJS leaves the message indexes out.
            "$FOREIGN/confluentinc" 127.0.0.1:29092 "$CCOMPAT" "$topic" id "$topic-value" "$count" "$version" \
                "$ORDERS/order-$version.proto" "${further[@]}"
        fi
    done
    if [[ $1 == avro ]]; then
        "$FOREIGN/confluent" write 127.0.0.1:29092 "$CCOMPAT" "$topic" "$topic-value" 0 4 "$ORDERS/order-4.avsc"
    else
        # The registry has something to check before it takes version 4.
        curl -sSf -X PUT "$CCOMPAT/config/$topic-value" -H "Content-Type: application/json" -d '{"compatibility": "BACKWARD"}'
        echo
    fi
}

# shows TEXT …: fails if the preview lacks one of the texts.
shows() {
    local text
    for text in "$@"; do
        [[ $preview == *"$text"* ]] || die "the preview does not show: $text"
    done
}

orders() { # FORMAT FIELD: the field that the number is converted into
    # Slow enough to be far from its end when it is paused, also on a busy machine.
    local preview registers=() rate=2000
    heading "registry: 100 000 events in $1, by foreign serializers"
    topic=orders-$1 batch=e2e-$1
    logic="--rules $ORDERS/$1.yaml --format $1 --framing confluent --registry $CCOMPAT"
    if [[ $1 == avro ]]; then
        logic+=" --envelope $ORDERS/avro-envelope.yaml --result-schema $topic-value:4"
    else
        logic+=" --result-schema $ORDERS/order-4.proto"
        registers=(--register)
    fi
    write_orders "$1"

    heading "registry: $1 in the preview"
    preview=$(backprocess preview --source-topic "$topic" --from earliest --from-version 1 $logic)
    printf '%s\n' "$preview"
    shows "several results" payload.customer '- "Ordered"' '+ "placed"' '+ "billed"' "payload.$2"

    heading "registry: $1 runs, loses its TaskManager, is paused and resumed"
    backprocess run $(spec) "${registers[@]}" --detached
    until_read 10000
    stack kill taskmanager
    stack start taskmanager
    until_read 20000
    backprocess pause --batch-id "$batch"
    rate=$RATE
    backprocess resume --batch-id "$batch" --detached $(pace)
    until_completed
    (($(figure results) == 200000)) || die "$batch has $(figure results) results of 100 000 events"

    heading "registry: a consumer in Node reads the results in $1"
    "$FOREIGN/confluent" compare 127.0.0.1:29092 "$CCOMPAT" "$topic" "$topic.$batch" "$ORDERS/$1.mjs" "$batch" "$topic-value" 4
}

scenario_registry() {
    needs npm curl
    registry_up "$REGISTRY_PORT" "$BACKPROCESS_STACK_DIR/log/registry.log"
    orders avro price
    orders protobuf mills

    heading "registry: verified without the registry"
    registry_down
    for batch in e2e-avro e2e-protobuf; do
        proof
    done
}
