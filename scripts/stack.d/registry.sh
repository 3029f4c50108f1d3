# shellcheck shell=bash
# A real schema registry for the scripts that measure or test histories with schemas. Source this file after common.sh and
# find_java.

# newest_java: prints the program of the newest Java, of those beside JAVA and where Debian puts them.
newest_java() {
    local home version newest=0 program=
    for home in "$(dirname "$(readlink -f "$(command -v "$JAVA")")")/../.."/* /usr/lib/jvm/*; do
        [[ -r $home/release && -x $home/bin/java ]] || continue
        version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release")
        if ((${version:-0} > newest)); then newest=$version program=$home/bin/java; fi
    done
    ((newest >= 21)) || die "the schema registry needs Java 21 or newer, in /usr/lib/jvm or beside $JAVA"
    say "$program"
}

# registry_up PORT LOG: starts a registry, fetched first if it is not there, and waits for it.
registry_up() {
    local home=$REPO/target/apicurio-registry java left=90
    [[ -f $home/quarkus-run.jar ]] || mvn -q -B -f "$REPO/pom.xml" dependency:unpack@registry || die "the registry could not be fetched"
    java=$(newest_java)
    # It is no child of this shell, which may wait for all of its children.
    registry_pid=$("$java" -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Dquarkus.http.host=127.0.0.1 \
        "-Dquarkus.http.port=$1" -Dquarkus.management.host=127.0.0.1 -Dquarkus.management.port=0 \
        -Dquarkus.http.access-log.enabled=false -jar "$home/quarkus-run.jar" >"$2" 2>&1 & say $!)
    until curl -sf "http://127.0.0.1:$1/apis/registry/v3/system/info" >/dev/null; do
        [[ -e /proc/$registry_pid ]] && ((left-- > 0)) || die "the schema registry has not started; see $2"
        sleep 1
    done
}

registry_down() {
    [[ -n ${registry_pid:-} ]] || return 0
    kill "$registry_pid" 2>/dev/null || true
    while [[ -e /proc/$registry_pid ]]; do sleep 0.2; done
    registry_pid=
}
