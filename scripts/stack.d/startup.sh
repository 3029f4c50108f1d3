# shellcheck shell=bash
# The startup cache: the classes of the commands, parsed and checked once, for Java to map into memory (class data sharing).
# scripts/startup-cache makes it, scripts/backprocess uses it. Source this file after common.sh.

# One directory for each Java.
STARTUP_CACHES=$REPO/target/startup-cache

# class_path JAR LIB: sets CLASS_PATH to the jar and the jars in LIB. A cache is for one class path, in this order.
class_path() {
    local jars=("$2"/*.jar) IFS=:
    CLASS_PATH="$1:${jars[*]}"
}

# startup_cache JAR: sets CACHE to the directory of the cache for JAVA and CLASS_PATH, and CACHE_KEY to what has to be as it was
# when the cache was made: Java, its options, the class path, and the size and time of both. Fails if this Java does not say
# which it is.
startup_cache() {
    [[ $RELEASE =~ JAVA_VERSION=\"([^\"]+) ]] || return 1
    CACHE=$STARTUP_CACHES/java-${BASH_REMATCH[1]}
    local jvm=$JAVA_DIR/lib/server/libjvm.so files
    files=$(stat -L -c '%n %s %Y' "$1" "$jvm" 2>/dev/null) || return 1
    CACHE_KEY="$JAVA_DIR
$RELEASE
${BACKPROCESS_JAVA_OPTS-} ${JAVA_TOOL_OPTIONS-} ${JDK_JAVA_OPTIONS-} ${_JAVA_OPTIONS-}
$CLASS_PATH
$files"
}

# startup_cache_fits: tells whether the cache can be used; sets MISFIT to the reason if not. Java checks its own version and the class
# path, but not the content: one changed byte ends the JVM (seen on 17 and 25). So the content is compared here with its CRC-32,
# which costs 25 ms for 60 MB. SHA-256 costs 130 ms and finds no more accidents; against intent, the owner and the mode are checked.
startup_cache_fits() {
    local archive=$CACHE/classes.jsa key=$CACHE/key stored owners owner mode
    MISFIT="there is none for this Java"
    [[ -f $archive && -f $key ]] || return 1
    MISFIT="it was made for another jar, another Java or other options"
    stored=$(<"$key") || return 1
    [[ ${stored%$'\n'*} == "$CACHE_KEY" ]] || return 1
    MISFIT="another user owns it, or can write it"
    owners=$(stat -c '%u %a' "$CACHE" "$archive" "$key") || return 1
    while read -r owner mode; do
        [[ ($owner == "$EUID" || $owner == 0) && $((0$mode & 022)) == 0 ]] || return 1
    done <<<"$owners"
    # shellcheck disable=SC2034
    MISFIT="it is damaged"
    [[ ${stored##*$'\n'} == "$(cksum <"$archive")" ]]
}
