package io.backprocess.verify.cluster;

import io.backprocess.verify.GlobalLane;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.jspecify.annotations.Nullable;

/** Finds out which copy of each eventId was taken, once all lanes have ended. Until then the claims wait in keyed state. */
final class ChooseCopies extends KeyedProcessFunction<Long, byte[], byte[]> {
    private static final long serialVersionUID = 1;

    private transient @Nullable ListState<byte[]> claims;

    @Override
    public void open(OpenContext context) {
        claims = getRuntimeContext()
                .getListState(
                        new ListStateDescriptor<>("claims", PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO));
    }

    @Override
    public void processElement(byte[] claim, Context context, Collector<byte[]> chosen) throws Exception {
        claims().add(claim);
        context.timerService().registerEventTimeTimer(ProveLanes.END);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<byte[]> chosen) throws Exception {
        GlobalLane.choose(claims().get()).forEach(chosen::collect);
        claims().clear();
    }

    private ListState<byte[]> claims() {
        if (claims == null) {
            throw new IllegalStateException("used before open");
        }
        return claims;
    }
}
