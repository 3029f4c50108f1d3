package com.example;

import io.backprocess.event.Edit;
import io.backprocess.event.EnvelopeField;
import io.backprocess.event.Event;
import io.backprocess.event.JsonValue;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.RecordText;
import io.backprocess.json.JsonPointer;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;

/** Calls every public method about another envelope that a revision can call, and writes down what it was told. */
public final class AttributeCalls implements Revision {
    @Override
    public String name() {
        return "attribute-calls";
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
    public void revise(Event event, Results results) throws RejectedException {
        String type = event.attribute("type");
        if (type == null) {
            throw RejectedException.of(Reason.MISSING_CONTEXT, "no type");
        }
        try {
            if (type.equals("unknown")) {
                event.attribute("another");
            }
            if (type.equals("read-only")) {
                event.edit().attribute("number", "8");
            }
        } catch (IllegalArgumentException e) {
            throw new RejectedException("refused: " + type);
        }
        Edit edit = event.edit().attribute("type", "t\u00e9xt").attribute("tenant", "ten\u00e4nt");
        Edit copy = edit.copy().attribute("type", "copied");
        results.emit(event.edit().set("told", JsonValue.parse(told(event, edit))));
        results.emit(edit);
        results.emit(copy);
    }

    private static String told(Event event, Edit edit) {
        StringBuilder text = new StringBuilder(String.join("|",
                event.attribute("type"), String.valueOf(event.attributeValue("type")),
                String.valueOf(event.attribute("number")), String.valueOf(event.attributeValue("absent")),
                String.valueOf(event.attributes()), String.valueOf(event.headerAttributes()),
                String.valueOf(event.hasAttributes()), String.valueOf(event.knowsAttribute("type")),
                String.valueOf(event.knowsAttribute("another")),
                String.valueOf(edit.attribute("type")), String.valueOf(edit.attribute("number")),
                String.valueOf(event.time()), String.valueOf(event.overwrittenCorrelationId()),
                RecordText.key(event.record()), String.valueOf(RecordText.headers(event.record())),
                String.valueOf(event.record().headers().toArray().length),
                String.valueOf(event.value(EnvelopeField.named("payload")).isObject())));
        for (EnvelopeField field : EnvelopeField.values()) {
            JsonPointer pointer = event.stampPointer(field);
            text.append('|').append(field).append(' ').append(event.value(field) == null)
                    .append(' ').append(pointer == null ? "none" : event.envelope().at(pointer))
                    .append(' ').append(event.hasPlaceFor(field));
        }
        return "\"" + text.toString().replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    }
}
