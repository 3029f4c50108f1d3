# shellcheck shell=bash
# Shared by the scripts: paths, Java, the programs of src/tools, and the cached jars. Source this file with bash.

# With CDPATH set, cd may change to another directory, and prints it.
unset CDPATH
REPO=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
DEFAULT_STACK_DIR=${BACKPROCESS_STACK_DIR:-$REPO/.stack}
PROGRAM=${0##*/}

say() { printf '%s\n' "$*"; }
die() { printf '%s: %s\n' "$PROGRAM" "$*" >&2; exit 1; }
wrong_usage() { printf '%s: %s\n' "$PROGRAM" "$*" >&2; exit 2; }

absolute() { case $1 in /*) say "$1" ;; *) say "$PWD/$1" ;; esac; }

# find_java: sets JAVA: that of JAVA_HOME, or that of the PATH if there is none.
find_java() {
    JAVA=java
    if [[ -n ${JAVA_HOME:-} ]]; then
        if [[ -x $JAVA_HOME/bin/java ]]; then
            JAVA=$JAVA_HOME/bin/java
        else
            printf '%s: JAVA_HOME is %s, but there is no %s: trying java of the PATH\n' "$PROGRAM" "$JAVA_HOME" "$JAVA_HOME/bin/java" >&2
            # Maven would refuse it.
            unset JAVA_HOME
        fi
    fi
    command -v "$JAVA" >/dev/null || die "no Java found: install Java 17, or set JAVA_HOME"
    local version
    java_release
    # Java up to version 8 calls itself 1.8.
    if [[ $RELEASE =~ JAVA_VERSION=\"(1\.)?([0-9]+) ]]; then
        version=${BASH_REMATCH[2]}
    else
        version=$("$JAVA" -version 2>&1 | sed -n 's/.* version "\(1\.\)\{0,1\}\([0-9]*\).*/\2/p') ||
            die "$JAVA does not start; $JAVA -version says why (JDK_JAVA_OPTIONS, JAVA_HOME)"
    fi
    [[ ${version:-0} -ge 17 ]] || die "Java ${version:-of unknown version} found ($JAVA), 17 is needed: set JAVA_HOME"
}

# java_release: sets JAVA_DIR to the directory of JAVA and RELEASE to the text of its file with the version. To read it is a tenth
# of a second faster than to start Java. RELEASE is empty if there is no such file.
java_release() {
    JAVA_DIR=$(readlink -f "$(command -v "$JAVA")")
    JAVA_DIR=${JAVA_DIR%/bin/java} RELEASE=
    if [[ -r $JAVA_DIR/release ]]; then RELEASE=$(<"$JAVA_DIR/release"); fi
}

# java_tool NAME HEAP LIBS ARGUMENTS…: becomes the program io.backprocess.tools.NAME, compiled first if its sources have changed
# since the last time. HEAP is the most memory that it may use; LIBS is a directory of jars that it needs, or empty.
java_tool() {
    local name=$1 heap=$2 libs= sources=$REPO/src/tools/java hash
    # javac does not know "directory/*".
    if [[ -n $3 ]]; then libs=$(printf ':%s' "$3"/*.jar); fi
    shift 3
    find_java
    hash=$(cat "$sources"/io/backprocess/tools/*/*.java | cksum | cut -d ' ' -f 1)
    local dir=$REPO/.stack-lib/$name-$hash quick=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC)
    if [[ ! -d $dir ]]; then
        local part=$dir.part.$$
        "$JAVA" "${quick[@]}" -m jdk.compiler/com.sun.tools.javac.Main -proc:none --release 17 -encoding UTF-8 -cp "$part$libs" \
            -sourcepath "$sources" -d "$part" "$sources/io/backprocess/tools/$name/Main.java" ||
            { rm -rf "$part"; die "$name could not be compiled; is $JAVA that of a JDK?"; }
        # In one step, so that another process never finds the directory half filled.
        [[ -d $dir ]] || mv "$part" "$dir"
        rm -rf "$part"
    fi
    exec "$JAVA" "${quick[@]}" "-Xmx$heap" -Dfile.encoding=UTF-8 "-Dbackprocess.project=$REPO" -cp "$dir$libs" "io.backprocess.tools.$name.Main" "$@"
}

# pinned NAME: prints the version of NAME in the main pom.xml, its only source.
pinned() {
    local pom
    pom=$(<"$REPO/pom.xml")
    [[ $pom =~ \<${1//./\\.}\.version\>([^<]+)\</ ]] || die "pom.xml has no <$1.version>"
    say "${BASH_REMATCH[1]}"
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
    read -r hash _ < <({ cat "$pom"; say "$log4j"; } | cksum)
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
    if { [[ -d ${1%/*} ]] || mkdir -p "${1%/*}" 2>/dev/null; } && { : >>"$1"; } 2>/dev/null; then
        say "$1"
    else
        printf '%s: no log is kept: %s cannot be written\n' "$PROGRAM" "$1" >&2
        say /dev/null
    fi
}

# flink_option KEY: prints a value of the project's flink-conf (not of a distribution's, whose YAML may be nested).
flink_option() { sed -n "s/^$1: //p" "$REPO/flink-conf/config.yaml"; }
