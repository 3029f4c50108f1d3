package com.example;

import io.backprocess.event.Edit;
import io.backprocess.event.Event;
import io.backprocess.event.EventTime;
import io.backprocess.event.JsonObject;
import io.backprocess.event.JsonValue;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.revise.AsyncRevision;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.TransientException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Calls every public method that a revision can call, and writes down what it was told. */
public final class EveryCall implements AsyncRevision {
    private String unit = "";

    @Override
    public String name() {
        return "every-call";
    }

    @Override
    public ProcessVersion from() {
        return ProcessVersion.of("1");
    }

    @Override
    public ProcessVersion to() {
        return ProcessVersion.of("2");
    }

    @Override
    public Set<String> options() {
        return Set.of("unit");
    }

    @Override
    public void configure(Map<String, String> options) {
        unit = options.getOrDefault("unit", "none");
    }

    @Override
    public Duration timeout() {
        return Duration.ofSeconds(5);
    }

    @Override
    public int capacity() {
        return 7;
    }

    @Override
    public CompletionStage<JsonValue> ask(Event event) throws RejectedException {
        if (event.payload().has("unaskable")) {
            throw RejectedException.invalidField("cannot be asked about");
        }
        return CompletableFuture.completedFuture(JsonValue.parse("{\"answer\": [1, \"two\"]}"));
    }

    @Override
    public void revise(Event event, JsonValue answer, Results results) throws RejectedException, TransientException {
        JsonObject payload = event.payload();
        if (payload.has("rejected")) {
            throw new RejectedException("rejected: " + new RejectedException("x").reason() + payload.get("rejected"));
        }
        if (payload.has("contextless")) {
            throw RejectedException.missingContext("contextless");
        }
        if (payload.has("transient")) {
            throw new TransientException("transient", new TransientException("cause"));
        }
        results.emit(event.edit().set("told", JsonValue.parse(told(event, answer))));
        Edit edit = event.edit();
        edit.set("text", "t\u00e9xt").set("decimal", new BigDecimal("1.50")).set("long", 7L).set("bool", true)
                .setNull("null").set("json", JsonValue.parse("[ 1.0 ]"))
                .setAt("/deep/text", "a").setAt("/deep/decimal", new BigDecimal("2.50")).setAt("/deep/long", 8L)
                .setAt("/deep/bool", false).setAt("/deep/json", JsonValue.parse("{}"))
                .removeAt("/nested/list/0").remove("gone").rename("old", "new");
        Edit copy = edit.copy().set("copied", edit.event().eventId());
        copy.set("names", String.join(" ", edit.names())).set("text-before", String.valueOf(copy.get("text")));
        results.emit(edit);
        results.emit(copy);
    }

    private String told(Event event, JsonValue answer) {
        JsonObject payload = event.payload();
        SourceRecord record = event.record();
        JsonObject again = JsonObject.read(record.value());
        JsonValue list = payload.at("/nested/list");
        List<JsonValue> elements = payload.object("nested").elements("list");
        String text = String.join("|",
                unit, event.eventId(), new String(event.eventIdBytes(), StandardCharsets.UTF_8),
                event.eventIdValue().toString(), String.valueOf(event.correlationId()),
                String.valueOf(event.eventTimestamp()), String.valueOf(event.eventTime()),
                event.processVersion().toString(), String.valueOf(event.processVersion().equals(from())),
                String.valueOf(event.processVersion().hashCode() == from().hashCode()),
                String.valueOf(event.partition() == record.partition()),
                String.valueOf(event.envelope().size()), String.valueOf(again.names()),
                String.valueOf(record.offset()), String.valueOf(record.timestamp()), String.valueOf(record.key() == null),
                String.valueOf(new EventTime().of(record)), String.valueOf(EventTime.ofRecord(record)),
                String.valueOf(EventTime.parse(payload.get("at"))), Reason.of("rejected").toString(),
                String.valueOf(payload.members().keySet()), payload.text("text"), payload.number("number").toString(),
                payload.bool("bool").toString(), payload.instant("at").toString(),
                String.valueOf(payload.document() == event.envelope().document()),
                String.valueOf(payload.end() - payload.start() > 2),
                list.literal(), String.valueOf(list.isArray()), String.valueOf(elements.size()),
                String.valueOf(elements.get(0).isNegative()), String.valueOf(elements.get(0).isNumber()),
                String.valueOf(elements.get(1).isNull()), String.valueOf(elements.get(2).isText()),
                String.valueOf(elements.get(2).isEscaped()), elements.get(2).text(),
                String.valueOf(elements.get(3).isBoolean()), String.valueOf(elements.get(3).bool()),
                String.valueOf(elements.get(4).isObject()), elements.get(4).object().get("a").number().toString(),
                String.valueOf(elements.get(5).elements().size()), String.valueOf(elements.get(6).instant()),
                String.valueOf(list.document().length > list.end() - list.start()),
                answer.object().elements("answer").get(1).text());
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
