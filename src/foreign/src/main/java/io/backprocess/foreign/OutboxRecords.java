package io.backprocess.foreign;

import io.debezium.data.Json;
import io.debezium.data.Uuid;
import io.debezium.time.MicroTimestamp;
import io.debezium.transforms.outbox.EventRouter;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;

/** Writes debezium-outbox.jsonl: rows of an outbox table through the outbox event router. */
public final class OutboxRecords {
    private static final Schema KEY =
            SchemaBuilder.struct().name("shop.public.outbox.Key").field("id", Uuid.schema()).build();
    private static final Schema ROW = SchemaBuilder.struct()
            .optional()
            .name("shop.public.outbox.Value")
            .field("id", Uuid.schema())
            .field("aggregatetype", Schema.STRING_SCHEMA)
            .field("aggregateid", Schema.STRING_SCHEMA)
            .field("type", Schema.STRING_SCHEMA)
            .field("payload", Json.builder().optional().build())
            .field("version", Schema.INT32_SCHEMA)
            .field("created_at", MicroTimestamp.schema())
            .build();
    private static final Postgres TABLE = new Postgres("outbox", ROW);
    private static final String TYPE = "type:header:eventType";
    private static final String VERSION = TYPE + ",version:header:process-version";

    private OutboxRecords() {}

    public static void main(String[] args) throws Exception {
        Dump dump = new Dump(args, "debezium-outbox", "io.debezium:debezium-core 3.4.3.Final EventRouter");
        Converter text = Converters.text(false);
        Converter plain = Converters.json("value", false, "BASE64");
        Converter schemas = Converters.json("value", true, "BASE64");
        HeaderConverter simple = Converters.simple();
        HeaderConverter json = Converters.json("header", false, "BASE64");
        HeaderConverter jsonSchemas = Converters.json("header", true, "BASE64");

        add(dump, "StringConverter", 1, Map.of("table.fields.additional.placement", TYPE), text, simple);
        add(
                dump,
                "JsonConverter schemas.enable=false, table.expand.json.payload=true",
                2,
                Map.of("table.fields.additional.placement", TYPE, "table.expand.json.payload", true),
                plain,
                simple);
        add(
                dump,
                "JsonConverter schemas.enable=true, table.expand.json.payload=true, version:header:process-version, table.field.event.timestamp",
                3,
                Map.of(
                        "table.fields.additional.placement",
                        VERSION,
                        "table.expand.json.payload",
                        true,
                        "table.field.event.timestamp",
                        "created_at"),
                schemas,
                simple);
        add(
                dump,
                "JsonConverter schemas.enable=true, payload not expanded",
                4,
                Map.of("table.fields.additional.placement", TYPE),
                schemas,
                simple);
        add(
                dump,
                "JsonConverter schemas.enable=false, payload not expanded",
                5,
                Map.of("table.fields.additional.placement", TYPE),
                plain,
                simple);
        add(
                dump,
                "StringConverter, header.converter JsonConverter schemas.enable=false, version:header:process-version",
                6,
                Map.of("table.fields.additional.placement", VERSION),
                text,
                json);
        add(
                dump,
                "JsonConverter schemas.enable=false, table.expand.json.payload=true, header.converter JsonConverter schemas.enable=true",
                7,
                Map.of("table.fields.additional.placement", VERSION, "table.expand.json.payload", true),
                plain,
                jsonSchemas);
        add(
                dump,
                "JsonConverter schemas.enable=false, table.expand.json.payload=true, type:envelope",
                8,
                Map.of("table.fields.additional.placement", "type:envelope:eventType", "table.expand.json.payload", true),
                plain,
                simple);
        dump.write();
    }

    private static void add(
            Dump dump, String mode, int n, Map<String, Object> config, Converter values, HeaderConverter headers) {
        String id = "00000000-0000-4000-8000-00000000000" + n;
        Struct row = new Struct(ROW)
                .put("id", id)
                .put("aggregatetype", "order")
                .put("aggregateid", "order-" + n)
                .put("type", "Purchased")
                // As Postgres prints jsonb.
                .put("payload", Shop.json(n).replace("\":", "\": ").replace(",\"", ", \""))
                .put("version", 2)
                .put("created_at", (Shop.TIME + n) * 1000);
        EventRouter<SourceRecord> router = new EventRouter<>();
        Map<String, Object> all = new HashMap<>(config);
        all.put("table.field.event.key", "aggregateid");
        router.configure(all);
        SourceRecord record = router.apply(TABLE.record(new Struct(KEY).put("id", id), TABLE.create(n, row)));
        router.close();
        Postgres.dump(dump, mode, record, Shop.TIME + n + 300, Converters.text(true), values, headers);
    }
}
