import Mapping
import Pipelines
import Records

/// Which part of its source a run is asked to bring over.
struct RunScope: Sendable, Equatable {
    /// Target columns; nil: all. Rows that never landed are sent whole all the same.
    var fields: [String]?
    /// Record keys as people and `record_key` columns write them; nil: all.
    var keys: Set<RecordKey>?

    static let full = RunScope()

    var coversAll: Bool { keys == nil }

    /// Only a run over everything may conclude that a row is gone.
    var mayDelete: Bool { keys == nil && fields == nil }

    /// The word of `sync_runs.mode`.
    var mode: String { keys != nil ? "keys" : fields != nil ? "fields" : "full" }

    func covers(_ row: MappedRow) -> Bool { keys.map { $0.contains(row.recordKey) } ?? true }
}
