import CPostgres

/// Ends, from any thread, the statement that a session runs; the statement answers 57014.
///
/// `@unchecked Sendable`: libpq promises that PQcancel may be called from another thread than the one using the connection, as it only
/// reads the copied address and key. https://www.postgresql.org/docs/15/libpq-cancel.html
public final class CancelHandle: @unchecked Sendable {
    private let handle: OpaquePointer

    init(adopting handle: OpaquePointer) { self.handle = handle }
    deinit { PQfreeCancel(handle) }

    /// Sends the request over a connection of its own and waits until the server took it. If nothing runs, nothing happens.
    /// - Throws: `connectionLost` when the server could not be told.
    public func cancel() throws(PostgresError) {
        var complaint = [CChar](repeating: 0, count: 256)
        guard PQcancel(handle, &complaint, Int32(complaint.count)) == 1 else {
            throw PostgresError(kind: .connectionLost, problem: "Postgres could not be asked to cancel a statement")
        }
    }
}
