package io.backprocess.verify;

import io.backprocess.dedupe.SeenIds.Identity;
import io.backprocess.event.Reason;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statement of the records on the topics about one copy of an event, in a batch of dedupe scope {@code global}.
 *
 * @param partition the source partition of the copy
 * @param offset the source offset of the copy
 * @param place the offset of the record that is there; 0 if there is none
 * @param resultPartition the partition of that record, if it is a result
 * @param results the number of results that the revision makes of the copy
 * @param reason the reason of the dead letter that is there; null if it is not known, or there is none
 */
record CopyClaim(
        CopySign sign,
        Identity identity,
        int partition,
        long offset,
        long place,
        int resultPartition,
        int results,
        @Nullable Reason reason) {

    /** The signs, by their numbers in the bytes of a claim. */
    private static final List<CopySign> SIGNS = List.of(CopySign.values());

    void write(DataOutput out) throws IOException {
        out.writeLong(identity.high());
        out.writeLong(identity.low());
        out.writeByte(SIGNS.indexOf(sign));
        out.writeInt(partition);
        out.writeLong(offset);
        out.writeLong(place);
        out.writeInt(resultPartition);
        out.writeInt(results);
        out.writeUTF(reason == null ? "" : reason.toString());
    }

    static CopyClaim read(DataInput in) throws IOException {
        Identity identity = new Identity(in.readLong(), in.readLong());
        CopySign sign = SIGNS.get(in.readByte());
        int partition = in.readInt();
        long offset = in.readLong();
        long place = in.readLong();
        int resultPartition = in.readInt();
        int results = in.readInt();
        String reason = in.readUTF();
        return new CopyClaim(
                sign,
                identity,
                partition,
                offset,
                place,
                resultPartition,
                results,
                reason.isEmpty() ? null : Reason.of(reason));
    }
}
