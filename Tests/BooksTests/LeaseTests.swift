import Books
import Postgres
import TestSupport
import Testing

@Suite struct LeaseTests {
    @Test func `one holds a lease, the other is told who and for how long`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            let first = try Lease.take("run/buyers", holder: "a", for: .seconds(60), in: session)
            guard case .taken(let lease) = first else { throw NeverHeld(what: "a free lease is given") }
            #expect(lease.epoch == 1)
            guard case .held(let holder, _, let remaining) = try Lease.take("run/buyers", holder: "b", for: .seconds(60), in: session) else {
                throw NeverHeld(what: "a held lease is refused")
            }
            #expect(holder == "a")
            #expect(remaining > .seconds(30) && remaining <= .seconds(60))
            try lease.renew(for: .seconds(60), in: session)
        }
    }

    @Test func `an expired lease is taken over with a higher epoch, and its old holder told when it renews`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            guard case .taken(let old) = try Lease.take("run/buyers", holder: "a", for: .zero, in: session) else { throw NeverHeld(what: "free") }
            guard case .taken(let new) = try Lease.take("run/buyers", holder: "b", for: .seconds(60), in: session) else { throw NeverHeld(what: "expired") }
            #expect(new.epoch == old.epoch + 1)
            #expect(throws: LeaseLost.self) { try old.renew(for: .seconds(60), in: session) }
            try old.release(in: session)  // Too late: it must not end the lease of its successor.
            try new.renew(for: .seconds(60), in: session)
        }
    }

    @Test func `a lease given back is free at once and its epoch goes on`() async throws {
        try await ScratchDatabase.with { database in
            let session = try database.session()
            guard case .taken(let first) = try Lease.take("x", holder: "a", for: .seconds(60), in: session) else { throw NeverHeld(what: "free") }
            try first.release(in: session)
            #expect(throws: LeaseLost.self) { try first.renew(for: .seconds(60), in: session) }
            guard case .taken(let second) = try Lease.take("x", holder: "a", for: .seconds(60), in: session) else { throw NeverHeld(what: "released") }
            #expect(second.epoch == 2)
        }
    }

    @Test func `of many that ask at once one gets it`() async throws {
        try await ScratchDatabase.with { database in
            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<8 {
                    group.addTask {
                        let attempt = try Lease.take("x", holder: "h\(number)", for: .seconds(60), in: database.session())
                        if case .taken = attempt { return true }
                        return false
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(taken == 1)
        }
    }
}
