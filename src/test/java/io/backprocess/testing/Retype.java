package io.backprocess.testing;

import io.backprocess.event.Edit;
import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;

/** Does what the type says, and writes attributes that exist and attributes that do not. {@link MappedJudge} knows its results. */
public final class Retype implements Revision {
    @Override
    public String name() {
        return "retype-mapped";
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
        Edit edit = event.edit();
        switch (String.valueOf(event.attribute("type"))) {
            case "null" -> results.emit(edit.attribute("type", "Late").attribute("tenant", "late"));
            case "Rejected" -> throw new RejectedException("as its type says");
            case "Purchased" -> {
                if (event.attributes().contains("first") && event.attribute("first") != null) {
                    edit.attribute("tenant", "first");
                }
                results.emit(edit.attribute("type", "Bought").set("revised", true));
            }
            case "Split" -> {
                results.emit(edit.copy().attribute("type", "First half"));
                results.emit(edit.attribute("type", "Second half").set("half", 2));
            }
            default -> results.emit(edit.set("revised", true));
        }
    }
}
