import CPostgres
import Glibc

/// Makes a connection step by step, so that a deadline and a cancellation hold while it comes about.
enum ConnectionStart {
    /// - Throws: `PostgresError` or `CancellationError`; no handle stays open then.
    static func open(_ settings: PostgresSettings, isCancelled: () -> Bool) throws -> OpaquePointer {
        if let address = settings.address { try check(address) }
        let keywords = keywords(settings)
        let names = try CStrings(keywords.map(\.name) + [nil]), values = try CStrings(keywords.map(\.value) + [nil])
        let started = names.withPointers { names in
            values.withPointers { values in PQconnectStartParams(names.baseAddress, values.baseAddress, 1) }
        }
        guard let connection = started else { throw PostgresError(kind: .connectionLost, problem: "libpq has no memory for a connection") }
        do {
            // Before anything can fail: with this, messages of the server are codes and carry no value (invariant 10).
            PQsetErrorVerbosity(connection, PQERRORS_SQLSTATE)
            PQsetNoticeReceiver(connection, { _, _ in }, nil)  // libpq would write notices, which may hold values, to stderr.
            try poll(connection, until: .now + settings.connectTimeout, isCancelled)
            guard PQsetnonblocking(connection, 1) == 0 else { throw PostgresError(lossOf: connection, while: "connecting") }
            return connection
        } catch {
            PQfinish(connection)
            throw error
        }
    }

    /// libpq's complaint about a malformed address quotes it, password and all; so it is parsed here first and the complaint dropped.
    private static func check(_ address: String) throws(PostgresError) {
        guard !address.utf8.contains(0), let options = PQconninfoParse(address, nil) else {
            throw PostgresError(
                kind: .badSettings, problem: "The address of Postgres is not understood; expected postgresql://USER:PASSWORD@HOST:PORT/DATABASE")
        }
        PQconninfoFree(options)
    }

    /// Later keywords win over earlier ones; those after `dbname` hold for every address.
    private static func keywords(_ settings: PostgresSettings) -> [(name: String, value: String?)] {
        let silence = String(max(1000, Int(settings.answerTimeout / .milliseconds(1))))
        return [
            // A peer that is gone without a word is noticed within some 30 s: https://www.postgresql.org/docs/15/libpq-connect.html
            ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "4"), ("tcp_user_timeout", silence),
            ("fallback_application_name", settings.applicationName),
            ("dbname", settings.address),
            ("client_encoding", "UTF8"),
        ]
    }

    private static func poll(_ connection: OpaquePointer, until deadline: ContinuousClock.Instant, _ isCancelled: () -> Bool) throws {
        var wants = PGRES_POLLING_WRITING
        while true {
            guard PQstatus(connection) != CONNECTION_BAD, wants != PGRES_POLLING_FAILED else { throw PostgresError(lossOf: connection, while: "connecting") }
            if wants == PGRES_POLLING_OK { return }
            try wait(for: PQsocket(connection), wants == PGRES_POLLING_READING ? Int16(POLLIN) : Int16(POLLOUT), until: deadline, isCancelled)
            wants = PQconnectPoll(connection)
        }
    }

    private static func wait(for socket: Int32, _ event: Int16, until deadline: ContinuousClock.Instant, _ isCancelled: () -> Bool) throws {
        while true {
            if isCancelled() { throw CancellationError() }
            guard ContinuousClock.now < deadline else {
                throw PostgresError(kind: .connectionLost, problem: "Postgres gave no session within the connect time-out; is the host reachable?")
            }
            var ready = pollfd(fd: socket, events: event, revents: 0)
            if Glibc.poll(&ready, 1, 100) > 0 { return }  // Slices, so that a cancellation is seen soon; EINTR looks again.
        }
    }
}
