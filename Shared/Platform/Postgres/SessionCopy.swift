import CPostgres
import Glibc

/// COPY: tables in bulk, row by row through one buffer.
extension PostgresSession {
    /// Hands out the rows of `query` as bytes, in Postgres' binary format, without a copy of the whole.
    ///
    /// - Parameters:
    ///   - query: a SELECT without parameters; COPY takes none.
    ///   - row: reads the fields in order; the bytes live until it returns. If it throws, the rest is cancelled and its error thrown.
    public func copyOut(_ query: String, row: (inout CopyRow) throws -> Void) throws {
        guard PQsendQuery(connection, "COPY (\(query)) TO STDOUT (FORMAT binary)") == 1 else { throw sendFailure("a COPY") }
        try expectCopy(PGRES_COPY_OUT)
        do {
            var isFirst = true
            while let data = try nextCopyData() {
                defer { PQfreemem(data.baseAddress) }
                guard var fields = try CopyRow(UnsafeRawBufferPointer(data), hasFileHeader: isFirst) else { continue }
                isFirst = false
                try row(&fields)
            }
        } catch let error as PostgresError where error.isConnectionLoss {
            throw error
        } catch {
            try giveUpCopyOut()
            throw error
        }
        try onlyAnswer()
    }

    /// Sends rows to `COPY … FROM STDIN`, in the format that `sql` names.
    ///
    /// - Parameter write: writes the rows. If it throws, the COPY is given up on the server and its error thrown.
    /// - Returns: how many rows the server took.
    @discardableResult public func copyIn(_ sql: String, _ write: (CopySink) throws -> Void) throws -> Int {
        guard PQsendQuery(connection, sql) == 1 else { throw sendFailure("a COPY") }
        try expectCopy(PGRES_COPY_IN)
        let sink = CopySink(self)
        do {
            try write(sink)
            try sink.flush()
        } catch let error as PostgresError where error.isConnectionLoss {
            throw error
        } catch {
            try endCopyIn("given up by the sender")
            do { try onlyAnswer() } catch let refusal { if refusal.isConnectionLoss { throw refusal } }  // 57014, as asked for.
            throw error
        }
        try endCopyIn(nil)
        return try onlyAnswer().affected
    }

    private func expectCopy(_ direction: ExecStatusType) throws(PostgresError) {
        guard let result = try nextResult() else { throw PostgresError(lossOf: connection, while: "starting a COPY") }
        guard result.status != direction else { return }
        if result.status == PGRES_FATAL_ERROR {
            let error = PostgresError(reading: result, isLost: !isOpen)
            while try nextResult() != nil {}
            throw error
        }
        throw lost("The statement is no COPY in the expected direction")
    }

    private func nextCopyData() throws(PostgresError) -> UnsafeMutableBufferPointer<CChar>? {
        while true {
            var data: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(connection, &data, 1)
            switch count {
            case 1...: return UnsafeMutableBufferPointer(start: data, count: Int(count))
            case 0:
                try wait(for: POLLIN)
                try takeIn()
            case -1: return nil
            default: throw PostgresError(lossOf: connection, while: "copying rows out")
            }
        }
    }

    private func giveUpCopyOut() throws(PostgresError) {
        try cancelHandle().cancel()
        while let data = try nextCopyData() { PQfreemem(data.baseAddress) }
        do { try onlyAnswer() } catch { if error.isConnectionLoss { throw error } }  // 57014, as asked for, or it had all been sent.
    }

    func putCopyData(_ bytes: [UInt8]) throws(PostgresError) {
        while true {
            let taken = bytes.withUnsafeBytes { PQputCopyData(connection, $0.bindMemory(to: CChar.self).baseAddress, Int32($0.count)) }
            switch taken {
            case 1: return
            case 0: try flushOutgoing()  // libpq has no room.
            default: throw PostgresError(lossOf: connection, while: "copying rows in")
            }
        }
    }

    private func endCopyIn(_ reason: String?) throws(PostgresError) {
        while true {
            switch PQputCopyEnd(connection, reason) {
            case 1: return try flushOutgoing()
            case 0: try flushOutgoing()
            default: throw PostgresError(lossOf: connection, while: "ending a COPY")
            }
        }
    }
}
