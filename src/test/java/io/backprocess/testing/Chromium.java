package io.backprocess.testing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.flink.util.FileUtils;

/**
 * A headless Chromium with one page, spoken to in its DevTools protocol. It notes what the page complains about and what it
 * asks the network for.
 */
public final class Chromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final long PATIENCE_SECONDS = 60;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path profile;
    private final WebSocket socket;
    private final AtomicInteger calls = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = Collections.synchronizedList(new ArrayList<>());
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private volatile CompletableFuture<Void> loaded = new CompletableFuture<>();
    private String session = "";

    /** The browser of this machine; where there is none the test is skipped, and fails where CI is set. */
    public static Chromium open() throws Exception {
        Optional<Path> found = find();
        assumeTrue(
                found.isPresent() || System.getenv("CI") != null,
                "no Chromium on the path; install it (Debian: apt-get install chromium) or name it in CHROMIUM");
        return new Chromium(found.orElseThrow());
    }

    /** The property or the environment variable CHROMIUM says where it is, else the path does. */
    private static Optional<Path> find() {
        String given = System.getProperty("CHROMIUM", System.getenv("CHROMIUM"));
        if (given != null) {
            return Optional.of(Path.of(given));
        }
        return Stream.of(System.getenv("PATH").split(":"))
                .flatMap(directory -> NAMES.stream().map(name -> Path.of(directory, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private Chromium(Path binary) throws Exception {
        profile = Files.createTempDirectory("chromium");
        process = new ProcessBuilder(
                        binary.toString(),
                        "--headless=new",
                        // As root there is none to be had; what is opened here is our own.
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--no-first-run",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(profile.resolve("log").toFile())
                .start();
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address()), new Listener())
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        String target = call("Target.createTarget", Map.of("url", "about:blank"))
                .path("targetId")
                .asText();
        session = call("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .path("sessionId")
                .asText();
        for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
            call(domain + ".enable", Map.of());
        }
    }

    /** It writes down the port that it has found free. */
    private String address() {
        Path port = profile.resolve("DevToolsActivePort");
        TestBatch.await(
                "the start of Chromium, see " + profile, () -> lines(port).size() >= 2);
        List<String> lines = lines(port);
        return "ws://127.0.0.1:%s%s".formatted(lines.get(0), lines.get(1));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param width of the screen, in CSS pixels */
    public void screen(int width, int height, boolean dark) throws Exception {
        call("Emulation.setScrollbarsHidden", Map.of("hidden", true));
        call(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
        call(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
    }

    /** Returns when the page has been loaded, its scripts have run and it has been painted. */
    public void open(String url) throws Exception {
        loaded = new CompletableFuture<>();
        complaints.clear();
        requests.clear();
        call("Page.navigate", Map.of("url", url));
        loaded.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        settle();
    }

    /** Until everything that is to be drawn by now is drawn. */
    public void settle() throws Exception {
        evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))");
    }

    /** What the expression gives, awaited where it is a promise. */
    public JsonNode evaluate(String expression) throws Exception {
        JsonNode answer =
                call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.path("exceptionDetails"));
        }
        return answer.path("result").path("value");
    }

    /** Errors and warnings on the page's console. */
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    /** Every address that the page has asked for, its own included. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** @param whole the page to its end, or just what fits on the screen */
    public byte[] screenshot(boolean whole) throws Exception {
        return decoded(call("Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", whole)));
    }

    /** As PDF, on A4. */
    public byte[] print() throws Exception {
        return decoded(call(
                "Page.printToPDF",
                Map.of("paperWidth", 8.27, "paperHeight", 11.69, "printBackground", true, "preferCSSPageSize", true)));
    }

    private static byte[] decoded(JsonNode answer) {
        return Base64.getDecoder().decode(answer.path("data").asText());
    }

    private JsonNode call(String method, Map<String, ?> parameters) throws Exception {
        int id = calls.incrementAndGet();
        ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
        message.set("params", JSON.valueToTree(parameters));
        if (!session.isEmpty()) {
            message.put("sessionId", session);
        }
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText(message.toString(), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        JsonNode given = answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (given.has("error")) {
            throw new AssertionError(method + ": " + given.path("error"));
        }
        return given.path("result");
    }

    @Override
    public void close() throws InterruptedException, ExecutionException {
        socket.abort();
        // Those that it has started write to the profile too, and outlive it by a moment.
        List<ProcessHandle> all = Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList();
        process.destroy();
        for (ProcessHandle each : all) {
            each.onExit()
                    .completeOnTimeout(each, PATIENCE_SECONDS / 6, TimeUnit.SECONDS)
                    .get()
                    .destroyForcibly();
            each.onExit().get();
        }
        FileUtils.deleteDirectoryQuietly(profile.toFile());
    }

    private final class Listener implements WebSocket.Listener {
        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                take(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }

        private void take(String message) {
            JsonNode json;
            try {
                json = JSON.readTree(message);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            JsonNode parameters = json.path("params");
            switch (json.path("method").asText()) {
                case "Page.loadEventFired" -> loaded.complete(null);
                case "Runtime.exceptionThrown" -> complaints.add(parameters.toString());
                case "Log.entryAdded" -> complaints.add(parameters.path("entry").toString());
                case "Runtime.consoleAPICalled" ->
                    complaints.add(parameters.path("args").toString());
                case "Network.requestWillBeSent" ->
                    requests.add(parameters.path("request").path("url").asText());
                default -> {
                    CompletableFuture<JsonNode> answer =
                            answers.remove(json.path("id").asInt());
                    if (answer != null) {
                        answer.complete(json);
                    }
                }
            }
        }
    }
}
