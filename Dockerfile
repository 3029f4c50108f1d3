# Backprocess on Flink's official image:
#
#   mvn -DskipTests package
#   docker build --build-arg FLINK_DIGEST=sha256:… -t backprocess .
#
# FLINK_DIGEST is the digest of flink:2.2.1-java17, as `docker buildx imagetools inspect flink:2.2.1-java17` prints it: a tag can
# be moved, a digest cannot. The image takes the jar that was tested, and does not build a new one. Maven gives the same jar for
# the same commit. So with the same digest and a fixed time (SOURCE_DATE_EPOCH, or `--timestamp` of buildah and podman), the image
# is the same too. .ci/image does all this without Docker and without a registry.
ARG FLINK_IMAGE=docker.io/library/flink
ARG FLINK_DIGEST

# The files that are added to Flink, checked against the Flink that they are added to.
FROM ${FLINK_IMAGE}@${FLINK_DIGEST} AS layout
USER root
ARG LOG4J_VERSION=2.24.3
COPY target/backprocess.jar /layout/usrlib/backprocess.jar
# Flink's image has Log4j, but not the layout that writes JSON.
COPY target/image/log4j-layout-template-json-${LOG4J_VERSION}.jar /layout/lib/
COPY flink-conf/log4j-console.properties flink-conf/log4j-cli.properties /layout/conf/
COPY flink-conf/config.yaml /tmp/config.yaml
RUN set -eu; \
    # Images with revisions copy their jars here. A volume can be mounted here too.
    mkdir -p /layout/usrlib/revisions; \
    # All settings except the addresses: a container has its own.
    sed '/^# --- Addresses/,$d' /tmp/config.yaml >/layout/conf/config.yaml; \
    printf '%s\n' '# --- Addresses: all interfaces of the container' \
        'jobmanager.bind-host: 0.0.0.0' 'taskmanager.bind-host: 0.0.0.0' 'rest.address: 0.0.0.0' 'rest.bind-address: 0.0.0.0' \
        >>/layout/conf/config.yaml; \
    missing() { echo "$1" >&2; exit 1; }; \
    [ -f "/opt/flink/lib/log4j-core-$LOG4J_VERSION.jar" ] || missing "this Flink has another Log4j than $LOG4J_VERSION"; \
    ls /opt/flink/plugins/metrics-prometheus/flink-metrics-prometheus-*.jar || missing "this Flink has no Prometheus reporter"; \
    [ "$(id -u flink)" = 9999 ] || missing "this image's user flink is not 9999"; \
    # Readable by any user, because a cluster may choose one.
    chmod -R a=rX,u+w /layout

FROM ${FLINK_IMAGE}@${FLINK_DIGEST}
LABEL org.opencontainers.image.title="Backprocess" \
      org.opencontainers.image.description="Reprocesses Kafka history with new business logic: once per event, in order, proven complete" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=layout /layout/lib/ /opt/flink/lib/
COPY --from=layout /layout/usrlib/ /opt/flink/usrlib/
# Flink's start script writes addresses and FLINK_PROPERTIES into these files, unless the root filesystem is read-only or they are
# mounted.
COPY --from=layout --chown=9999:9999 /layout/conf/ /opt/flink/conf/
# A number, so that a cluster that forbids root can check it without reading the image.
USER 9999:9999
