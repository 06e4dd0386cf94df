import Postgres

/// Who may run what, until when; by the clock of the database only, so that a service whose own clock is wrong harms nobody.
public struct Lease: Sendable, Equatable {
    /// What is leased, as in `run/buyers`.
    public let name: String
    /// Who holds it: host, process and start, so that no two are ever the same.
    public let holder: String
    /// Grows by one with every holder; what an earlier holder does late can be told by it.
    public let epoch: Int64

    /// What came of asking.
    public enum Attempt: Sendable, Equatable {
        case taken(Lease)
        /// Somebody else has it; it is free again after `remaining` unless renewed.
        case held(by: String, since: String, remaining: Duration)
    }

    /// Takes the lease if it is free or has expired; may stand in a transaction with what must happen together with it.
    public static func take(_ name: String, holder: String, for term: Duration, in session: PostgresSession) throws(PostgresError) -> Attempt {
        let taken = try session.query(
            """
            INSERT INTO leases AS l (name, holder, epoch, taken_at, expires_at)
            VALUES ($1, $2, 1, clock_timestamp(), clock_timestamp() + $3::double precision * interval '1 second')
            ON CONFLICT (name) DO UPDATE
            SET holder = excluded.holder, epoch = l.epoch + 1, taken_at = clock_timestamp(),
                expires_at = clock_timestamp() + $3::double precision * interval '1 second'
            WHERE l.expires_at <= clock_timestamp()
            RETURNING epoch
            """, [.text(name), .text(holder), .seconds(term)])
        if let row = taken.first { return .taken(Lease(name: name, holder: holder, epoch: try row.integer(0))) }
        let held = try session.query(
            """
            SELECT holder, to_char(taken_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
                greatest(0, extract(epoch FROM expires_at - clock_timestamp()))::double precision
            FROM leases WHERE name = $1
            """, [.text(name)]
        ).only()
        return .held(by: try held.text(0), since: try held.text(1), remaining: .seconds(try held.double(2)))
    }

    /// Extends the lease from now; to be called at a third of its term.
    /// - Throws: `LeaseLost` when another holder took it, or it was released.
    public func renew(for term: Duration, in session: PostgresSession) throws {
        let renewed = try session.query(
            """
            UPDATE leases SET expires_at = clock_timestamp() + $4::double precision * interval '1 second'
            WHERE name = $1 AND holder = $2 AND epoch = $3 AND expires_at > to_timestamp(0)
            """, [.text(name), .text(holder), .integer(epoch), .seconds(term)])
        guard renewed.affected == 1 else { throw LeaseLost(lease: self) }
    }

    /// Gives the lease back; the row stays, so that epochs only grow. Releasing what another holder took meanwhile does nothing.
    public func release(in session: PostgresSession) throws(PostgresError) {
        try session.query(
            "UPDATE leases SET expires_at = to_timestamp(0) WHERE name = $1 AND holder = $2 AND epoch = $3",
            [.text(name), .text(holder), .integer(epoch)])
    }
}

/// The lease ran out and somebody else took it: whatever was begun under it must not be finished.
public struct LeaseLost: Error, CustomStringConvertible {
    public let lease: Lease
    public var description: String { "The lease \(lease.name) was taken by another holder; this one stops without closing what it began" }
}

extension PostgresValue {
    /// A length of time as a number of seconds.
    static func seconds(_ duration: Duration) -> PostgresValue { .text(String(duration / .seconds(1))) }
}
