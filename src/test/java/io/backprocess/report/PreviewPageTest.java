package io.backprocess.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.backprocess.preview.Previews;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PreviewPageTest {
    private static final String HOSTILE = "</script><img src=x onerror=\"hacked=1\">'&\u2028\u202e\u0007<!--";

    @Test
    void letsNoTextFromOutsideBecomeHtml() throws Exception {
        String html = page(HOSTILE);

        assertThat(html)
                .doesNotContain("<img")
                .doesNotContain("\u202e")
                .doesNotContain("\u0007")
                .doesNotContain("<!--")
                .contains("<ins>&lt;/script&gt;&lt;img src=x onerror=&quot;hacked=1&quot;&gt;&#39;&amp;");
        assertThat(Pattern.compile("<script").matcher(html).results()).hasSize(1);
        assertThat(Pattern.compile("</script>").matcher(html).results()).hasSize(1);
    }

    @Test
    void allowsNoScriptAtAll() throws Exception {
        assertThat(page("x")).contains("default-src &#39;none&#39;").doesNotContain("script-src");
    }

    @Test
    void holdsThePreviewAsItWas() throws Exception {
        ObjectMapper json = new ObjectMapper();

        Matcher data = Pattern.compile(
                        "<script type=\"application/json\" id=\"preview\">(.*?)</script>", Pattern.DOTALL)
                .matcher(page(HOSTILE));

        assertThat(data.find()).isTrue();
        assertThat(json.readTree(data.group(1)))
                .isEqualTo(json.readTree(json.writeValueAsString(Previews.of(HOSTILE))));
    }

    @Test
    void saysFirstHowMuchWouldChangeAndThatItIsASample() throws Exception {
        assertThat(page("x"))
                .containsSubsequence(
                        "50.0\u202F% of 100 would change",
                        "A sample was tried: 100 of about 990 records, in 10 slices",
                        "Nothing was written to Kafka.",
                        "data-figure=\"taken\">70<",
                        "Estimate for the whole range",
                        "What would change",
                        "1 → 2 results",
                        "… and 3 events of further kinds.",
                        "What would be a dead letter",
                        "Against x");
    }

    static String page(String text) throws Exception {
        String json = new ObjectMapper().writeValueAsString(Previews.of(text));
        return new PreviewPage(Previews.of(text), json, Pages.WRITTEN).html();
    }
}
