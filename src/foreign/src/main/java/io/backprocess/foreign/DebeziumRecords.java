package io.backprocess.foreign;

import java.math.BigDecimal;
import org.apache.kafka.connect.data.Decimal;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.apache.kafka.connect.source.SourceRecord;

/** Writes debezium.jsonl: changes of a table. */
public final class DebeziumRecords {
    private static final Schema KEY =
            SchemaBuilder.struct().name("shop.public.orders.Key").field("id", Schema.INT64_SCHEMA).build();

    private DebeziumRecords() {}

    public static void main(String[] args) throws Exception {
        Dump dump = new Dump(args, "debezium", "io.debezium:debezium-connector-postgres 3.4.3.Final");
        // decimal.handling.mode: precise (the default), string, double.
        Schema precise = row(Decimal.builder(2).optional().build());
        Schema string = row(Schema.OPTIONAL_STRING_SCHEMA);
        Schema number = row(Schema.OPTIONAL_FLOAT64_SCHEMA);
        BigDecimal amount = new BigDecimal("9.50");

        changes(dump, "schemas.enable=false, decimal.handling.mode=string", false, "BASE64", string, "9.50", "7.25", 1);
        changes(dump, "schemas.enable=true, decimal.handling.mode=double", true, "BASE64", number, 9.50, 7.25, 2);
        one(dump, "schemas.enable=false, decimal.handling.mode=precise", false, "BASE64", precise, amount, 3);
        one(dump, "schemas.enable=false, decimal.handling.mode=precise, decimal.format=NUMERIC", false, "NUMERIC", precise, amount, 4);
        one(dump, "schemas.enable=true, decimal.handling.mode=precise", true, "BASE64", precise, amount, 5);
        dump.write();
    }

    private static void changes(
            Dump dump, String mode, boolean schemas, String decimals, Schema row, Object first, Object second, int n) {
        Postgres table = new Postgres("orders", row);
        Struct before = row(row, n, first);
        Struct after = row(row, n, second);
        int at = n * 10;
        write(dump, mode + ", create", schemas, decimals, table.record(key(n), table.create(at, before)), at);
        write(dump, mode + ", update", schemas, decimals, table.record(key(n), table.update(at + 1, before, after)), at + 1);
        write(dump, mode + ", delete", schemas, decimals, table.record(key(n), table.delete(at + 2, after)), at + 2);
        write(dump, mode + ", tombstone", schemas, decimals, table.record(key(n), null), at + 2);
    }

    private static void one(Dump dump, String mode, boolean schemas, String decimals, Schema row, Object amount, int n) {
        Postgres table = new Postgres("orders", row);
        write(dump, mode + ", create", schemas, decimals, table.record(key(n), table.create(n * 10, row(row, n, amount))), n * 10);
    }

    private static void write(Dump dump, String mode, boolean schemas, String decimals, SourceRecord record, int at) {
        JsonConverter keys = Converters.json("key", schemas, decimals);
        JsonConverter values = Converters.json("value", schemas, decimals);
        Postgres.dump(dump, mode, record, Shop.TIME + at + 300, keys, values, Converters.simple());
    }

    private static Schema row(Schema amount) {
        return SchemaBuilder.struct()
                .optional()
                .name("shop.public.orders.Value")
                .field("id", Schema.INT64_SCHEMA)
                .field("userId", Schema.OPTIONAL_STRING_SCHEMA)
                .field("actionType", Schema.OPTIONAL_STRING_SCHEMA)
                .field("itemSku", Schema.OPTIONAL_STRING_SCHEMA)
                .field("amount", amount)
                .build();
    }

    private static Struct key(long id) {
        return new Struct(KEY).put("id", id);
    }

    private static Struct row(Schema row, int n, Object amount) {
        return new Struct(row)
                .put("id", (long) n)
                .put("userId", "user-" + n)
                .put("actionType", "Purchased")
                .put("itemSku", "SKU-BASIC-" + n)
                .put("amount", amount);
    }
}
