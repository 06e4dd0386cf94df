import JSONText
import Postgres
import Sources

extension RunLedger {
    /// The parts of the source that the pipeline's last read before this one could not read.
    func partsUnread(before run: Int64) async throws -> [String] {
        try await database.perform { session in
            try session.query(
                """
                SELECT part->>'part' FROM jsonb_array_elements((
                    SELECT certificate->'parts' FROM sync_runs
                    WHERE pipeline = $1 AND run < $2 AND jsonb_typeof(certificate->'parts') = 'array' ORDER BY run DESC LIMIT 1)) part
                WHERE part->>'failure' IS NOT NULL
                """, [.text(pipeline), .integer(run)]
            ).map { try $0.text(0) }
        }
    }
}

extension ReadCertificate {
    /// `sync_runs.certificate`.
    var json: String {
        var json = JSONWriter()
        json.object { json in
            json.member("rows", rows)
            json.member("pages", pages)
            json.member("stamp", stamp)
            json.member("complete", isComplete)
            if !parts.isEmpty { json.member("parts", PartTable(parts: parts).json) }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
