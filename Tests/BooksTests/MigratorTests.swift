import Books
import Foundation
import Postgres
import TestSupport
import Testing

@Suite struct MigratorTests {
    private func books() throws -> [Migration] { try Migration.load(.books, from: Repository.root.appending(path: "migrations")) }

    @Test func `the books go up, down without a trace, and up again`() async throws {
        try await ScratchDatabase.with(migrated: false) { database in
            let session = try database.session()
            let migrator = Migrator(session)
            let all = try books()
            #expect(try migrator.apply(all, of: .books) == all)
            #expect(try migrator.apply(all, of: .books) == [])
            #expect(try migrator.states(all, of: .books).allSatisfy { $0.appliedAt != nil })
            #expect(try migrator.undo(all.count, of: all, in: .books) == all.reversed())
            let left = try session.query(
                """
                SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'S')
                UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
                """
            ).map { $0.optionalText(0) }
            #expect(left == ["schema_migrations"])
            #expect(try migrator.apply(all, of: .books) == all)
        }
    }
}
