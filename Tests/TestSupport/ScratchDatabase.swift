import Books
import Foundation
import Postgres

/// A database of one test, made from a template that has the books, and dropped when the test ends.
public struct ScratchDatabase: Sendable {
    public let name: String
    /// As in `DATABASE_URL`.
    public let url: String

    /// For sessions, connections and pools of the code under test.
    public func settings(applicationName: String = "rollcall-test") -> PostgresSettings { PostgresSettings(address: url, applicationName: applicationName) }

    /// A session of the test's own, to look at what the code under test did.
    public func session() throws -> PostgresSession { try PostgresSession.connect(settings()) }

    /// Runs `body` with a new database.
    /// - Parameters:
    ///   - migrated: whether it has the books; without, it is empty.
    ///   - server: another server than the shared one.
    @discardableResult public static func with<Value>(
        migrated: Bool = true, on server: PostgresCluster? = nil, _ body: (ScratchDatabase) async throws -> Value
    ) async throws -> Value {
        let address = if let server { server.url } else { try await PostgresCluster.shared() }
        let name = "scratch_" + UUID().uuidString.lowercased().replacing("-", with: "")
        try await offThePool {
            let template = migrated ? try BooksTemplate.prepare(at: address) : "template0"
            try maintain(address) { _ = try $0.query("CREATE DATABASE \(name) TEMPLATE \(template)") }
        }
        let database = ScratchDatabase(name: name, url: replacingDatabase(of: address, by: name))
        let outcome: Result<Value, any Error>
        do { outcome = .success(try await body(database)) } catch { outcome = .failure(error) }
        try await offThePool { try maintain(address) { _ = try $0.query("DROP DATABASE IF EXISTS \(name) WITH (FORCE)") } }
        return try outcome.get()
    }

    /// Runs `work` on the server's own database, from which others are made.
    @discardableResult static func maintain<Value>(_ address: String, _ work: (PostgresSession) throws -> Value) throws -> Value {
        try work(
            try PostgresSession.connect(PostgresSettings(address: address, statementTimeout: .seconds(60), lockTimeout: .zero, answerTimeout: .seconds(90))))
    }

    static func replacingDatabase(of address: String, by name: String) -> String {
        guard var parts = URLComponents(string: address) else { return address }
        parts.path = "/" + name
        return parts.string ?? address
    }
}

/// The database with the books of these very files, made once per server and copied for every test.
enum BooksTemplate {
    /// - Returns: its name.
    static func prepare(at address: String) throws -> String {
        let migrations = try Migration.load(.books, from: Repository.root.appending(path: "migrations"))
        return try ScratchDatabase.maintain(address) { session in
            let all = PostgresValue.text(migrations.map(\.up).joined())
            let checksum = try session.query("SELECT encode(sha256(convert_to($1, 'UTF8')), 'hex')", [all]).only().text(0)
            let name = "books_" + checksum.prefix(16)
            let exists = "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)"
            if try session.query(exists, [.text(name)]).only().boolean(0) { return name }
            // CREATE DATABASE runs in no transaction, so this lock is the session's; it goes with it.
            try session.query("SELECT pg_advisory_lock(7, 7)")
            if try session.query(exists, [.text(name)]).only().boolean(0) { return name }
            let draft = name + "_draft"  // Renamed when whole: a template is never half made.
            try session.query("DROP DATABASE IF EXISTS \(draft) WITH (FORCE)")
            try session.query("CREATE DATABASE \(draft) TEMPLATE template0")
            let inside = ScratchDatabase(name: draft, url: ScratchDatabase.replacingDatabase(of: address, by: draft))
            try migrate(migrations, inside)
            try session.query("ALTER DATABASE \(draft) RENAME TO \(name)")
            return name
        }
    }

    private static func migrate(_ migrations: [Migration], _ database: ScratchDatabase) throws {
        try Migrator(try database.session()).apply(migrations, of: .books)
    }
}
