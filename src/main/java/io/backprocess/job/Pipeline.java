package io.backprocess.job;

import io.backprocess.batch.BatchPlan;
import io.backprocess.batch.BatchSpec;
import io.backprocess.batch.DedupeScope;
import io.backprocess.batch.KeyGroups;
import io.backprocess.decode.DecodeRecords;
import io.backprocess.decode.LetterGate;
import io.backprocess.decode.VersionGate;
import io.backprocess.dedupe.DropDuplicates;
import io.backprocess.dedupe.ShardSelector;
import io.backprocess.envelope.Envelope;
import io.backprocess.event.DeadLetter;
import io.backprocess.event.EnvelopeMapping;
import io.backprocess.event.Outcome;
import io.backprocess.event.ProcessVersion;
import io.backprocess.event.Publication;
import io.backprocess.event.SourceRecord;
import io.backprocess.event.TravelType;
import io.backprocess.ledger.KeepLedgerFactory;
import io.backprocess.revise.operator.AskAndReviseFactory;
import io.backprocess.revise.operator.Revise;
import io.backprocess.upsert.UpsertDefinition;
import io.backprocess.upsert.UpsertResults;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamUtils;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.OutputTag;

/**
 * The path of one event, on one screen. Each step's name is also its uid, so a savepoint finds its state again. Together with
 * the names of the state they are a format, and {@code PipelineTest} holds the list.
 *
 * <p>In partition scope the whole path is one chain in one subtask. The source places each partition on the subtask of its
 * key group, so the stream counts as keyed without a shuffle. In global scope events are shuffled once, between gate and
 * dedupe.
 */
final class Pipeline {
    private static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("dead-letters", TravelType.of(DeadLetter.class));

    private Pipeline() {}

    static void build(
            StreamExecutionEnvironment env,
            BatchPlan plan,
            JobSettings settings,
            BatchConnection batch,
            Envelope envelope,
            Source<SourceRecord, ?, ?> history,
            Sink<Publication> results,
            Sink<DeadLetter> deadLetters) {
        BatchSpec spec = plan.spec();
        KeyGroups keyGroups = plan.keyGroups();
        TravelType<Outcome> outcome = TravelType.of(Outcome.class, envelope.mapping());

        DataStream<SourceRecord> records = env.fromSource(history, WatermarkStrategy.noWatermarks(), "read")
                .uid("read");

        DataStream<Outcome> events = byPartition(records, keyGroups)
                .transform(
                        "decode",
                        outcome,
                        new DecodeRecords(
                                plan.ranges(),
                                keyGroups,
                                envelope.mapping(),
                                spec.context() == null ? null : batch,
                                LetterGate.of(spec)))
                .uid("decode")
                .map(VersionGate.of(spec, envelope.selection()))
                .returns(outcome)
                .name("gate")
                .uid("gate");

        ShardSelector shards = new ShardSelector(spec.dedupeScope(), keyGroups);
        KeyedStream<Outcome, Integer> sharded = spec.dedupeScope() == DedupeScope.PARTITION
                ? DataStreamUtils.reinterpretAsKeyedStream(events, shards, Types.INT)
                : events.keyBy(shards, Types.INT);

        DataStream<Outcome> firstCopies = sharded.transform(
                        "dedupe", outcome, new DropDuplicates(shards, plan.seed(), settings.dedupeMemory()))
                .uid("dedupe");

        SingleOutputStreamOperator<Publication> ledger = written(
                        revised(firstCopies, plan, envelope.mapping(), settings), spec, envelope.mapping(), settings)
                .transform(
                        "ledger",
                        TravelType.of(Publication.class, envelope.mapping()),
                        new KeepLedgerFactory(
                                spec.batchId(),
                                spec.sourceTopic(),
                                DEAD_LETTERS,
                                settings.deadLetterLimits(),
                                settings.logEvents(),
                                batch))
                .uid("ledger");

        ledger.sinkTo(results).name("publish").uid("publish");
        ledger.getSideOutput(DEAD_LETTERS)
                .sinkTo(deadLetters)
                .name("deadletter")
                .uid("deadletter");
    }

    private static SingleOutputStreamOperator<Outcome> revised(
            DataStream<Outcome> events, BatchPlan plan, EnvelopeMapping mapping, JobSettings settings) {
        BatchSpec spec = plan.spec();
        TravelType<Outcome> outcome = TravelType.of(Outcome.class, mapping);
        Revise revise = new Revise(
                        spec.batchId(),
                        ProcessVersion.of(spec.logic().fromVersion()),
                        spec.logic().revisions(),
                        spec.logic().revisionOptions(),
                        settings.kafka().sizes().result())
                .under(mapping)
                .planned(plan);
        SingleOutputStreamOperator<Outcome> revised = settings.asks()
                ? events.transform("revise", outcome, new AskAndReviseFactory(revise, spec.batchId()))
                : events.map(revise).returns(outcome);
        return revised.name("revise").uid("revise");
    }

    /** Also writes to a table, if the plan contains one. */
    private static SingleOutputStreamOperator<Outcome> written(
            SingleOutputStreamOperator<Outcome> revised,
            BatchSpec spec,
            EnvelopeMapping mapping,
            JobSettings settings) {
        if (spec.upsert() == null) {
            return revised;
        }
        UpsertDefinition table = UpsertDefinition.read("plan", spec.upsert());
        return revised.transform(
                        "upsert",
                        TravelType.of(Outcome.class, mapping),
                        new UpsertResults(table, settings.tablePassword(), spec.batchId(), mapping))
                .uid("upsert");
    }

    private static KeyedStream<SourceRecord, Integer> byPartition(
            DataStream<SourceRecord> records, KeyGroups keyGroups) {
        return DataStreamUtils.reinterpretAsKeyedStream(
                records, record -> keyGroups.keyOfPartition(record.partition()), Types.INT);
    }
}
