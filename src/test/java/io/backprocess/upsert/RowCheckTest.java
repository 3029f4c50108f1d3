package io.backprocess.upsert;

import static io.backprocess.event.Samples.envelope;
import static io.backprocess.event.Samples.event;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Event;
import io.backprocess.event.Reason;
import io.backprocess.event.Result;
import io.backprocess.event.Taken;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RowCheckTest {

    @Test
    void answersSeveralThreads() throws Exception {
        RowCheck check = new RowCheck(new RowReader(
                UpsertDefinition.read(
                        "users.yaml",
                        "url: jdbc:postgresql://db/shop\nuser: u\ntable: users\ncolumns:\n  id: {path: /id, type: bigint, key: true}\n"),
                EnvelopeMapping.OWN));
        ExecutorService threads = Executors.newFixedThreadPool(4);

        List<Future<Boolean>> answers = new ArrayList<>();
        for (int thread = 0; thread < 4; thread++) {
            Taken taken = taken("x".repeat(10 * thread));
            answers.add(threads.submit(() -> {
                for (int i = 0; i < 5_000; i++) {
                    assertThat(check.refusal(taken)).contains(Reason.REJECTED);
                }
                return true;
            }));
        }
        threads.shutdown();

        for (Future<Boolean> answer : answers) {
            assertThat(answer.get()).isTrue();
        }
    }

    private static Taken taken(String filling) {
        Event source = event(envelope("e-1"));
        byte[] result = envelope("e-1", "2", "{\"filling\":\"%s\",\"id\":1}".formatted(filling))
                .getBytes(UTF_8);
        return new Taken(source, List.of(new Result(source, result)));
    }
}
