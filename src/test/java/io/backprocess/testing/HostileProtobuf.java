package io.backprocess.testing;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import io.backprocess.format.Codec;
import io.backprocess.format.SchemaText;
import io.backprocess.format.UnfitException;
import io.backprocess.format.protobuf.MessagePrefix;
import io.backprocess.format.protobuf.ProtobufCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Purchases in Protobuf's wire format, written field by field: in any order, twice, and with fields that the schema does not have. */
public final class HostileProtobuf implements HostileSchema {
    public static final String SCHEMA = """
            syntax = "proto3";
            package com.acme;
            message Other { string eventId = 1; }
            message Event {
              string eventId = 1;
              optional string correlationId = 2;
              int64 eventTimestamp = 3;
              int32 processVersion = 4;
              Purchase payload = 5;
              repeated string tags = 6;
            }
            message Item { string itemSku = 1; sint64 amount = 2; }
            message Purchase {
              string actionType = 1;
              optional string itemSku = 2;
              optional sint64 amount = 3;
              repeated Item items = 4;
              map<string, int64> extra = 5;
              Purchase next = 6;
              oneof choice { string text = 7; double number = 8; bytes raw = 9; }
              repeated fixed32 counts = 10;
              enum Kind { A = 0; B = 1; }
              Kind kind = 11;
            }
            """;
    /** The same fields have other types. */
    public static final String SECOND = SCHEMA.replace("com.acme", "com.acme.v2")
            .replace("optional sint64 amount", "optional double amount")
            .replace("sint64 amount", "double amount")
            .replace("map<string, int64> extra", "map<int32, Item> extra");
    /** The payload has 10 000 more fields. */
    public static final String WIDE = SCHEMA.replace("com.acme", "com.acme.wide")
            .replace(
                    "optional string itemSku = 2;",
                    "optional string itemSku = 2;"
                            + IntStream.range(0, 10_000)
                                    .mapToObj(i -> "optional int32 f%d = %d;".formatted(i, 100 + i))
                                    .collect(Collectors.joining()));

    private static final int MAX_CHANGED = 500;
    private static final int PAYLOAD = 5;
    private static final int UNKNOWN = 90;
    private static final String[] TEXTS = {
        "Purchased", "SKU-PREMIUM-7", "SKU-BASIC-1", "", "\u0000\"\\", "\ud83d\ude00", "x".repeat(300)
    };
    /** Confluent's message indexes: the second message, in two forms; others, and no indexes. */
    private static final String[] INDEXES = {"02", "0202", "0204", "02ffffffff0f", "0400", "01", "ffffffff0f", "00"};

    private final int id;
    private final Codec codec;
    private final boolean decimal;

    public HostileProtobuf(int id, String text) throws UnfitException {
        this.id = id;
        this.codec = ProtobufCodec.of(new SchemaText(text, List.of()), MessagePrefix.CONFLUENT);
        this.decimal = text.contains("double amount");
    }

    @Override
    public int id() {
        return id;
    }

    @Override
    public Codec codec() {
        return codec;
    }

    /** What writes one message. */
    private interface Writing {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] message(Writing writing) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        try {
            writing.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    public byte[] write(String eventId, SplittableRandom random) {
        byte[] event = message(out -> {
            for (int field : order(6, random)) {
                if (random.nextInt(60) > 0) {
                    event(field, eventId, out, random);
                }
            }
        });
        byte[] indexes = random.nextInt(40) == 0
                ? HexFormat.of().parseHex(INDEXES[random.nextInt(INDEXES.length)])
                : new byte[] {2, 2};
        byte[] value = Arrays.copyOf(indexes, indexes.length + event.length);
        System.arraycopy(event, 0, value, indexes.length, event.length);
        return value;
    }

    private void event(int field, String eventId, CodedOutputStream out, SplittableRandom random) throws IOException {
        switch (field) {
            case 1 -> out.writeString(field, eventId);
            case 2 -> {
                if (random.nextBoolean()) {
                    out.writeString(field, "of an earlier batch");
                }
            }
            case 3 -> out.writeInt64(field, random.nextLong() >> random.nextInt(64));
            case 4 -> out.writeInt32(field, random.nextInt(8) == 0 ? random.nextInt(4) : 1);
            case PAYLOAD -> {
                byte[] purchase = purchase(random);
                for (int depth = random.nextInt(500) == 0 ? depth(random) : 0; depth > 0; depth--) {
                    byte[] inner = purchase;
                    purchase = message(outer -> {
                        outer.writeByteArray(6, inner);
                        outer.writeString(1, "outer");
                    });
                }
                out.writeByteArray(field, purchase);
                if (random.nextInt(20) == 0) {
                    out.writeByteArray(field, purchase(random));
                }
            }
            default -> {
                for (int i = random.nextInt(3); i > 0; i--) {
                    out.writeString(field, text(random));
                }
                unknown(out, random);
            }
        }
    }

    /** Returns a depth on either side of the limit of changes. */
    private static int depth(SplittableRandom random) {
        return random.nextBoolean() ? random.nextInt(MAX_CHANGED - 50) : random.nextInt(MAX_CHANGED + 50, 1200);
    }

    @Override
    public boolean takes(byte[] source, List<byte[]> results) {
        return depth(source) <= MAX_CHANGED;
    }

    /** Returns how deeply objects are nested; a bracket in a text changes that little. */
    private static int depth(byte[] json) {
        int depth = 0;
        int deepest = 0;
        for (byte each : json) {
            depth += each == '{' ? 1 : each == '}' ? -1 : 0;
            deepest = Math.max(deepest, depth);
        }
        return deepest;
    }

    private byte[] purchase(SplittableRandom random) {
        return message(out -> {
            for (int field : order(11, random)) {
                purchase(field, out, random);
            }
        });
    }

    private void purchase(int field, CodedOutputStream out, SplittableRandom random) throws IOException {
        switch (field) {
            case 1 -> out.writeString(field, random.nextInt(6) == 0 ? text(random) : "Purchased");
            case 2 -> {
                if (random.nextInt(20) > 0) {
                    out.writeString(field, text(random));
                }
            }
            case 3 -> {
                if (random.nextInt(20) > 0) {
                    amount(field, out, random);
                }
            }
            case 4 -> {
                for (int i = random.nextInt(5) == 0 ? random.nextInt(4) : 0; i > 0; i--) {
                    out.writeByteArray(field, message(item -> {
                        item.writeString(1, text(random));
                        amount(2, item, random);
                    }));
                }
            }
            case 5 -> {
                for (int i = random.nextInt(3); i > 0; i--) {
                    out.writeByteArray(field, message(entry -> {
                        if (decimal) {
                            entry.writeInt32(1, random.nextInt(4));
                            entry.writeByteArray(2, message(item -> item.writeString(1, text(random))));
                        } else {
                            entry.writeString(1, text(random));
                            entry.writeInt64(2, random.nextLong());
                        }
                    }));
                }
            }
            case 7 -> {
                switch (random.nextInt(4)) {
                    case 0 -> out.writeString(7, text(random));
                    case 1 -> out.writeDouble(8, Double.longBitsToDouble(random.nextLong()));
                    case 2 -> out.writeBytes(9, ByteString.copyFrom(new byte[] {1, 2, (byte) random.nextInt()}));
                    default -> {}
                }
            }
            case 10 -> {
                out.writeFixed32(field, random.nextInt());
                out.writeByteArray(field, new byte[4 * random.nextInt(3)]);
            }
            case 11 -> out.writeEnum(field, random.nextInt(4));
            default -> unknown(out, random);
        }
    }

    private void amount(int field, CodedOutputStream out, SplittableRandom random) throws IOException {
        long amount = random.nextInt(10) == 0 ? -random.nextInt(3) : random.nextLong() >>> (1 + random.nextInt(62));
        if (decimal) {
            out.writeDouble(field, random.nextInt(50) == 0 ? Double.NaN : amount / 100d);
        } else {
            out.writeSInt64(field, amount);
        }
    }

    private static void unknown(CodedOutputStream out, SplittableRandom random) throws IOException {
        int number = UNKNOWN + random.nextInt(5);
        switch (random.nextInt(8)) {
            case 0 -> out.writeString(number, text(random));
            case 1 -> out.writeInt64(number, random.nextLong());
            case 2 -> out.writeFixed32(number, 7);
            case 3 -> {
                out.writeTag(number, 3);
                out.writeFixed64(1, random.nextLong());
                out.writeTag(number, 4);
            }
            default -> {}
        }
    }

    private static List<Integer> order(int fields, SplittableRandom random) {
        List<Integer> order = IntStream.rangeClosed(1, fields).boxed().collect(Collectors.toList());
        if (random.nextBoolean()) {
            Collections.shuffle(order, new Random(random.nextLong()));
        }
        return order;
    }

    private static String text(SplittableRandom random) {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    /** The fields that the event and its payload have beside those of the schema, as Protobuf's own library finds them. */
    @Override
    public String rest(byte[] value) {
        // Of the form 0 or 2, 2.
        int from = value[0] == 0 ? 1 : 2;
        try {
            UnknownFieldSet event = UnknownFieldSet.parseFrom(Arrays.copyOfRange(value, from, value.length));
            ByteArrayOutputStream payload = new ByteArrayOutputStream();
            event.getField(PAYLOAD).getLengthDelimitedList().forEach(each -> payload.writeBytes(each.toByteArray()));
            return "beside: " + beside(event) + beside(UnknownFieldSet.parseFrom(payload.toByteArray()));
        } catch (InvalidProtocolBufferException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String beside(UnknownFieldSet all) {
        UnknownFieldSet.Builder unknown = UnknownFieldSet.newBuilder();
        all.asMap().forEach((number, field) -> {
            if (number >= UNKNOWN && number < 100) {
                unknown.addField(number, field);
            }
        });
        return HexFormat.of().formatHex(unknown.build().toByteArray());
    }
}
