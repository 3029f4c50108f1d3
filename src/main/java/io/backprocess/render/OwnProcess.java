package io.backprocess.render;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.util.Locale;
import picocli.CommandLine;

/**
 * The process of a command line, where nothing else runs: standard output is for answers alone, and digits are those that
 * programs read, whatever country the machine is in. It logs nothing itself: whoever logs first opens the log.
 */
public final class OwnProcess {
    private final PrintStream answers;

    private OwnProcess(PrintStream answers) {
        this.answers = answers;
    }

    /** Whether main was started by Java itself, and not by Flink, whose process it then is. */
    public static boolean isThis() {
        // Main, and this.
        return StackWalker.getInstance().walk(frames -> frames.limit(3).count()) == 2;
    }

    /** Whatever else writes to standard output from here on (a log that cannot be opened, a library) writes to standard error. */
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

    /** Whether a terminal of this charset has the few characters besides ASCII that the commands use. */
    public static boolean draws(Charset charset) {
        return charset.canEncode() && charset.newEncoder().canEncode("█→…µ");
    }

    public static Charset outCharset() {
        return charset("stdout.encoding");
    }

    public static Charset errCharset() {
        return charset("stderr.encoding");
    }

    /** Java 17 knows it by another name, and only of a terminal. */
    private static Charset charset(String property) {
        String name = System.getProperty(property, System.getProperty("sun." + property, ""));
        return !name.isEmpty() && Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
    }
}
