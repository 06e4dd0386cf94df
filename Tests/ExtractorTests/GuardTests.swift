import Pipelines
import Testing

@testable import Extractor

@Suite struct GuardTests {
    private func read(found: Int, known: Int, deletes: Int = 0, header: String = "h", before: String? = "h") -> GuardedRead {
        GuardedRead(found: found, known: known, deletes: deletes, header: header, headerBefore: before)
    }
    private func words(_ read: GuardedRead, _ guards: Guards = Guards(shrink: .whole(50), deletes: .whole(10))) -> [String] {
        trippedGuards(read, guards).map(\.word)
    }

    @Test func `a read of no rows is held, also the first one`() {
        #expect(words(read(found: 0, known: 0, before: nil)) == ["empty"])
        #expect(words(read(found: 0, known: 100)) == ["empty"])
    }

    @Test func `a read of half the known rows is held and one row more is not`() {
        #expect(words(read(found: 50, known: 100)) == ["shrink"])
        #expect(words(read(found: 51, known: 100)) == [])
    }

    @Test func `deletes at the limit are held and one fewer is not`() {
        #expect(words(read(found: 990, known: 1000, deletes: 100)) == ["deletes"])
        #expect(words(read(found: 990, known: 1000, deletes: 99)) == [])
    }

    @Test func `nothing to delete trips no guard, whatever the limit`() {
        #expect(words(read(found: 10, known: 0), Guards(shrink: .whole(0), deletes: .whole(0))) == [])
    }

    @Test func `other headers than the last run's are held, and a first run has none to compare`() {
        #expect(words(read(found: 10, known: 10, header: "x")) == ["header"])
        #expect(words(read(found: 10, known: 0, header: "x", before: nil)) == [])
    }

    @Test func `the sentence names what was found, what is known and the limit`() {
        #expect(
            TrippedGuard.deletes(planned: 400, known: 1000, limit: .whole(10)).sentence
                == "400 of 1,000 known rows would be deleted; the guard `deletes: 10%` forbids that")
    }
}
