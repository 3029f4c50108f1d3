# shellcheck shell=bash
# Two batches on a broker with TLS and the authorizer on, by a principal with exactly the rights of docs/security.md, and a search
# for its passwords in all that the runs have written. Client properties name the file with the passwords, so even the jobs that
# high availability keeps do not have them. Sourced by scripts/e2e.
#
#   secure   SCRAM, with a TaskManager that is killed and all commands of an operator; then client certificates, with a JobManager
#            that is killed

# broker_tool CLASS ARGUMENTS …: runs one of Kafka's own tools as the broker's administrator.
broker_tool() {
    "$JAVA" -XX:TieredStopAtLevel=1 -Xmx256m "-Dlog.file=$BACKPROCESS_STACK_DIR/log/broker-tools.log" \
        "-Dlog4j2.configurationFile=$REPO/scripts/stack.d/kafka/log4j2.properties" \
        -cp "$(lib_dir kafka)/*" "$1" --bootstrap-server 127.0.0.1:29092 "${@:2}"
}

# The name that docs/security.md and the messages use.
kafka-acls.sh() {
    local arguments=()
    while (($#)); do
        case $1 in
            --bootstrap-server | --command-config) shift ;;
            *) arguments+=("$1") ;;
        esac
        shift
    done
    broker_tool org.apache.kafka.tools.AclCommand "${arguments[@]}" >/dev/null
}

# key_pair NAME: makes a self-signed key pair in NAME.p12; trust.p12 has both certificates.
key_pair() {
    local keytool=${JAVA%java}keytool
    "$keytool" -genkeypair -alias "$1" -dname "CN=$1" -keyalg EC -groupname secp256r1 -ext SAN=ip:127.0.0.1 \
        -keystore "$private/$1.p12" -storepass "$canary-key"
    "$keytool" -exportcert -rfc -alias "$1" -file "$private/$1.crt" -keystore "$private/$1.p12" -storepass "$canary-key"
    "$keytool" -importcert -noprompt -alias "$1" -file "$private/$1.crt" -keystore "$private/trust.p12" -storepass "$canary-trust"
} 2>/dev/null

# The same broker with two more listeners, and the authorizer. A client without encryption is its administrator.
secure_broker() {
    local conf=$BACKPROCESS_STACK_DIR/conf/kafka/server.properties
    key_pair broker
    key_pair reprocess
    sed -i -e "s|^\(advertised\.\)\?listeners=.*|&,SASL_SSL://$scram_listener,SSL://$certificate_listener|" \
        -e 's/^listener.security.protocol.map=.*/&,SASL_SSL:SASL_SSL,SSL:SSL/' "$conf"
    cat >>"$conf" <<CONF
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
listener.name.ssl.ssl.client.auth=required
listener.name.ssl.ssl.principal.mapping.rules=RULE:^CN=(.*)\$/\$1/
ssl.keystore.location=$private/broker.p12
ssl.keystore.password=$canary-key
ssl.truststore.location=$private/trust.p12
ssl.truststore.password=$canary-trust
CONF
    stack kill broker
    stack start broker
    broker_tool kafka.admin.ConfigCommand --alter --entity-type users --entity-name reprocess \
        --add-config "SCRAM-SHA-512=[password=$canary-scram]"
}

# Client properties, and the files that they refer to.
client_files() {
    cat >"$private/secret.properties" <<CONF
jaas=org.apache.kafka.common.security.scram.ScramLoginModule required username="reprocess" password="$canary-scram";
key=$canary-key
trust=$canary-trust
CONF
    cat >"$secure/scram.properties" <<CONF
config.providers=file
config.providers.file.class=org.apache.kafka.common.config.provider.FileConfigProvider
ssl.truststore.location=$private/trust.p12
ssl.truststore.password=\${file:$private/secret.properties:trust}
CONF
    cp "$secure/scram.properties" "$secure/certificate.properties"
    cat >>"$secure/scram.properties" <<CONF
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=\${file:$private/secret.properties:jaas}
CONF
    cat >>"$secure/certificate.properties" <<CONF
security.protocol=SSL
ssl.keystore.location=$private/reprocess.p12
ssl.keystore.password=\${file:$private/secret.properties:key}
ssl.key.password=\${file:$private/secret.properties:key}
CONF
}

# Runs the page's own commands as they are printed, except for one. The message about the missing right must be one line, and the
# command in that line is run.
rights() {
    local code=0
    eval "$(sed -n '/^acl() {/,/^```/p' "$REPO/docs/security.md" | sed -e '$d' -e '/DescribeConfigs --cluster$/d')"
    backprocess plan $(pace() { :; }; spec) 2>"$secure/refused" || code=$?
    cat "$secure/refused"
    [[ $code == 4 && $(wc -l <"$secure/refused") == 1 ]] || die "not one line and exit code 4, but $code"
    eval "$(sed -n 's/.* allow it with: //p' "$secure/refused")"
    backprocess plan $(pace() { :; }; spec)
}

# no_leaks: checks that the passwords are in no file of the stack, including its high availability, in no answer of Flink and in
# no process' arguments.
no_leaks() {
    local job path found=$secure/found
    mkdir -p "$found"
    job=$(curl -sf http://127.0.0.1:28081/jobs/overview | grep -o '"jid":"[^"]*","name":"backprocess '"$batch"':' | cut -d '"' -f 4)
    for path in jobmanager/{config,environment,logs} config "jobs/$job" \
        "jobs/$job/"{config,plan,exceptions,checkpoints,jobmanager/environment}; do
        # While a job is being restored, some of these requests have no answer yet.
        for _ in $(seq 60); do
            if curl -sf --max-time 10 "http://127.0.0.1:28081/$path" >"$found/rest-$batch-${path//\//-}"; then continue 2; fi
            sleep 0.5
        done
        die "Flink does not answer to /$path"
    done
    cat /proc/[0-9]*/cmdline >"$found/arguments" 2>/dev/null || true
    grep -qrF "$batch" "$found" || die "Flink's answers do not mention $batch"
    if grep -rlaF --exclude-dir=private --exclude=server.properties "$canary" "$BACKPROCESS_STACK_DIR"; then die "a password was found"; fi
}

# by LISTENER NAME: sets how commands and jobs connect to the broker from here on.
by() {
    export BACKPROCESS_BOOTSTRAP_SERVERS=$1
    eval "backprocess() { \"\$REPO/scripts/backprocess\" \"\$@\" --log-format json --command-config '$secure/$2.properties'; }"
}

scenario_secure() (
    secure=$BACKPROCESS_STACK_DIR/secure private=$BACKPROCESS_STACK_DIR/secure/private canary=canary-$RANDOM$RANDOM$RANDOM
    scram_listener=127.0.0.1:29097 certificate_listener=127.0.0.1:29098
    heading "secure: a broker with TLS and the authorizer on"
    needs curl
    find_java
    # Other scenarios also use topics with the names of the page.
    stack down
    stack up --kafka-port 29092 --flink-port 28081 --ha
    rm -rf "$secure" && mkdir -p "$private"
    local flawed fixed rate
    flawed=$(revision_jar flawed '/SKU-GIFT/d') fixed=$(revision_jar fixed)
    topic=orders
    backprocess sample --topic "$topic" --events 60000 --execute
    secure_broker
    client_files

    # Slow enough to be killed, paused and searched while it runs, also on a busy machine.
    pace() { echo --checkpoint-interval 1s --max-rate "$rate"; }

    heading "secure: a password, and only the necessary rights"
    by "$scram_listener" scram
    batch=scram logic="--revision gift-split --revision-jar $flawed" rate=500
    rights
    backprocess run $(spec) --parallelism 2 --detached
    until_read 1000
    grep -qraF "$private/secret.properties" "$BACKPROCESS_STACK_DIR/data/flink/ha" || die "high availability does not keep the job"
    no_leaks
    stack kill taskmanager
    stack start taskmanager
    until_read 5000
    backprocess pause --batch-id "$batch"
    backprocess resume --batch-id "$batch" --revision-jar "$flawed" --max-rate none
    backprocess redrive --batch-id "$batch" --revision-jar "$fixed" --execute
    backprocess verify --batch-id "$batch" --revision-jar "$fixed"
    backprocess promote --batch-id "$batch" --revision-jar "$fixed" --alias purchases --execute
    backprocess report --batch-id "$batch" --out "$secure/report.html"

    heading "secure: a certificate"
    by "$certificate_listener" certificate
    batch=certificate logic="--revision purchase-split" rate=2000
    backprocess run $(spec) --parallelism 2 --detached
    stack kill jobmanager
    stack start jobmanager
    no_leaks
    until_completed
    proof

    heading "secure: the passwords"
    # In the log segments the passwords would be compressed.
    broker_tool org.apache.kafka.tools.consumer.ConsoleConsumer --include '.*' --from-beginning --timeout-ms 5000 \
        --formatter-property print.key=true --formatter-property print.headers=true >"$secure/found/topics" 2>/dev/null || true
    grep -q '"batchId":"certificate"' "$secure/found/topics" || die "the topics could not be read"
    no_leaks
    echo "no password in $(find "$BACKPROCESS_STACK_DIR" -type f -not -path "$private/*" | wc -l) files, the topics, Flink's answers and the arguments of processes"
)
