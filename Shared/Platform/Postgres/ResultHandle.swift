import CPostgres

/// Owns one `PGresult`; the C memory lives exactly as long as this value.
struct ResultHandle: ~Copyable {
    let pointer: OpaquePointer

    init(adopting pointer: OpaquePointer) { self.pointer = pointer }
    deinit { PQclear(pointer) }

    var status: ExecStatusType { PQresultStatus(pointer) }
}
