package io.backprocess.envelope;

import io.backprocess.event.EnvelopeForm;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.revise.rules.Selection;
import io.backprocess.yaml.YamlDocument;
import io.backprocess.yaml.YamlMap;
import io.backprocess.yaml.YamlValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads a mapping file: YAML 1.2, described in docs/envelopes.md. All problems of the file are reported at once.
 *
 * <p>A file describes one form of record, or several under {@code forms}. What a form does not say itself, it takes from the
 * file's top level.
 */
final class EnvelopeFile {
    private static final List<String> TOMBSTONES = List.of("dead-letter", "skip");

    private final String topic;
    private final NamedPlaces places = new NamedPlaces();

    /** @param topic the topic of the records */
    EnvelopeFile(String topic) {
        this.topic = topic;
    }

    /** @throws IllegalArgumentException with all problems of the file, each with its line and column */
    Envelope read(String yaml) {
        YamlDocument document = new YamlDocument(null, yaml);
        YamlMap file = document.root();
        file.require("name");
        String name = file.text("name");
        if (name != null && name.equals(EnvelopeText.OWN)) {
            file.problem("name", "'%s' is the name of Backprocess's own envelope: choose another".formatted(name));
        }
        List<EnvelopeForm> forms = new ArrayList<>();
        if (file.has("forms")) {
            List<YamlValue> listed = file.list("forms");
            for (int i = 0; i < listed.size(); i++) {
                YamlMap form = listed.get(i).map();
                add(forms, new FormMembers(form, file, topic, places).read(form, i == listed.size() - 1));
                form.finish();
            }
            if (listed.isEmpty()) {
                file.problem("forms", "'forms' is empty: describe at least one form");
            }
        } else {
            add(forms, new FormMembers(file, file, topic, places).read(null, true));
        }
        YamlValue letters = file.get("tombstones");
        String tombstones = letters == null ? null : letters.oneOf(TOMBSTONES);
        YamlValue select = file.get("select");
        Selection selection = select == null ? null : Selection.read(select);
        file.finish();
        if (select != null && selection != null) {
            checkSelection(select, selection, forms);
        }
        document.throwProblems();
        return new Envelope(
                new EnvelopeMapping(
                        Objects.requireNonNull(name),
                        topic,
                        forms,
                        "skip".equals(tombstones),
                        false,
                        EnvelopeText.isPreset(Objects.requireNonNull(name)) ? Map.of() : places.lines(),
                        null),
                selection);
    }

    private static void add(List<EnvelopeForm> forms, @Nullable EnvelopeForm form) {
        if (form != null) {
            forms.add(form);
        }
    }

    private static void checkSelection(YamlValue select, Selection selection, List<EnvelopeForm> forms) {
        for (String name : selection.attributes()) {
            if (forms.stream().noneMatch(form -> form.attributes().containsKey(name))) {
                select.problem("'select' reads attribute '%s', which 'attributes' does not name".formatted(name));
            }
        }
    }
}
