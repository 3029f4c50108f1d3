package io.backprocess.bench;

import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;

/**
 * The same batch in Flink SQL: ROW_NUMBER = 1 by processing time drops the copies, one INSERT writes exactly once. It writes the
 * payload again from the columns that it knows, has no dead letters, partitions by key, and shuffles, so the order is lost.
 *
 * <p>Tuned, in CPU seconds of the TaskManager for 2 million records, pairwise on a machine with other work on it: with the
 * settings here 77; level compaction 79 and 79. Mini-batch cannot be used: with {@code table.exec.mini-batch.enabled} the planner
 * of 2.2.1 makes a Rank with updates of the first row by processing time, which a Kafka table without a primary key rejects.
 *
 * <p>{@code SqlPeer BOOTSTRAP SOURCE BATCH-ID}
 */
public final class SqlPeer {
    /** The shape of an envelope; members that are not named here are lost. The key and the timestamp are the Kafka record's. */
    private static final String COLUMNS = """
            `userKey` BYTES,
            `written` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',
            `eventId` STRING,
            `correlationId` STRING,
            `eventTimestamp` STRING,
            `processVersion` DOUBLE,
            `traceparent` STRING,
            `payload` ROW<
                `userId` STRING, `actionType` STRING, `itemSku` STRING, `amount` DECIMAL(20, 3), `price` INT,
                `currency` STRING, `city` STRING,
                `device` ROW<`os` STRING, `version` STRING, `screen` ARRAY<INT>, `locale` STRING>,
                `note` STRING, `campaign` STRING, `session` STRING, `basket` INT>""";

    private SqlPeer() {}

    public static void main(String[] args) throws Exception {
        String bootstrapServers = args[0];
        String source = args[1];
        String batchId = args[2];
        String results = source + "." + batchId;
        Clients.createTopics(bootstrapServers, source, results);

        TableEnvironment env = TableEnvironment.create(EnvironmentSettings.inStreamingMode());
        env.getConfig().set("pipeline.name", "peer " + batchId);
        env.getConfig().set("state.backend.rocksdb.compaction.style", "UNIVERSAL");
        // The planner names its operators itself.
        env.getConfig().set("pipeline.auto-generate-uids", "true");
        env.executeSql("CREATE TABLE history (" + COLUMNS + ", `arrived` AS PROCTIME()) WITH ("
                + table(source, Clients.consumer(bootstrapServers))
                + """
                , 'scan.startup.mode' = 'earliest-offset', 'scan.bounded.mode' = 'latest-offset'
                , 'value.json.ignore-parse-errors' = 'true')""");
        env.executeSql("CREATE TABLE results (" + COLUMNS + ") WITH ("
                + table(results, Clients.producer(bootstrapServers))
                + """
                , 'sink.delivery-guarantee' = 'exactly-once', 'sink.transactional-id-prefix' = '%s')""".formatted(results));
        env.executeSql(insert(batchId)).await();
    }

    private static String table(String topic, Properties kafka) {
        return """
                'connector' = 'kafka', 'topic' = '%s', 'value.format' = 'json',
                'key.format' = 'raw', 'key.fields' = 'userKey', 'value.fields-include' = 'EXCEPT_KEY'""".formatted(topic)
                + kafka.stringPropertyNames().stream()
                        .map(name -> ", 'properties." + name + "' = '" + kafka.getProperty(name) + "'")
                        .collect(Collectors.joining());
    }

    private static String insert(String batchId) {
        return """
                INSERT INTO results
                SELECT userKey, written, eventId, '%s', eventTimestamp, 2, traceparent,
                    ROW(payload.userId,
                        CASE WHEN payload.actionType <> 'Purchased' THEN payload.actionType
                             WHEN payload.itemSku LIKE 'SKU-PREMIUM-%%' THEN 'SubscriptionAPurchased'
                             WHEN payload.itemSku LIKE 'SKU-BASIC-%%' THEN 'SubscriptionBPurchased'
                             ELSE payload.actionType END,
                        payload.itemSku, payload.amount, payload.price, payload.currency, payload.city, payload.device,
                        payload.note, payload.campaign, payload.session, payload.basket)
                FROM (
                    SELECT *, ROW_NUMBER() OVER (PARTITION BY eventId ORDER BY arrived) AS copy
                    FROM history
                    WHERE eventId IS NOT NULL AND processVersion = 1 AND payload IS NOT NULL)
                WHERE copy = 1 AND (payload.actionType IS NULL OR payload.actionType <> 'Purchased'
                    OR (payload.itemSku IS NOT NULL AND payload.amount >= 0))""".formatted(batchId);
    }
}
