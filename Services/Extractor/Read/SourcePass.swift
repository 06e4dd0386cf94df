import Mapping
import Sources

/// One walk over all rows of a source, by hundreds (B21): after each the run is asked whether it may go on, and told how far it is.
struct SourcePass: Sendable {
    static let batchRows = 100

    let source: any Source
    /// Called after each batch with the rows so far; throws when the run was stopped or has lost its lease.
    let onBatch: @Sendable (Int) throws -> Void

    /// - Parameter take: gets each row with its index, counted from 0.
    @discardableResult func run(_ take: (borrowing SourceRow, Int) throws -> Void) async throws -> ReadCertificate {
        var index = 0
        let certificate = try await source.rows { row in
            try take(row, index)
            index += 1
            if index % SourcePass.batchRows == 0 { try onBatch(index) }
        }
        if index % SourcePass.batchRows != 0 { try onBatch(index) }
        return certificate
    }
}
