# shellcheck shell=bash
# Shared by the scripts: paths, Java, the cached jars, and Flink's answers over HTTP. Source this file with bash.

# With CDPATH set, cd may change to another directory, and prints it.
unset CDPATH
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
DEFAULT_STACK_DIR=${BACKPROCESS_STACK_DIR:-$REPO/.stack}
PROGRAM=${0##*/}

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "$PROGRAM" "$*" >&2; exit 1; }
wrong_usage() { printf '%s: %s\n' "$PROGRAM" "$*" >&2; exit 2; }

absolute() { case $1 in /*) say "$1" ;; *) say "$PWD/$1" ;; esac; }

find_java() {
    JAVA=${JAVA_HOME:+$JAVA_HOME/bin/}java
    if ! command -v "$JAVA" >/dev/null; then
        [[ -z ${JAVA_HOME:-} ]] || die "JAVA_HOME is $JAVA_HOME, but there is no $JAVA: set it to a Java 17, or unset it"
        die "no Java found: install Java 17, or set JAVA_HOME"
    fi
    local version
    # Java up to version 8 calls itself 1.8.
    version=$("$JAVA" -version 2>&1 | sed -n 's/.* version "\(1\.\)\{0,1\}\([0-9]*\).*/\2/p') ||
        die "$JAVA does not start; $JAVA -version says why (JDK_JAVA_OPTIONS, JAVA_HOME)"
    [[ ${version:-0} -ge 17 ]] || die "Java ${version:-of unknown version} found ($JAVA), 17 is needed: set JAVA_HOME"
}

# pinned NAME: prints the version of NAME in the main pom.xml, its only source.
pinned() {
    local version
    version=$(sed -n "s:.*<$1\.version>\(.*\)</$1\.version>.*:\1:p" "$REPO/pom.xml" | head -n 1)
    [[ -n $version ]] || die "pom.xml has no <$1.version>"
    say "$version"
}

# lib_dir flink|kafka: prints the directory with the jars: that of a distribution, or a cached one that Maven fills first.
lib_dir() {
    case $1 in
        flink) if [[ -n ${FLINK_HOME:-} ]]; then existing_lib FLINK_HOME "$FLINK_HOME/lib"; return; fi ;;
        kafka) if [[ -n ${KAFKA_HOME:-} ]]; then existing_lib KAFKA_HOME "$KAFKA_HOME/libs"; return; fi ;;
    esac
    local pom=$REPO/scripts/stack.d/$1/pom.xml version log4j hash
    version=$(pinned "$1") || exit
    log4j=$(pinned log4j) || exit
    hash=$({ cat "$pom"; say "$log4j"; } | cksum | cut -d ' ' -f 1)
    local dir=$REPO/.stack-lib/$1-$version-$hash
    [[ -d $dir ]] || fill_lib "$dir" "$pom" "-D$1.version=$version" "-Dlog4j.version=$log4j"
    say "$dir"
}

existing_lib() {
    compgen -G "$2/*.jar" >/dev/null || die "$1 is set, but $2 holds no jars: correct or unset it"
    say "$2"
}

fill_lib() {
    local dir=$1 pom=$2
    shift 2
    command -v mvn >/dev/null || die "no Maven found: install mvn, or set FLINK_HOME and KAFKA_HOME"
    say "fetching ${dir##*/} with Maven (once)" >&2
    local part=$dir.part.$$
    mkdir -p "$part"
    # Maven runs for a few seconds: the quick compiler and a collector with one thread nearly halve that time.
    if ! MAVEN_OPTS="-XX:TieredStopAtLevel=1 -XX:+UseSerialGC ${MAVEN_OPTS:-}" mvn -q -B -f "$pom" "$@" dependency:copy-dependencies \
        -DincludeScope=runtime "-DoutputDirectory=$part" >"$part.log" 2>&1; then
        sed 's/^/  /' "$part.log" >&2
        rm -rf "$part" "$part.log"
        die "Maven could not fetch the jars of $pom"
    fi
    # In one step, so that another process never finds the directory half filled.
    [[ -d $dir ]] || mv "$part" "$dir"
    rm -rf "$part" "$part.log"
}

# log_file FILE: makes its directory and prints FILE. If FILE cannot be written, it says so and prints /dev/null.
log_file() {
    if mkdir -p "${1%/*}" 2>/dev/null && { : >>"$1"; } 2>/dev/null; then
        say "$1"
    else
        printf '%s: no log is kept: %s cannot be written\n' "$PROGRAM" "$1" >&2
        say /dev/null
    fi
}

# flink_option KEY: prints a value of the project's flink-conf (not of a distribution's, whose YAML may be nested).
flink_option() { sed -n "s/^$1: //p" "$REPO/flink-conf/config.yaml"; }

# http_ask PATH [JSON]: sends a GET to Flink at $FLINK_PORT, or a POST if there is JSON. Read the answer from descriptor 3.
# Call it in its own subshell: the descriptor stays open.
http_ask() {
    exec 3<>"/dev/tcp/127.0.0.1/$FLINK_PORT" || exit 1
    if (($# > 1)); then
        printf 'POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s' \
            "$1" "${#2}" "$2" >&3
    else
        printf 'GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n' "$1" >&3
    fi
}

# http_status PATH: prints the code of the answer of Flink at $FLINK_PORT; prints nothing if it does not answer.
http_status() (
    http_ask "$1"
    IFS=' ' read -r -t 5 _ code _ <&3
    printf '%s\n' "$code"
) 2>/dev/null

# http_get PATH [JSON]: prints the body of the answer of Flink at $FLINK_PORT; fails unless the code is a 2xx. JSON (ASCII only)
# is posted.
http_get() (
    http_ask "$@"
    # A POST may take longer than a GET.
    IFS= read -r -t $(($# > 1 ? 20 : 5)) line <&3
    [[ $line == *" 2"[0-9][0-9]" "* ]] || exit 1
    while IFS= read -r -t 5 line <&3 && [[ $line != $'\r' ]]; do :; done
    while IFS= read -r -t 5 line <&3 || [[ -n $line ]]; do
        printf '%s\n' "$line"
        line=
    done
) 2>/dev/null
