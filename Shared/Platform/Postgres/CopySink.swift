/// Takes the rows of a COPY to the server and sends them in large pieces.
public final class CopySink {
    private let session: PostgresSession
    private static let pieceBytes = 1 << 16

    init(_ session: PostgresSession) {
        self.session = session
        session.copyBuffer.removeAll(keepingCapacity: true)
    }

    /// Writes one row in the text format: https://www.postgresql.org/docs/15/sql-copy.html#id-1.9.3.55.9.2
    /// - Throws: `nulCharacter` for a value with U+0000.
    public func row(_ values: [PostgresValue?]) throws(PostgresError) {
        for (index, value) in values.enumerated() {
            if index > 0 { session.copyBuffer.append(UInt8(ascii: "\t")) }
            guard let value else { session.copyBuffer += "\\N".utf8; continue }
            for byte in value.spelled.utf8 {
                switch byte {
                case 0: throw PostgresError(kind: .nulCharacter, problem: "Field \(index + 1) of a copied row holds U+0000, which Postgres cannot store")
                case UInt8(ascii: "\\"): session.copyBuffer += "\\\\".utf8
                case UInt8(ascii: "\t"): session.copyBuffer += "\\t".utf8
                case UInt8(ascii: "\n"): session.copyBuffer += "\\n".utf8
                case UInt8(ascii: "\r"): session.copyBuffer += "\\r".utf8
                default: session.copyBuffer.append(byte)
                }
            }
        }
        session.copyBuffer.append(UInt8(ascii: "\n"))
        if session.copyBuffer.count >= CopySink.pieceBytes { try flush() }
    }

    /// Writes bytes as they are, in whatever format the COPY names.
    public func bytes(_ bytes: UnsafeRawBufferPointer) throws(PostgresError) {
        session.copyBuffer += bytes
        if session.copyBuffer.count >= CopySink.pieceBytes { try flush() }
    }

    func flush() throws(PostgresError) {
        guard !session.copyBuffer.isEmpty else { return }
        try session.putCopyData(session.copyBuffer)
        session.copyBuffer.removeAll(keepingCapacity: true)
        try session.flushOutgoing()
    }
}
