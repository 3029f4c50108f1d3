package io.backprocess.render;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.util.Locale;
import picocli.CommandLine;

/**
 * The process of a command line that runs nothing else. Standard output is for answers alone. Numbers have the digits that
 * programs read, in any locale of the machine. This class logs nothing, because the first call to a logger opens the log.
 */
public final class OwnProcess {
    private final PrintStream answers;

    private OwnProcess(PrintStream answers) {
        this.answers = answers;
    }

    /** Tells whether Java itself started main. If Flink called it, the process belongs to Flink. */
    public static boolean isThis() {
        // The two frames are main and this method.
        return StackWalker.getInstance().walk(frames -> frames.limit(3).count()) == 2;
    }

    /**
     * Keeps standard output for answers. From this call on, any other writer (a library, a log that cannot be opened) writes to
     * standard error.
     */
    public static OwnProcess claim() {
        PrintStream answers = System.out;
        System.setOut(System.err);
        Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
        return new OwnProcess(answers);
    }

    public CommandLine with(CommandLine commandLine) {
        return commandLine.setOut(writer(answers, outCharset())).setErr(writer(System.err, errCharset()));
    }

    private static PrintWriter writer(PrintStream stream, Charset charset) {
        Writer writer = new OutputStreamWriter(stream, charset);
        return new PrintWriter(draws(charset) ? writer : new PlainWriter(writer, charset), true);
    }

    /** Tells whether a charset has the few characters besides ASCII that the commands use. */
    public static boolean draws(Charset charset) {
        return charset.canEncode() && charset.newEncoder().canEncode("█→…µ");
    }

    public static Charset outCharset() {
        return charset("stdout.encoding");
    }

    public static Charset errCharset() {
        return charset("stderr.encoding");
    }

    /** Java 17 has this property under another name, and sets it only for a terminal. */
    private static Charset charset(String property) {
        String name = System.getProperty(property, System.getProperty("sun." + property, ""));
        return !name.isEmpty() && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }
}
