package io.backprocess.revise.testkit;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.eventOf;
import static io.backprocess.event.Samples.recordAt;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.backprocess.event.Event;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Reason;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.Taken;
import io.backprocess.revise.RejectedException;
import io.backprocess.revise.Results;
import io.backprocess.revise.Revision;
import io.backprocess.revise.TransientException;
import io.backprocess.revise.operator.Revise;
import io.backprocess.revise.shipped.PurchaseSplit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users are told about their revisions. */
class RevisionTesterTest {
    private static final String PURCHASE =
            "{\"actionType\":\"Purchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":99.990}";
    private static final String RENAMED =
            "{\"actionType\":\"SubscriptionBPurchased\",\"itemSku\":\"SKU-BASIC-1\",\"amount\":99.990}";

    private final RevisionTester tester = RevisionTester.of(PurchaseSplit::new);

    @Test
    void saysWhatAPayloadBecomes() {
        tester.givenPayload(PURCHASE).givesPayloads(RENAMED);
        tester.givenPayload("{\"actionType\":\"Purchased\",\"itemSku\":\"a\",\"amount\":-999}")
                .isRejected("Invalid amount: -999");
        tester.givenPayload("{\"actionType\":\"Purchased\"}").isDead(Reason.MISSING_CONTEXT, "itemSku is missing");
    }

    @Test
    void saysWhatAnEnvelopeBecomesToTheByte() {
        tester.given(envelope("e-1", "1.0", PURCHASE))
                .gives(envelope("e-1", "2", RENAMED).replace("live", "batch-1"));
    }

    /** The same event through the operator that runs in the job. */
    @Test
    void givesWhatTheJobGives() throws Exception {
        String split =
                "{\"actionType\":\"Purchased\",\"items\":[{\"itemSku\":\"a\",\"amount\":1.10},{\"itemSku\":\"b\",\"amount\":1e400}]}";
        SourceRecord record = recordAt(0, 0, envelope("caf\\u00e9", "1", split));
        Revise job = new Revise(
                RevisionTester.BATCH_ID, ProcessVersion.of("1"), List.of("purchase-split"), Map.of(), 1_000_000);
        job.open(getClass().getClassLoader());

        Outcome outcome = job.map(eventOf(record));

        List<String> expected = ((Taken) outcome)
                .results().stream()
                        .map(result -> new String(result.envelope(), UTF_8))
                        .toList();
        assertThat(expected).hasSize(2);
        assertThat(tester.given(record).results()).isEqualTo(expected);
        assertThat(RevisionTester.named("purchase-split").given(record).results())
                .isEqualTo(expected);
    }

    @Test
    void saysWhatBecomesOfWhatIsNoEventOrOfAnotherVersion() {
        assertThat(tester.given("no JSON")).asString().startsWith("the record: malformed-json: ");
        tester.given("{\"eventId\":\"e-1\"}")
                .isDead(Reason.NOT_AN_ENVELOPE, "processVersion is missing (the value has eventId): see --envelope");
        tester.given(recordAt(0, 0, null)).isDead(Reason.TOMBSTONE, "the record's value is null");
        tester.given(envelope("e-1", "2", PURCHASE)).isSkipped();
    }

    @Test
    void saysWhereAResultIsNotAsItShouldBe() {
        Revised revised = tester.givenPayload(PURCHASE);

        assertThatThrownBy(() -> revised.givesPayloads(RENAMED.replace("99.990", "99.99")))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("result 1 of 1 of event-1 is not as expected\n  expected: …")
                .hasMessageContaining("\"amount\":99.99}\n  actual:   …")
                .hasMessageContaining("\"amount\":99.990}\n ");
    }

    @Test
    void saysThatThereAreMoreOrFewerResults() {
        Revised revised = tester.givenPayload(PURCHASE);

        assertThatThrownBy(revised::gives)
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("event-1 should have 0 results, but has 1:\n  {\"eventId\"");
        assertThatThrownBy(() -> revised.givesPayloads(RENAMED, RENAMED))
                .isInstanceOf(AssertionError.class)
                .hasMessageStartingWith("event-1 should have 2 results, but has 1:");
    }

    @Test
    void saysThatItWasRejectedOrNot() {
        Revised dead = tester.givenPayload("{\"actionType\":\"Purchased\",\"itemSku\":\"a\",\"amount\":-1}");
        Revised taken = tester.givenPayload(PURCHASE);

        assertThatThrownBy(() -> dead.givesPayloads(RENAMED))
                .isInstanceOf(AssertionError.class)
                .hasMessage("event-1 has no results, but is rejected: Invalid amount: -1");
        assertThatThrownBy(() -> dead.isRejected("Invalid amount: -2"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected: rejected: Invalid amount: -2")
                .hasMessageContaining("actual:   rejected: Invalid amount: -1");
        assertThatThrownBy(() -> taken.isRejected("x")).isInstanceOf(AssertionError.class);
        assertThatThrownBy(taken::isSkipped).isInstanceOf(AssertionError.class);
        assertThatThrownBy(dead::isSkipped).isInstanceOf(AssertionError.class);
    }

    @Test
    void keepsWhatWasThrownAsTheCause() {
        RevisionTester broken = RevisionTester.of(() -> new OneToTwo() {
            @Override
            public void revise(Event event, Results results) {
                throw new IllegalStateException("an unforeseen case");
            }
        });

        assertThatThrownBy(() -> broken.givenPayload("{}").results())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(
                        "unexpected: the revision threw java.lang.IllegalStateException: an unforeseen case")
                .hasCauseInstanceOf(IllegalStateException.class);
    }

    @Test
    void takesATransientFailureForOneThatDoesNotPass() {
        RevisionTester failing = RevisionTester.of(() -> new OneToTwo() {
            @Override
            public void revise(Event event, Results results) throws TransientException {
                throw new TransientException("not now: " + UUID.randomUUID());
            }
        });

        assertThat(failing.givenPayload("{}")).asString().startsWith("event-1: retries-exhausted: not now");
    }

    @Test
    void catchesRandomNumbers() {
        impure(
                () -> new Adds() {
                    @Override
                    String value(Event event) {
                        return UUID.randomUUID().toString();
                    }
                },
                "event-1, given a second time, became something else");
    }

    @Test
    void catchesAClock() {
        impure(
                () -> new Adds() {
                    @Override
                    @SuppressWarnings("JavaUtilDate")
                    String value(Event event) {
                        return String.valueOf(System.currentTimeMillis());
                    }
                },
                "event-1, given a second time, became something else");
    }

    @Test
    void catchesACounter() {
        impure(
                () -> new Adds() {
                    private int count;

                    @Override
                    String value(Event event) {
                        return String.valueOf(count++);
                    }
                },
                "\n  first: …");
    }

    @Test
    void catchesMemoryOfFormerEvents() {
        RevisionTester remembering = RevisionTester.of(() -> new Adds() {
            private String first = "";

            @Override
            String value(Event event) {
                first = first.isEmpty() ? event.eventId() : first;
                return first;
            }
        });
        remembering.given(envelope("e-1"));

        assertThatThrownBy(() -> remembering.given(envelope("e-2")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(
                        "e-2, given to a fresh instance (this one has seen 1 others), became something else");
    }

    @Test
    void catchesWhoeverChangesTheEvent() {
        impure(() -> changing(event -> event.envelope().document()[0] = ' '), "it has changed the value of");
        impure(() -> changing(event -> requireKey(event)[0] = ' '), "it has changed the key of event-1");
        impure(
                () -> changing(event -> event.record().headers().add("h", new byte[0])),
                "it has changed the headers of");
    }

    @Test
    void findsAChainByItsNamesAndGivesItsOptions() {
        RevisionTester chain =
                RevisionTester.named("purchase-split", "two-and-a-bit").withOption("basic-prefix", "TIN-");

        chain.givenPayload("{\"actionType\":\"Purchased\",\"itemSku\":\"TIN-1\",\"amount\":1}")
                .givesPayloads(
                        "{\"actionType\":\"SubscriptionBPurchased\",\"itemSku\":\"TIN-1\",\"amount\":1,\"bit\":true}");

        assertThatThrownBy(() ->
                        RevisionTester.named("two-and-a-bit", "purchase-split").givenPayload("{}"))
                .hasMessageContaining("the chain is two-and-a-bit (2 → 2.3), purchase-split (1 → 2)");
        assertThatThrownBy(() -> tester.withOption("colour", "red").givenPayload("{}"))
                .hasMessageContaining("no revision has an option 'colour'");
        assertThatThrownBy(() -> RevisionTester.named().givenPayload("{}"))
                .hasMessageContaining("no revision is given");
    }

    @Test
    void comparesAHistoryWithWhatWasFoundGood(@TempDir Path directory) throws IOException {
        Path history = Files.writeString(
                directory.resolve("history.jsonl"),
                String.join(
                        "\n",
                        envelope("e-1", "1", PURCHASE),
                        "",
                        "no JSON",
                        envelope("e-2", "2", "{}"),
                        envelope("e-3", "1", "{\"actionType\":\"Purchased\",\"itemSku\":\"a\",\"amount\":\"\u0007\"}")
                                .replace("\u0007", "\\n")));
        Path golden = directory.resolve("golden.txt");

        assertThatThrownBy(() -> tester.matchesGolden(history, golden))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("there is no " + golden)
                .hasMessageContaining("-Dbackprocess.golden=write");
        System.setProperty("backprocess.golden", "write");
        try {
            tester.matchesGolden(history, golden);
        } finally {
            System.clearProperty("backprocess.golden");
        }
        assertThat(Files.readAllLines(golden))
                .hasSize(5)
                .startsWith("# line 1, e-1", envelope("e-1", "2", RENAMED).replace("live", "batch-1"))
                .contains("# line 4, e-2: skipped: it is of version 2")
                .endsWith("# line 5, e-3: rejected: Invalid amount: \"\\n\"");
        assertThatCode(() -> tester.matchesGolden(history, golden)).doesNotThrowAnyException();

        Files.writeString(golden, Files.readString(golden).replace("99.990", "99.99"));
        assertThatThrownBy(() -> tester.matchesGolden(history, golden))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("golden.txt differs in line 2; ")
                .hasMessageContaining("history.jsonl, line 1, e-1\n")
                .hasMessageContaining("99.990}}\n");
        Files.writeString(
                golden, Files.readString(golden).replace("99.99", "99.990").replaceFirst("# line 5.*\n", ""));
        assertThatThrownBy(() -> tester.matchesGolden(history, golden))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("expected: (the end)");
    }

    private static byte[] requireKey(Event event) {
        byte[] key = event.record().key();
        if (key == null) {
            throw new AssertionError("the event has no key");
        }
        return key;
    }

    private static void impure(java.util.function.Supplier<Revision> revision, String message) {
        assertThatThrownBy(() -> RevisionTester.of(revision).givenPayload("{}"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("the revision is not pure")
                .hasMessageContaining(message);
    }

    private static Revision changing(java.util.function.Consumer<Event> change) {
        return new OneToTwo() {
            @Override
            public void revise(Event event, Results results) {
                results.emit(event.edit());
                change.accept(event);
            }
        };
    }

    abstract static class OneToTwo implements Revision {
        @Override
        public String name() {
            return "one-to-two";
        }

        @Override
        public ProcessVersion from() {
            return ProcessVersion.of("1");
        }

        @Override
        public ProcessVersion to() {
            return ProcessVersion.of("2");
        }
    }

    abstract static class Adds extends OneToTwo {
        abstract String value(Event event);

        @Override
        public void revise(Event event, Results results) throws RejectedException {
            results.emit(event.edit().set("value", value(event)));
        }
    }
}
