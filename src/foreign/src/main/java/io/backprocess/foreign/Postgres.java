package io.backprocess.foreign;

import io.debezium.config.CommonConnectorConfig;
import io.debezium.config.Configuration;
import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.connector.common.DebeziumHeaderProducer;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresSourceInfoStructMaker;
import io.debezium.connector.postgresql.SourceInfo;
import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.ReplicationMessage;
import io.debezium.data.Envelope;
import io.debezium.pipeline.txmetadata.DefaultTransactionStructMaker;
import io.debezium.relational.TableId;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.header.ConnectHeaders;
import org.apache.kafka.connect.header.Header;
import org.apache.kafka.connect.header.Headers;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.apache.kafka.common.header.internals.RecordHeaders;

/** Change events as Debezium's connector for Postgres makes them, from its own classes. */
final class Postgres {
    private static final Configuration CONFIG = Configuration.create()
            .with("name", "shop-connector")
            .with("task.id", "0")
            .with("connector.class", "io.debezium.connector.postgresql.PostgresConnector")
            .with("topic.prefix", "shop")
            .with("database.hostname", "db")
            .with("database.user", "shop")
            .with("database.dbname", "shop")
            .with("plugin.name", "pgoutput")
            .build();
    private static final PostgresConnectorConfig CONNECTOR = new PostgresConnectorConfig(CONFIG);

    private final PostgresSourceInfoStructMaker maker = new PostgresSourceInfoStructMaker();
    private final Schema row;
    private final Envelope envelope;
    private final String table;

    Postgres(String table, Schema row) {
        maker.init("postgresql", "3.4.3.Final", CONNECTOR);
        this.table = table;
        this.row = row;
        this.envelope = Envelope.defineSchema()
                .withName("shop.public." + table + ".Envelope")
                .withRecord(row)
                .withSource(maker.schema())
                .withTransaction(new DefaultTransactionStructMaker(CONFIG).getTransactionBlockSchema())
                .build();
    }

    Schema row() {
        return row;
    }

    Struct source(int n, ReplicationMessage.Operation operation) {
        try {
            Constructor<SourceInfo> constructor = SourceInfo.class.getDeclaredConstructor(PostgresConnectorConfig.class);
            constructor.setAccessible(true);
            SourceInfo info = constructor.newInstance(CONNECTOR);
            Method commit = SourceInfo.class.getDeclaredMethod("updateLastCommit", Lsn.class);
            commit.setAccessible(true);
            commit.invoke(info, Lsn.valueOf(24023119L + n));
            Method update = SourceInfo.class.getDeclaredMethod(
                    "update",
                    Lsn.class,
                    Instant.class,
                    Long.class,
                    Long.class,
                    TableId.class,
                    ReplicationMessage.Operation.class);
            update.setAccessible(true);
            update.invoke(
                    info,
                    Lsn.valueOf(24023128L + n),
                    Instant.ofEpochMilli(Shop.TIME + n).plusNanos(456_000),
                    555L + n,
                    null,
                    new TableId("shop", "public", table),
                    operation);
            return maker.struct(info);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    Struct create(int n, Struct after) {
        return envelope.create(after, source(n, ReplicationMessage.Operation.INSERT), read(n));
    }

    Struct update(int n, Struct before, Struct after) {
        return envelope.update(before, after, source(n, ReplicationMessage.Operation.UPDATE), read(n));
    }

    Struct delete(int n, Struct before) {
        return envelope.delete(before, source(n, ReplicationMessage.Operation.DELETE), read(n));
    }

    SourceRecord record(Struct key, Struct value) {
        return new SourceRecord(
                Map.of("server", "shop"),
                Map.of("lsn", 24023128L),
                "shop.public." + table,
                null,
                key.schema(),
                key,
                value == null ? null : value.schema(),
                value,
                null,
                context());
    }

    /** extended.headers.enabled=true, the default. */
    private static Headers context() {
        CdcSourceTaskContext<CommonConnectorConfig> task = new CdcSourceTaskContext<>(CONFIG, CONNECTOR, Map.of());
        Headers headers = new ConnectHeaders();
        for (Header header : new DebeziumHeaderProducer(task).contextHeaders()) {
            // Random, so that two runs would differ.
            boolean run = header.key().endsWith("runId");
            headers.add(
                    header.key(),
                    new SchemaAndValue(header.schema(), run ? "00000000-0000-4000-8000-0000000000aa" : header.value()));
        }
        return headers;
    }

    private static Instant read(int n) {
        return Instant.ofEpochMilli(Shop.TIME + n + 200);
    }

    /** Converts and dumps a record in the order in which the worker of Kafka Connect does it. */
    static void dump(
            Dump dump, String mode, SourceRecord record, long now, Converter keys, Converter values, HeaderConverter headers) {
        org.apache.kafka.common.header.Headers converted = new RecordHeaders();
        for (Header header : record.headers()) {
            converted.add(
                    header.key(), headers.fromConnectHeader(record.topic(), header.key(), header.schema(), header.value()));
        }
        byte[] key = keys.fromConnectData(record.topic(), converted, record.keySchema(), record.key());
        byte[] value = values.fromConnectData(record.topic(), converted, record.valueSchema(), record.value());
        dump.add(mode, record.timestamp() == null ? now : record.timestamp(), key, value, converted);
    }
}
