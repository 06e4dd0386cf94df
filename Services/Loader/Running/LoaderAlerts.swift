import Foundation
import Kafka
import Postgres
import Records

/// The alerts the loader raises: one per cause, with what happened, what Rollcall did, and what a person should do.
extension AlertRecord {
    private static func now() -> String { Date.now.formatted(.iso8601) }

    static func topicRecreated(_ partition: KafkaPartition, pipeline: String, generation: Int64) -> AlertRecord {
        AlertRecord(
            kind: "topic_recreated", severity: .error, pipeline: pipeline,
            message: """
                \(partition) does not hold the record that was applied last: the topic was lost and begun again. It is read from its beginning as \
                generation \(generation); nothing is applied or counted twice. Records that were lost leave their run unbalanced, and the next run sends \
                their rows again.
                """, fingerprint: "topic_recreated/\(partition)/\(generation)", raisedAt: now())
    }

    static func recordsExpired(_ partition: KafkaPartition, pipeline: String, lost: Int64) -> AlertRecord {
        AlertRecord(
            kind: "records_expired", severity: .error, pipeline: pipeline,
            message: """
                retention took \(lost) records of \(partition) before they were applied; reading goes on behind them. Their runs stay unbalanced and the \
                next full run sends the rows again: start one, and give the topic a longer retention.
                """, fingerprint: "records_expired/\(partition)", raisedAt: now())
    }

    static func newerFormat(_ partition: KafkaPartition, pipeline: String, offset: Int64, problem: String) -> AlertRecord {
        AlertRecord(
            kind: "newer_format", severity: .critical, pipeline: pipeline,
            message: "the record at \(partition) offset \(offset) was written by a newer Rollcall (\(problem)). The partition stands still: update the loader.",
            fingerprint: "newer_format/\(partition)", raisedAt: now())
    }

    static func outage(_ error: PostgresError, pipeline: String) -> AlertRecord {
        AlertRecord(
            kind: "outage", severity: .error, pipeline: pipeline,
            message: "PostgreSQL takes no batches: \(error.description). Records wait in Kafka, no row has failed; loading goes on by itself.",
            fingerprint: "outage/\(pipeline)", raisedAt: now())
    }

    static func brokersAway(_ error: KafkaError, pipeline: String) -> AlertRecord {
        AlertRecord(
            kind: "outage", severity: .error, pipeline: pipeline,
            message:
                "a failure cannot be told to Kafka: \(error.description). Its batch waits, since no failure counts before it is told; loading goes on by itself.",
            fingerprint: "outage/\(pipeline)/kafka", raisedAt: now())
    }

    static func schema(_ error: PostgresError, pipeline: String) -> AlertRecord {
        AlertRecord(
            kind: "schema", severity: .critical, pipeline: pipeline,
            message: "the table is not what its stream needs: \(error.description). The stream stands still and no row has failed; cure the table or the file.",
            fingerprint: "schema/\(pipeline)", raisedAt: now())
    }

    /// - Parameter fingerprint: of the alert that is over, `outage/buyers`.
    static func isOver(_ fingerprint: String, pipeline: String) -> AlertRecord {
        AlertRecord(
            kind: String(fingerprint.prefix { $0 != "/" }), severity: .info, pipeline: pipeline, message: "batches commit again; nothing was lost.",
            fingerprint: fingerprint, raisedAt: now(), isResolved: true)
    }
}
