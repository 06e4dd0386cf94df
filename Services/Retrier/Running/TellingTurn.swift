import Foundation
import Postgres

/// Who tells: one retrier at a time reads what is to be told, sends it and marks it, so that several side by side tell nothing twice.
///
/// A lease by the database's clock: one that froze or died in its turn holds the others up no longer than that, and what it had not marked is
/// told again under the same id.
struct TellingTurn: Sendable {
    private let holder = UUID().uuidString.lowercased()

    /// - Returns: false while it is another's turn.
    func take(for lease: Duration, in session: PostgresSession) throws(PostgresError) -> Bool {
        try session.query(
            """
            UPDATE retry_teller SET holder = $1::uuid, until = retry_now() + make_interval(secs => $2::double precision)
            WHERE until < retry_now() OR holder = $1::uuid
            """, [.text(holder), .text("\(lease / .seconds(1))")]
        ).affected == 1
    }

    func end(in session: PostgresSession) throws(PostgresError) {
        try session.query("UPDATE retry_teller SET until = '-infinity' WHERE holder = $1::uuid", [.text(holder)])
    }
}
