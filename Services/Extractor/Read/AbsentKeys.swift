import Postgres
import Records

/// The settled keys that the source lacks, as one read found them: those that a plan deletes.
struct AbsentKeys: Sendable {
    private let settled: SettledRows
    private let keys: KeyTable
    private let suspects: SuspectKeys

    init(_ stream: StreamReading) { (settled, keys, suspects) = (stream.settled, stream.keys, stream.suspectKeys) }

    /// Reads the keys again from `sync_rows`; which of them are absent was decided when the plan was made, and stays so.
    func each(_ session: PostgresSession, suspectOnly: Bool = false, _ take: (RecordKey) throws -> Void) throws {
        try settled.prepare(session)
        try settled.each(session) { bytes, known in
            guard let presence = keys.presence(settled.fingerprint(bytes)), presence.suspect || !suspectOnly else { return }
            if presence.suspect {
                guard known.state.contains(.deletable) else { return }
                let key = RecordKey(encoded: String(decoding: bytes, as: UTF8.self))
                if !suspects.contains(key) { try take(key) }
            } else if !presence.seen, presence.settled.contains(.deletable) {
                try take(RecordKey(encoded: String(decoding: bytes, as: UTF8.self)))
            }
        }
    }
}
