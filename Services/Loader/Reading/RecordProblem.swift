import Records

/// Why a record of the topic cannot be applied at all.
enum RecordProblem: Error, Equatable {
    /// A newer Rollcall wrote it: not damage, so the partition stops until this service is updated.
    case newerFormat(RecordError)
    /// It will never be understood: it is logged, kept in `failures`, and the partition goes on.
    case damaged(RecordError)
    /// Well formed, for a stream or a key this pipeline's file does not have; counted as failed.
    case foreign(ChangeRecord, code: String, message: String)
}
