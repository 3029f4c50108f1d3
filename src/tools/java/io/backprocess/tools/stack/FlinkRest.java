package io.backprocess.tools.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The answers of Flink's REST interface, or of another server on 127.0.0.1. */
public record FlinkRest(int port) {
    private static final int GET_MILLIS = 5000;
    /** The patience for a POST, which may take longer than a GET. */
    private static final int POST_MILLIS = 20_000;

    /** Returns the body of the answer, or nothing if there is no answer or its code is not a 2xx. */
    public Optional<String> get(String path) {
        try {
            return body(open(path, GET_MILLIS));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Posts JSON; returns the same as {@link #get}. */
    public Optional<String> post(String path, String json) {
        try {
            HttpURLConnection connection = open(path, POST_MILLIS);
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/json");
            try (OutputStream out = connection.getOutputStream()) {
                out.write(json.getBytes(StandardCharsets.UTF_8));
            }
            return body(connection);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** Returns the code of the answer, or 0 if there is none. */
    public int status(String path) {
        try {
            HttpURLConnection connection = open(path, GET_MILLIS);
            int code = connection.getResponseCode();
            connection.disconnect();
            return code;
        } catch (IOException e) {
            return 0;
        }
    }

    /**
     * Returns a number of the cluster's overview, or 0 if Flink does not answer. The overview is one flat object of numbers, so
     * that this program needs no parser for JSON, which the JDK does not have.
     */
    int overview(String field) {
        Matcher number = Pattern.compile("\"" + field + "\":([0-9]+)")
                .matcher(get("/overview").orElse(""));
        return number.find() ? Integer.parseInt(number.group(1)) : 0;
    }

    private HttpURLConnection open(String path, int millis) throws IOException {
        HttpURLConnection connection = (HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        connection.setConnectTimeout(millis);
        connection.setReadTimeout(millis);
        connection.setRequestProperty("Connection", "close");
        return connection;
    }

    private static Optional<String> body(HttpURLConnection connection) throws IOException {
        if (connection.getResponseCode() / 100 != 2) {
            connection.disconnect();
            return Optional.empty();
        }
        try (InputStream in = connection.getInputStream()) {
            return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        }
    }
}
