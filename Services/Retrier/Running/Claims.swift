import Foundation
import Kafka
import Postgres
import Records

/// An attempt that this retrier may send: the next one after the last that is proven to have failed.
struct Claim: Sendable, Equatable {
    var id: String
    var pipeline: String
    var attempt: Int
    /// The line of the change as it was sent before.
    var change: String
    /// Whoever has another token changes nothing.
    var token: String
}

/// Claims what is due: several retriers side by side never hold the same entry.
enum Claims {
    /// The same attempt is claimed so often before someone must look at the retriers.
    static let claimsMax = 10

    /// What may be sent now.
    /// - Parameters:
    ///   - ratePerSecond: for all retriers together; the bucket holds one second's worth.
    ///   - pipelines: those this retrier serves.
    static func take(upTo limit: Int, ratePerSecond: Int, lease: Duration, pipelines: [String], in session: PostgresSession) throws -> [Claim] {
        try session.transaction {
            // The bucket's row is locked first: retriers take their turns.
            let tokens = try session.query(
                """
                UPDATE retry_rate SET tokens = least($1::double precision,
                        tokens + greatest(0, extract(epoch FROM retry_now() - refilled_at)) * $1::double precision), refilled_at = retry_now()
                RETURNING floor(tokens)::bigint
                """, [.text("\(ratePerSecond)")]
            ).only().integer(0)
            let allowed = min(Int64(limit), tokens)
            guard allowed > 0 else { return [] }
            let token = UUID().uuidString.lowercased()
            // In the order of the index, a row at a time, until there are enough: sorting a queue of 50,000 for the first hundred takes 0.2 s.
            try session.query(
                "SELECT set_config(name, 'off', true) FROM unnest('{jit,enable_sort,enable_bitmapscan,enable_hashjoin,enable_mergejoin,enable_seqscan}'::text[]) name"
            )
            let rows = try session.query(
                """
                WITH due AS (
                    SELECT q.id FROM retry_queue q JOIN sync_rows r ON (r.pipeline, r.stream, r.key) = (q.pipeline, q.stream, q.record_key)
                    WHERE q.status = 'pending' AND q.next_retry_at <= (SELECT retry_now()) AND r.owed = q.sequence AND r.sequence < q.sequence AND q.claims < \(claimsMax)
                        AND q.pipeline = ANY ($4::text[])
                    ORDER BY q.next_retry_at LIMIT $1::bigint FOR UPDATE OF q SKIP LOCKED
                )
                UPDATE retry_queue q SET status = 'claimed', claims = claims + 1, lease_token = $2::uuid,
                    lease_until = retry_now() + make_interval(secs => $3::double precision), sent_partition = NULL, sent_offset = NULL, sent_generation = NULL,
                    updated_at = retry_now()
                FROM due WHERE q.id = due.id
                RETURNING q.id, q.pipeline, q.attempt_count + 1, q.change
                """, [.integer(allowed), .text(token), .text("\(lease / .seconds(1))"), .texts(pipelines)])
            try session.query("UPDATE retry_rate SET tokens = tokens - $1::bigint", [.integer(Int64(rows.count))])
            return try rows.map { row in
                Claim(
                    id: try row.text(0), pipeline: try row.text(1), attempt: Int(try row.integer(2)), change: row.optionalText(3) ?? "", token: token)
            }
        }
    }

    /// Notes where claimed attempts stand in their topics.
    /// - Returns: of how many; the others belong to another by now, and nothing is changed.
    static func markSent(_ sent: [(claim: Claim, delivery: KafkaDelivery)], in session: PostgresSession) throws(PostgresError) -> Int {
        guard !sent.isEmpty else { return 0 }
        return try session.query(
            """
            UPDATE retry_queue q SET status = 'sent', topic = s.topic, sent_partition = s.partition::integer, sent_offset = s.record_offset,
                updated_at = retry_now(),
                sent_generation = (SELECT o.generation FROM sync_offsets o WHERE o.topic = s.topic AND o.partition = s.partition::integer)
            FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[]) AS s (id, token, topic, partition, record_offset)
            WHERE q.id = s.id AND q.lease_token = s.token::uuid AND q.status = 'claimed'
            """,
            [
                .texts(sent.map(\.claim.id)), .texts(sent.map(\.claim.token)), .texts(sent.map(\.delivery.partition.topic)),
                .integers(sent.map { Int64($0.delivery.partition.partition) }), .integers(sent.map(\.delivery.offset)),
            ]
        ).affected
    }

    /// Takes back the count of claims that the brokers left without an answer; their leases stand until they run out.
    static func forgive(_ claims: [Claim], in session: PostgresSession) throws(PostgresError) {
        guard let token = claims.first?.token else { return }
        try session.query(
            "UPDATE retry_queue SET claims = claims - 1, updated_at = retry_now() WHERE id = ANY ($1::text[]) AND lease_token = $2::uuid AND status = 'claimed'",
            [.texts(claims.map(\.id)), .text(token)])
    }

    /// A change as its next attempt: the same sequence, the same content.
    static func record(of claim: Claim) throws(RecordError) -> ChangeRecord {
        var change = try ChangeRecord(parsing: Array(claim.change.utf8))
        change.attempt = claim.attempt
        return change
    }
}
