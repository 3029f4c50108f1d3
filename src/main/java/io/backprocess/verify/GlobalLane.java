package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds.Copy;
import java.io.DataInput;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;

/**
 * The proof of one partition of a batch of dedupe scope {@code global}, as far as it does not depend on other partitions. Its claims
 * are settled elsewhere, each eventId by itself.
 */
public final class GlobalLane implements StepwiseProof {
    private static final Comparator<CopyClaim> IN_ORDER = Comparator.comparing(CopyClaim::sign)
            .thenComparing(CopyClaim::partition)
            .thenComparing(CopyClaim::offset);

    /** The relations of copies, by their numbers in the bytes of a chosen claim. */
    private static final List<Copy> COPIES = List.of(Copy.values());

    private final GlobalProof proof;

    /** Opens the stores of the indexes. */
    public interface Stores {
        ArrivalStore open(Output output, int partition);
    }

    private GlobalLane(GlobalProof proof) {
        this.proof = proof;
    }

    /**
     * @param stores opens empty stores
     * @param claims gets a claim for each event
     */
    public static GlobalLane begin(Evidence evidence, int partition, Stores stores, Consumer<byte[]> claims) {
        return new GlobalLane(GlobalProof.begin(evidence, partition, indexes(stores), bytes(claims)));
    }

    /**
     * Goes on where another lane was.
     *
     * @param stores opens the other lane's stores
     * @param state the other lane's {@link #state}
     */
    public static GlobalLane resume(
            Evidence evidence, int partition, Stores stores, Consumer<byte[]> claims, byte[] state) {
        return new GlobalLane(StateBytes.read(
                state, in -> GlobalProof.resume(evidence, partition, indexes(stores), bytes(claims), in)));
    }

    private static GlobalProof.Indexes indexes(Stores stores) {
        return (output, partition) -> new StoredArrivals(stores.open(output, partition));
    }

    private static GlobalProof.Claims bytes(Consumer<byte[]> claims) {
        return (claim, settlement) -> claims.accept(StateBytes.of(claim::write));
    }

    /** Returns a hash of the eventId that a claim is about. Claims with different hashes are about different eventIds. */
    public static long eventIdOf(byte[] claim) {
        return StateBytes.read(claim, CopyClaim::read).identity().high();
    }

    /** Returns the source partition that a claim is about. */
    public static int partitionOf(byte[] claim) {
        return StateBytes.read(claim, CopyClaim::read).partition();
    }

    /** Returns the offset of the source record that a claim is about. There is one claim for each record. */
    public static long offsetOf(byte[] claim) {
        return StateBytes.read(claim, CopyClaim::read).offset();
    }

    /** Returns the partition of a lane that has ended. */
    public static int partitionOfEnd(byte[] end) {
        return StateBytes.read(end, DataInput::readInt);
    }

    /**
     * Finds out which copies were taken.
     *
     * @param claims all claims with one {@link #eventIdOf}
     * @return the claims with their copies, for {@link #settle}
     */
    public static List<byte[]> choose(Iterable<byte[]> claims) {
        List<CopyClaim> inOrder = new ArrayList<>();
        claims.forEach(bytes -> inOrder.add(StateBytes.read(bytes, CopyClaim::read)));
        inOrder.sort(IN_ORDER);
        List<byte[]> chosen = new ArrayList<>();
        CopiesOfOneHash copies = new CopiesOfOneHash();
        for (CopyClaim claim : inOrder) {
            Copy copy = copies.take(claim.identity());
            chosen.add(StateBytes.of(out -> {
                claim.write(out);
                out.writeByte(COPIES.indexOf(copy));
            }));
        }
        return chosen;
    }

    /**
     * Settles the claims of a lane.
     *
     * @param end the lane's {@link #end}
     * @param chosen what {@link #choose} has returned, for the claims of this lane
     */
    public static byte[] settle(Evidence evidence, byte[] end, Iterable<byte[]> chosen) {
        Settlement settlement = Settlement.read(end, evidence::apart);
        for (byte[] bytes : chosen) {
            StateBytes.read(bytes, in -> {
                settlement.settle(CopyClaim.read(in), COPIES.get(in.readByte()));
                return settlement;
            });
        }
        return settlement.bytes();
    }

    @Override
    public boolean advance(int records) {
        return proof.advance(records);
    }

    @Override
    public long taken() {
        return proof.taken();
    }

    @Override
    public long passed() {
        return proof.passed();
    }

    /** Returns false: in dedupe scope {@code global} every proof begins anew. */
    @Override
    public boolean canGoOn() {
        return false;
    }

    @Override
    public byte[] state() {
        return StateBytes.of(proof::write);
    }

    /** Returns the lane's counts and findings, without those of its claims. */
    @Override
    public byte[] end() {
        return proof.settlement().bytes();
    }

    @Override
    public void close() {
        proof.close();
    }
}
