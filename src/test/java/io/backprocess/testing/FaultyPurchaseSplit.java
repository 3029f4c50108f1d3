package io.backprocess.testing;

import io.backprocess.event.Event;
import io.backprocess.event.ProcessVersion;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import io.backprocess.revise.TransientException;
import io.backprocess.revise.shipped.PurchaseSplit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** purchase-split, but the subtask dies where the test says so: of an error that no step may catch. */
public final class FaultyPurchaseSplit implements Revision {
    /** Asked for every event; shared by the subtasks of the test's MiniCluster. */
    public static volatile Predicate<Event> fails = event -> false;

    /** Asked for every event too: what the revision throws at it, null for nothing. */
    public static volatile Function<Event, @Nullable Exception> throwsAt = event -> null;

    /** Asked for every event too: whether its results come without the member {@code blob}. */
    public static volatile Predicate<Event> dropsBlob = event -> false;

    private final Revision purchaseSplit = new PurchaseSplit();

    public static final String NAME = "purchase-split-with-faults";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ProcessVersion from() {
        return purchaseSplit.from();
    }

    @Override
    public ProcessVersion to() {
        return purchaseSplit.to();
    }

    @Override
    public void revise(Event event, Results results) throws RejectedException, TransientException {
        if (fails.test(event)) {
            throw new OutOfMemoryError("as the test wants it");
        }
        Exception thrown = throwsAt.apply(event);
        if (thrown instanceof RejectedException rejected) {
            throw rejected;
        } else if (thrown instanceof TransientException passing) {
            throw passing;
        } else if (thrown instanceof RuntimeException unexpected) {
            throw unexpected;
        }
        purchaseSplit.revise(event, dropsBlob.test(event) ? edit -> results.emit(edit.remove("blob")) : results);
    }
}
