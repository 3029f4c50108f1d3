package io.backprocess.verify;

/**
 * A range of offsets for which it is not known whether they are right, because records or services that the answer depends on are
 * deleted or do not answer. It is not a finding: nothing is known to be wrong there.
 *
 * @param topic the topic, which is the source topic in most cases
 * @param partition the partition of that topic
 * @param from the first offset, inclusive
 * @param to the last offset, exclusive; if there are very many ranges, some offsets in between may be known
 * @param why a sentence that says what is missing
 */
public record Unknown(String topic, int partition, long from, long to, String why) {

    @Override
    public String toString() {
        return "%s/%d/%d%s: %s".formatted(topic, partition, from, to == from + 1 ? "" : " to " + to, why);
    }
}
