import Books
import Failures
import Schema

/// The texts of the statements that keep the books of a batch.
enum BookStatements {
    /// Invariant 1: raises unless stored offset and generation are those the batch started from. It comes first, so that of two loaders on
    /// one partition the second waits here and nowhere else.
    ///
    /// Parameters: topic, partition, next offset, id of the record before it, offset started from, generation.
    static let moveOffset = """
        WITH moved AS (
            UPDATE sync_offsets SET next_offset = $3::bigint, last_id = $4, updated_at = now()
            WHERE topic = $1 AND partition = $2::integer AND next_offset = $5::bigint AND generation = $6::bigint RETURNING 1
        )
        SELECT rollcall_expect(count(*) = 1, '\(RollcallCode.offsetsMoved.rawValue)', 'the partition moved on') FROM moved
        """

    /// Raises unless the table is defined as it was when the values were checked. Parameters: quoted table, fingerprint.
    static let expectDefinition = """
        SELECT rollcall_expect(\(TableDefinition.fingerprintSQL(of: "$1")) = $2::text, '\(RollcallCode.definitionChanged.rawValue)', 'the table was altered')
        """

    /// Settles `rows` whole first attempts and raises unless every one passed invariants 3, 6 and 13 without a decision.
    ///
    /// Parameters: pipeline, stream, run; then for each row key, sequence, hash, held.
    static func settle(rows: Int) -> String {
        let tuples = (0..<rows).map { row in
            let first = 4 + row * 4
            return "($1::text, $2::text, $\(first)::text, $\(first + 1)::bigint, $\(first + 2)::bigint, $\(first + 3)::varbit, $3::bigint, now())"
        }
        return """
            WITH settled AS (
                INSERT INTO sync_rows AS known (pipeline, stream, key, sequence, hash, held, run, synced_at) VALUES \(tuples.joined(separator: ", "))
                ON CONFLICT (pipeline, stream, key) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, held = excluded.held,
                    deleted_at = NULL, run = excluded.run, synced_at = excluded.synced_at
                WHERE known.sequence < excluded.sequence AND known.owed IS NULL AND known.hash IS DISTINCT FROM excluded.hash
                    AND CASE WHEN known.held IS NULL THEN true
                        WHEN length(known.held) = length(excluded.held) THEN (known.held | excluded.held) = excluded.held
                        ELSE false END
                RETURNING 1
            )
            SELECT rollcall_expect(count(*) = \(rows), '\(RollcallCode.rowGuard.rawValue)', 'a row needs a decision') FROM settled
            """
    }

    /// Invariant 13: marks keys as owed, and raises unless each failure is newer than all that is known of its key.
    ///
    /// Parameters: pipeline, stream, run, keys, sequences.
    static let owe = """
        WITH owed AS (
            INSERT INTO sync_rows AS known (pipeline, stream, key, sequence, owed, run, synced_at)
            SELECT $1, $2, key, 0, sequence, $3::bigint, now() FROM unnest($4::text[], $5::bigint[]) AS failed (key, sequence)
            ON CONFLICT (pipeline, stream, key) DO UPDATE SET owed = excluded.owed
            WHERE known.sequence < excluded.owed AND (known.owed IS NULL OR known.owed < excluded.owed)
            RETURNING 1
        )
        SELECT rollcall_expect(count(*) = cardinality($4::text[]), '\(RollcallCode.rowGuard.rawValue)', 'a failure needs a decision') FROM owed
        """

    /// The same, for failures that were decided on: the highest sequence stays owed.
    static let oweDecided = """
        INSERT INTO sync_rows AS known (pipeline, stream, key, sequence, owed, run, synced_at)
        SELECT $1, $2, key, 0, sequence, sequence >> 32, now() FROM unnest($3::text[], $4::bigint[]) AS failed (key, sequence)
        ON CONFLICT (pipeline, stream, key) DO UPDATE SET owed = greatest(known.owed, excluded.owed)
        """

    /// Counts failures of a batch on the fast path. Parameters: run, stream, partition, highest ordinal, failed, lowest and highest ordinal
    /// the tallies may stand at.
    static let tallyFailed = """
        WITH tallied AS (
            INSERT INTO run_tallies AS tally (run, stream, partition, highest_ordinal, failed)
            VALUES ($1::bigint, $2::text, $3::integer, $4::bigint, $5::bigint)
            ON CONFLICT (run, stream, partition) DO UPDATE SET failed = tally.failed + excluded.failed, highest_ordinal = excluded.highest_ordinal,
                updated_at = now()
            WHERE tally.highest_ordinal BETWEEN $6::bigint AND $7::bigint
            RETURNING 1
        )
        SELECT rollcall_expect(count(*) = 1, '\(RollcallCode.talliesMoved.rawValue)', 'ordinals counted before') FROM tallied
        """

    /// The state of the keys, locked until the transaction ends. Parameters: pipeline, stream, keys.
    static let settledRows = """
        SELECT key, sequence, hash, owed, deleted_at IS NOT NULL, held FROM sync_rows
        WHERE pipeline = $1 AND stream = $2 AND key = ANY ($3::text[]) ORDER BY key FOR UPDATE
        """

    /// Settles rows that were decided on. Parameters: pipeline, stream, keys, sequences, hashes, owed, whether deleted, held.
    static let settleDecided = """
        INSERT INTO sync_rows AS known (pipeline, stream, key, sequence, hash, owed, deleted_at, held, run, synced_at)
        SELECT $1, $2, key, sequence, hash, owed, CASE WHEN deleted THEN now() END, held::varbit, sequence >> 32, now()
        FROM unnest($3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::boolean[], $8::text[]) AS decided (key, sequence, hash, owed, deleted, held)
        ON CONFLICT (pipeline, stream, key) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash, owed = excluded.owed,
            deleted_at = excluded.deleted_at, held = excluded.held, run = excluded.run, synced_at = excluded.synced_at
        """

    /// Highest ordinals counted so far. Parameters: runs, stream, partition.
    static let highestOrdinals = """
        SELECT run, highest_ordinal FROM run_tallies WHERE run = ANY ($1::bigint[]) AND stream = $2 AND partition = $3::integer FOR UPDATE
        """

    /// Adds decided outcomes of one run. Parameters: run, stream, partition, highest ordinal, then the seven counts in the order of `Tallies`.
    static let tally = """
        INSERT INTO run_tallies AS tally (run, stream, partition, highest_ordinal, inserted, updated, unchanged_at_target, kept_local, superseded, deleted, failed)
        VALUES ($1::bigint, $2::text, $3::integer, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::bigint, $9::bigint, $10::bigint, $11::bigint)
        ON CONFLICT (run, stream, partition) DO UPDATE SET highest_ordinal = greatest(tally.highest_ordinal, excluded.highest_ordinal),
            inserted = tally.inserted + excluded.inserted, updated = tally.updated + excluded.updated,
            unchanged_at_target = tally.unchanged_at_target + excluded.unchanged_at_target, kept_local = tally.kept_local + excluded.kept_local,
            superseded = tally.superseded + excluded.superseded, deleted = tally.deleted + excluded.deleted, failed = tally.failed + excluded.failed,
            updated_at = now()
        """
}
