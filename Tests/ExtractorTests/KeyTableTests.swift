import TestSupport
import Testing

@testable import Extractor

@Suite struct KeyTableTests {
    @Test func `a settled key met with its hash is unchanged`() {
        var table = KeyTable()
        #expect(table.settle(7, hash: 100, [.landed, .comparable, .deletable]) == true)
        #expect(table.meet(7, hashes: (100, nil), row: 0) == .unchanged)
        #expect(table.absent() == 0)
    }

    @Test func `a settled key met with another hash is changed`() {
        var table = KeyTable()
        #expect(table.settle(7, hash: 100, [.landed, .comparable, .deletable]) == true)
        #expect(table.meet(7, hashes: (101, nil), row: 0) == .changed)
    }

    @Test func `the hash of what a partial run sent last is as good as the whole one`() {
        var table = KeyTable()
        #expect(table.settle(7, hash: 55, [.landed, .comparable, .deletable]) == true)
        #expect(table.meet(7, hashes: (100, 55), row: 0) == .unchanged)
    }

    // H2: without `comparable` falling for an owed key, a failure that waits would land after the source took it back.
    @Test func `an equal hash is no proof when the key is owed`() {
        var table = KeyTable()
        #expect(table.settle(7, hash: 100, [.landed, .deletable]) == true)
        #expect(table.meet(7, hashes: (100, nil), row: 0) == .changed)
    }

    @Test func `an owed key met with what is queued waits, and with anything else is sent`() {
        var table = KeyTable()
        #expect(table.settle(7, hash: 100, [.landed, .deletable, .waits]) == true)
        #expect(table.settle(8, hash: 100, [.landed, .deletable, .waits]) == true)
        #expect(table.settle(9, hash: 100, [.deletable, .waits]) == true)
        #expect(table.meet(7, hashes: (100, nil), row: 0) == .waiting)
        #expect(table.meet(8, hashes: (101, nil), row: 1) == .changed)
        #expect(table.meet(9, hashes: (101, nil), row: 2) == .new)
        #expect(table.absent() == 0)
    }

    // Invariant 6: what a partial run sent and failed says nothing of the whole row.
    @Test func `a row does not wait because some of its fields do`() {
        var table = KeyTable()
        #expect(table.settle(7, hash: 55, [.landed, .deletable, .waits]) == true)
        #expect(table.meet(7, hashes: (100, 55), row: 0) == .changed)
    }

    @Test func `a key that waits and is gone from the source is to be deleted`() {
        var table = KeyTable()
        #expect(table.settle(7, hash: 100, [.deletable, .waits]) == true)
        #expect(table.absent() == 1)
        #expect(table.presence(7)?.settled == [.deletable, .waits])
    }

    @Test func `a key that comes again no longer waits but is repeated`() {
        var table = KeyTable()
        #expect(table.settle(7, hash: 100, [.landed, .deletable, .waits]) == true)
        #expect(table.meet(7, hashes: (100, nil), row: 3) == .waiting)
        #expect(table.meet(7, hashes: (100, nil), row: 4) == .suspect(first: 3))
        #expect(table.suspectSettled == 1)
    }

    // H12: a tombstone's row comes back whole.
    @Test func `a key that never landed or was deleted is new`() {
        var table = KeyTable()
        #expect(table.settle(7, hash: 0, []) == true)
        #expect(table.settle(8, hash: 0, .deletable) == true)
        #expect(table.meet(7, hashes: (0, nil), row: 0) == .new)
        #expect(table.meet(8, hashes: (0, nil), row: 1) == .new)
    }

    @Test func `a key that comes again names the row it came in first`() {
        var table = KeyTable()
        #expect(table.meet(7, hashes: (1, nil), row: 40) == .new)
        #expect(table.meet(7, hashes: (2, nil), row: 50) == .suspect(first: 40))
        #expect(table.meet(7, hashes: (2, nil), row: 60) == .suspect(first: 40))
    }

    @Test func `settled keys that share a fingerprint are left to their texts`() {
        var table = KeyTable()
        #expect(table.settle(7, hash: 1, [.landed, .comparable, .deletable]) == true)
        #expect(table.settle(7, hash: 2, [.landed, .comparable, .deletable]) == false)
        #expect(table.meet(7, hashes: (1, nil), row: 3) == .suspect(first: nil))
        #expect(table.absent() == 0, "suspect ones are not counted here")
        #expect(table.suspectSettled == 2)
    }

    @Test(arguments: 1...100 as ClosedRange<UInt64>)
    func `the table decides as a dictionary of whole keys would`(seed: UInt64) {
        var random = SeededGenerator(seed)
        var table = KeyTable()
        var settled: [UInt64: (hash: UInt64, state: KeyTable.Settled)] = [:]
        for _ in 0..<Int.random(in: 0...3_000, using: &random) {
            let fingerprint = spread(.random(in: 1...4_000, using: &random))
            guard settled[fingerprint] == nil else { continue }
            let state = KeyTableTests.states.randomElement(using: &random) ?? []
            settled[fingerprint] = (.random(in: 0...3, using: &random), state)
            #expect(table.settle(fingerprint, hash: settled[fingerprint]?.hash ?? 0, state) == true)
        }
        var met: [UInt64: Int] = [:]
        for row in 0..<Int.random(in: 0...3_000, using: &random) {
            let fingerprint = spread(.random(in: 1...4_000, using: &random)), whole = UInt64.random(in: 0...3, using: &random)
            let partial: UInt64? = Bool.random(using: &random) ? .random(in: 0...3, using: &random) : nil
            let verdict = table.meet(fingerprint, hashes: (whole, partial), row: row)
            if let first = met[fingerprint] {
                #expect(verdict == .suspect(first: first))
                continue
            }
            met[fingerprint] = row
            guard let known = settled[fingerprint] else {
                #expect(verdict == .new)
                continue
            }
            let expected: KeyTable.Verdict =
                if known.state.contains(.comparable), [whole, partial].contains(known.hash) {
                    .unchanged
                } else if known.state.contains(.waits), known.hash == whole {
                    .waiting
                } else {
                    known.state.contains(.landed) ? .changed : .new
                }
            #expect(verdict == expected)
        }
        let absent = settled.filter { $0.value.state.contains(.deletable) && met[$0.key] == nil }
        #expect(table.absent() == absent.count)
        #expect(table.count == Set(settled.keys).union(met.keys).count)
        for (fingerprint, known) in settled {
            let presence = table.presence(fingerprint)
            #expect(presence?.seen == (met[fingerprint] != nil))
            #expect(presence?.settled == known.state)
        }
    }

    /// Every state that `SettledRows.decide` knows.
    private static let states: [KeyTable.Settled] = [
        [.landed, .comparable, .deletable], [.landed, .deletable], .deletable, [], [.landed, .deletable, .waits], [.deletable, .waits],
    ]

    /// Few values over the whole range, so that segments and places all come up.
    private func spread(_ small: UInt64) -> UInt64 { small &* 0x9E37_79B9_7F4A_7C15 }
}
