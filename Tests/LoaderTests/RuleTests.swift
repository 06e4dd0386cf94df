import Books
import JSONText
import Records
import TestSupport
import Testing

@testable import Loader

/// The pure rules: no broker, no database.
@Suite struct RuleTests {
    private func problem(_ text: String, _ type: ColumnType) -> String? {
        var text = text
        return text.withUTF8 { type.problem(with: UnsafeRawBufferPointer($0))?.sqlState }
    }

    @Test func `length is counted in characters and not in bytes`() {
        #expect(problem(String(repeating: "あ", count: 50), .limitedText(charactersMax: 50)) == nil)
        #expect(problem(String(repeating: "あ", count: 51), .limitedText(charactersMax: 50)) == "22001")
        // Spaces over the length would be cut off without a word.
        #expect(problem(String(repeating: "a", count: 50) + " ", .limitedText(charactersMax: 50)) == "22001")
        // A base letter and its mark are two characters to PostgreSQL, one to Swift.
        #expect(problem(String(repeating: "か\u{3099}", count: 26), .limitedText(charactersMax: 50)) == "22001")
    }

    @Test(arguments: [
        ("0", nil), ("-32768", nil), ("32767", nil), ("+7", nil), ("32768", "22003"), ("-32769", "22003"), ("9223372036854775808", "22003"), ("", "22P02"),
        ("-", "22P02"), ("1.0", "22P02"), ("0x1A", "22P02"), (" 1", "22P02"), ("1e3", "22P02"),
    ])
    func `a whole number must be one, and within its range`(text: String, code: String?) {
        #expect(problem(text, .integer(-32768...32767)) == code)
    }

    @Test(arguments: [
        ("1234.56", nil), ("-1234.50", nil), ("1234.560000", nil), ("0.01", nil), (".5", nil), ("1.23456e3", nil), ("1.234567e3", "22003"),
        ("12345.6", "22003"),
        ("0.001", "22003"), ("1e4", "22003"), ("1e-2", nil), ("1e-3", "22003"), ("", "22P02"), (".", "22P02"), ("nan", "22P02"), ("1,5", "22P02"),
        ("00012", nil),
        ("0e99999999999", nil), ("1e99999999999", "22003"),
    ])
    func `a decimal number must fit without rounding`(text: String, code: String?) {
        #expect(problem(text, .numeric(precision: 6, scale: 2)) == code)
    }

    @Test(arguments: [
        ("2026-02-28", true), ("2024-02-29", true), ("2026-02-29", false), ("1900-02-29", false), ("2000-02-29", true), ("2026-13-01", false),
        ("2026-1-1", false), ("2026/01/01", false), ("2026-01-01 12:00", false), ("today", false), ("infinity", false), ("0000-01-01", false), ("", false),
    ])
    func `a date must be written in the one way that no setting reads otherwise`(text: String, fits: Bool) {
        #expect((problem(text, .date) == nil) == fits)
    }

    @Test(arguments: [
        ("2026-01-01", true, true), ("2026-01-01T10:20", true, true), ("2026-01-01 10:20:30.123456", true, true), ("2026-01-01 10:20:30.1234567", false, false),
        ("2026-01-01 10:20:30.1234560", true, true), ("2026-01-01T10:20:30Z", true, false), ("2026-01-01T10:20:30+09:00", true, false),
        ("2026-01-01T24:00:00", false, false), ("2026-01-01T10:60:00", false, false), ("2026-01-01T10:20:30+9", false, false), ("now", false, false),
    ])
    func `a timestamp must be whole, and has an offset only where the column keeps one`(text: String, zoned: Bool, plain: Bool) {
        #expect((problem(text, .timestamp(isZoned: true, fractionDigitsMax: 6)) == nil) == zoned)
        #expect((problem(text, .timestamp(isZoned: false, fractionDigitsMax: 6)) == nil) == plain)
    }

    @Test func `a boolean is one of PostgreSQL's own words`() {
        for word in ["true", "FALSE", "t", "Yes", "off", "1", "0"] { #expect(problem(word, .boolean) == nil, "\(word)") }
        for word in ["", "2", "tru", "済", "nein", "\u{54}\u{0}"] { #expect(problem(word, .boolean) == "22P02", "\(word)") }
    }

    // MARK: Where reading goes on

    private let stored = StoredOffset(next: 100, generation: 3, lastID: "buyers/1@1.99")

    @Test func `the record before the position proves the topic`() {
        #expect(Resumption.of(stored, low: 0, high: 500, before: .record(id: "buyers/1@1.99")) == .goOn(at: 100))
        // Some brokers answer a high watermark that lacks the last batch: the record found counts more.
        #expect(Resumption.of(stored, low: 0, high: 50, before: .record(id: "buyers/1@1.99")) == .goOn(at: 100))
        #expect(Resumption.of(stored, low: 0, high: 500, before: .record(id: "buyers/7@2.99")) == .recreated(from: 0))
        #expect(Resumption.of(stored, low: 0, high: 99, before: .none) == .recreated(from: 0))
        #expect(Resumption.of(stored, low: 50, high: 500, before: .none) == .recreated(from: 50))
    }

    @Test func `what retention took is told apart from a topic made anew`() {
        #expect(Resumption.of(stored, low: 100, high: 500, before: .none) == .goOn(at: 100))
        #expect(Resumption.of(stored, low: 130, high: 500, before: .none) == .expired(from: 130, lost: 30))
        #expect(Resumption.of(StoredOffset(next: 0, generation: 1), low: 0, high: 0, before: .none) == .goOn(at: 0))
    }

    // MARK: Whether a change applies

    private func decision(run: Int64, ordinal: UInt32 = 1, isPartial: Bool = false, attempt: Int = 1, fence: Int64 = 0, _ settled: SettledRow?) -> Decision {
        decide(
            sequence: Sequence(run: run, ordinal: ordinal), operation: .upsert, isPartial: isPartial, attempt: attempt, hash: 7, fence: fence, settled: settled)
    }

    @Test(
        "a change applies at most once, never below what is settled, and never clears what is owed above it", .tags(.property),
        arguments: 1...500 as ClosedRange<UInt64>)
    func decisions(seed: UInt64) {
        var random = SeededGenerator(seed)
        func sequence() -> Records.Sequence { Sequence(run: Int64.random(in: 1...4, using: &random), ordinal: UInt32.random(in: 1...3, using: &random)) }
        let settled = Bool.random(using: &random) ? SettledRow(sequence: sequence(), hash: 7, owed: Bool.random(using: &random) ? sequence() : nil) : nil
        let change = sequence()
        let (attempt, isPartial, fence) = (Int.random(in: 1...3, using: &random), Bool.random(using: &random), Int64.random(in: 0...4, using: &random))
        let decision = decide(
            sequence: change, operation: .upsert, isPartial: isPartial, attempt: attempt, hash: 7, fence: fence, settled: settled)
        guard case .apply(let application) = decision else {
            let isNewer = change > settled?.sequence ?? Sequence(rawValue: 0)
            let isAllowed = attempt == 1 ? change.run >= fence : settled?.owed == change
            #expect(!(isNewer && isAllowed), "seed \(seed)")
            return
        }
        #expect(change > settled?.sequence ?? Sequence(rawValue: 0))
        if attempt == 1 { #expect(change.run >= fence) } else { #expect(settled?.owed == change) }
        if let owed = settled?.owed {
            #expect(application.owedAfter == (isPartial || owed > change ? owed : nil))
        } else {
            #expect(application.owedAfter == nil)
        }
        // Applied once more, it is superseded: its own sequence is settled then.
        let after = SettledRow(sequence: change, hash: 7, owed: application.owedAfter)
        #expect(self.decision(run: change.run, ordinal: change.ordinal, isPartial: isPartial, attempt: attempt, after) == .superseded)
    }

    @Test func `a topic is in doubt when records come after a silence, and not before`() {
        let start = ContinuousClock.now, silence = TopicContinuity.silenceMax, moment = Duration.milliseconds(1)
        var continuity = TopicContinuity()
        #expect(!continuity.isInDoubt(7, now: start), "a partition without an assignment is nobody's to judge")
        continuity.begin([0, 1], now: start)
        #expect(!continuity.isInDoubt(0, now: start + silence))
        #expect(continuity.isInDoubt(0, now: start + silence + moment), "it was proven when the assignment began, and nothing has come since")
        continuity.saw(0, now: start + silence)
        #expect(!continuity.isInDoubt(0, now: start + silence * 2))
        #expect(continuity.isInDoubt(1, now: start + silence * 2), "records of one partition say nothing of another")
        continuity.begin([0], now: start + silence * 9)
        #expect(!continuity.isInDoubt(0, now: start + silence * 10))
    }

    @Test func `of changes of one key the newest takes the place of the others`() {
        let keys = ["a", "b", "a", "a", "c"].map { KeyBytes($0) }
        let replaced = replacedWithinBatch(zip(keys, [5, 1, 9, 7, 2]).map { ($0, Sequence(rawValue: $1)) })
        #expect(replaced == [true, false, false, true, false])
        // Two spellings of one letter are two keys.
        #expect(replacedWithinBatch([(KeyBytes("が"), Sequence(rawValue: 1)), (KeyBytes("か\u{3099}"), Sequence(rawValue: 2))]) == [false, false])
    }

    @Test func `a batch ends before a partial change of a key it holds, and behind one`() {
        func scanned(_ isPartial: Bool, attempt: Int = 1, stream: Int = 0) -> ScannedChange {
            ScannedChange(
                stream: stream, sequence: Sequence(rawValue: 1), operation: .upsert, isPartial: isPartial, attempt: attempt, hash: 1, key: .null, firstField: 0)
        }
        func accepts(_ changes: [(String, ScannedChange)], rowsMax: Int = 10) -> [Bool] {
            var cut = BatchCut(rowsMax: rowsMax)
            return changes.map { key, change in Array(key.utf8).withUnsafeBytes { cut.accepts(change, key: $0) } }
        }
        #expect(accepts([("a", scanned(false)), ("b", scanned(true)), ("a", scanned(true))]) == [true, true, false])
        #expect(accepts([("a", scanned(true)), ("a", scanned(false))]) == [true, false])
        #expect(accepts([("a", scanned(false)), ("a", scanned(false))]) == [true, true])
        #expect(accepts([("a", scanned(false)), ("a", scanned(false, attempt: 2))]) == [true, false])
        #expect(accepts([("a", scanned(false)), ("b", scanned(false, stream: 1))]) == [true, false])
        #expect(accepts([("a", scanned(false)), ("b", scanned(false)), ("c", scanned(false))], rowsMax: 2) == [true, true, false])
    }

    @Test("any number of rows is cut into few sizes that add up", arguments: [1, 7, 99, 100, 101, 250])
    func chunks(rows: Int) {
        #expect(rowChunks(rows, most: 100).reduce(0, +) == rows)
        #expect(rowChunks(rows, most: 30).allSatisfy { $0 <= 30 })
        #expect(rowChunks(rows, most: 30).reduce(0, +) == rows)
    }

    @Test func `held bits survive their text, and columns beyond them are not held`() {
        var bits = HeldBits(count: 70)
        bits[3] = true
        bits[69] = true
        #expect(HeldBits(bits: bits.bits) == bits)
        #expect(!bits[70] && !bits[500] && bits[69])
        #expect(HeldBits(bits: "01x") == nil)
    }

    @Test func `the columns that keep what a blank meets only become more, and after a few steps they are all`() {
        var blanks = BlankColumns(columns: 9)
        #expect(blanks.isMet == Array(repeating: false, count: 9) && blanks.growths == 0)
        func one(_ column: Int) -> [Bool] { (0..<9).map { $0 == column } }
        blanks.meet(one(3))
        blanks.meet(one(3))
        #expect(blanks.isMet == one(3) && blanks.growths == 1)
        blanks.meet(one(5))
        #expect(blanks.isMet.indices.filter { blanks.isMet[$0] } == [3, 5] && blanks.growths == 2)
        for column in [0, 1] { blanks.meet(one(column)) }
        #expect(blanks.isMet == Array(repeating: true, count: 9) && blanks.growths == BlankColumns.growthsMax)
        blanks.meet(one(8))
        #expect(blanks.growths == BlankColumns.growthsMax)
    }

    @Test func `outcomes of batches that follow each other are told as one, others each for itself`() {
        func applied(_ range: Range<Int64>, partition: Int32 = 0, stream: String = "buyers", run: Int64 = 1, generation: Int64 = 1) -> AppliedBatch {
            var tallies = Tallies()
            tallies.inserted = range.upperBound - range.lowerBound
            let place = BatchRange(
                topic: "t", partition: partition, generation: generation, from: range.lowerBound, next: range.upperBound, lastID: "\(range.upperBound - 1)")
            return AppliedBatch(range: place, stream: stream, tallies: [run: tallies], retried: ["r\(range.lowerBound)"], rows: Int(tallies.inserted))
        }
        var outcomes = PendingOutcomes()
        for batch in [applied(0..<10), applied(0..<5, partition: 1), applied(10..<30, run: 2), applied(30..<31)] { outcomes.add(batch) }
        // Behind a gap, of another stream, of a topic made anew: none of these continues what was before.
        for batch in [applied(40..<50), applied(50..<51, stream: "orders"), applied(51..<52, stream: "orders", generation: 2)] { outcomes.add(batch) }
        let told = outcomes.take()
        #expect(told.map { $0.range.from..<$0.range.next } == [0..<31, 40..<50, 50..<51, 51..<52, 0..<5])
        #expect(told[0].tallies.mapValues(\.inserted) == [1: 11, 2: 20])
        #expect(told[0].retried == ["r0", "r10", "r30"] && told[0].rows == 31 && told[0].range.lastID == "30")
        #expect(outcomes.isEmpty && outcomes.take().isEmpty)
    }

    @Test func `three equal aborts of one batch halve it, until one row is accused`() {
        var suspicions = Suspicions()
        for _ in 1...2 { suspicions.aborted(0, at: 5, code: "40001", rows: 4) }
        #expect(suspicions.rowsMax(of: 0, at: 5) == nil)
        suspicions.aborted(0, at: 5, code: "40001", rows: 4)
        #expect(suspicions.rowsMax(of: 0, at: 5) == 2)
        #expect(suspicions.rowsMax(of: 0, at: 6) == nil && suspicions.rowsMax(of: 1, at: 5) == nil)
        suspicions.aborted(0, at: 5, code: "40001", rows: 2)
        #expect(suspicions.accused(0, at: 5) == nil)  // One row alone has not been tried yet.
        suspicions.aborted(0, at: 5, code: "40001", rows: 1)
        #expect(suspicions.accused(0, at: 5) == "40001")
        // A part committed: one abort of what is behind it is enough to go on halving.
        suspicions.committed(0, next: 6)
        #expect(suspicions.rowsMax(of: 0, at: 6) == nil)
        suspicions.aborted(0, at: 6, code: "40001", rows: 3)
        #expect(suspicions.rowsMax(of: 0, at: 6) == 1)
        for next in Int64(7)...20 { suspicions.committed(0, next: next) }
        suspicions.aborted(0, at: 20, code: "40001", rows: 3)
        #expect(suspicions.rowsMax(of: 0, at: 20) == nil)
        // Another code is another story.
        suspicions.aborted(0, at: 20, code: "55P03", rows: 3)
        #expect(suspicions.rowsMax(of: 0, at: 20) == nil)
    }
}
