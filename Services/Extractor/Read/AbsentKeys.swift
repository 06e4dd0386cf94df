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
            if let key = absent(bytes, known, suspectOnly: suspectOnly) { try take(key) }
        }
    }

    /// The key, if the source lacks it and it is to be deleted.
    func absent(_ bytes: UnsafeRawBufferPointer, _ known: SuspectKeys.Settled, suspectOnly: Bool = false) -> RecordKey? {
        guard let presence = keys.presence(settled.fingerprint(bytes)) else { return nil }
        let key = RecordKey(encoded: String(decoding: bytes, as: UTF8.self))
        if presence.suspect { return known.state.contains(.deletable) && !suspects.contains(key) ? key : nil }
        return !suspectOnly && !presence.seen && presence.settled.contains(.deletable) ? key : nil
    }
}
