package io.backprocess.verify;

/**
 * A stretch of offsets of which nobody can tell any more whether they are right, since something that it takes to know is gone or
 * does not answer. It is no finding: nothing is known to be wrong there.
 *
 * @param topic with partition where it is, the source topic mostly
 * @param from inclusive
 * @param to exclusive; not each offset between them needs to be unknown where there are very many stretches
 * @param why in words, what is missing
 */
public record Unknown(String topic, int partition, long from, long to, String why) {

    @Override
    public String toString() {
        return "%s/%d/%d%s: %s".formatted(topic, partition, from, to == from + 1 ? "" : " to " + to, why);
    }
}
