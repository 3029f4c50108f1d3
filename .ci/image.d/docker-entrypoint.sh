#!/usr/bin/env bash
# Starts Flink in the substitute for the official image, by the same arguments: standalone-job, taskmanager, or any command. The
# official image uses Flink's own scripts; this script sets memory, class path and the names of directories itself. Unlike the
# official one, it never writes a configuration.
set -euo pipefail

: "${FLINK_HOME:=/opt/flink}"
export FLINK_HOME FLINK_LIB_DIR=$FLINK_HOME/lib FLINK_OPT_DIR=$FLINK_HOME/opt FLINK_PLUGINS_DIR=$FLINK_HOME/plugins
export FLINK_CONF_DIR=${FLINK_CONF_DIR:-$FLINK_HOME/conf}
# The same variables as in config.sh, for programs that read them.
export FLINK_BIN_DIR=$FLINK_HOME/bin FLINK_LOG_DIR=${FLINK_LOG_DIR:-$FLINK_HOME/log}
java=${JAVA_HOME:+$JAVA_HOME/bin/}java

option() { sed -n "s/^$1: //p" "$FLINK_CONF_DIR/config.yaml"; }

# memory GET_JM_RESOURCE_PARAMS|GET_TM_RESOURCE_PARAMS: prints a line of options for the JVM and a line of arguments.
memory() {
    "$java" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx256m -cp "$FLINK_LIB_DIR/*" \
        org.apache.flink.runtime.util.bash.BashJavaUtils "$1" --configDir "$FLINK_CONF_DIR" 2>/dev/null |
        sed -n 's/^BASH_JAVA_UTILS_EXEC_RESULT://p'
}

# start KIND "WHAT TO ASK FOR MEMORY" MAIN-CLASS ARGUMENTS…
start() {
    local kind=$1 sizes jvm further
    sizes=$(memory "$2")
    [[ -n $sizes ]] || { echo "Flink rejects the memory settings of $FLINK_CONF_DIR/config.yaml" >&2; exit 1; }
    read -r -a jvm <<<"$(head -n 1 <<<"$sizes") $(option env.java.opts.all) $(option "env.java.opts.$kind")"
    read -r -a further <<<"$(sed -n 2p <<<"$sizes")"
    shift 2
    exec "$java" "${jvm[@]}" "-Dlog4j.configurationFile=$FLINK_CONF_DIR/log4j-console.properties" \
        -cp "$FLINK_LIB_DIR/*" "$1" --configDir "$FLINK_CONF_DIR" "${further[@]}" "${@:2}"
}

case ${1:-help} in
    standalone-job)
        start jobmanager GET_JM_RESOURCE_PARAMS \
            org.apache.flink.container.entrypoint.StandaloneApplicationClusterEntryPoint "${@:2}"
        ;;
    taskmanager)
        start taskmanager GET_TM_RESOURCE_PARAMS org.apache.flink.runtime.taskexecutor.TaskManagerRunner "${@:2}"
        ;;
    help) echo "docker-entrypoint.sh standalone-job --job-classname NAME … | taskmanager … | COMMAND …" ;;
    *) exec "$@" ;;
esac
