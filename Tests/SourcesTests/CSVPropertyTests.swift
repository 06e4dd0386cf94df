import Mapping
import Pipelines
import SampleData
import TestSupport
import Testing

@testable import Sources

/// Properties of the CSV source over random grids, cuts and garbage, with pieces so small that every record is cut everywhere.
@Suite struct CSVPropertyTests {
    private typealias Cells = [[UInt8]]
    private let folder: ScratchFolder

    init() throws { folder = try ScratchFolder(inMemory: true) }

    private func read(_ bytes: [UInt8], encoding: CSVDefinition.Encoding = .auto, delimiter: UInt8 = 0x2C, pieceBytes: Int = 256 << 10) async throws
        -> (header: Cells, rows: [Cells], certificate: ReadCertificate)
    {
        let path = try folder.write(bytes, to: "a.csv")
        let source = CSVSource(CSVDefinition(path: path, encoding: encoding, delimiter: delimiter), .init(pieceBytes: pieceBytes))
        let header = try await source.open().map { Array($0.utf8) }
        var rows: [Cells] = []
        let certificate = try await source.rows { row in rows.append(row.cells.map { Array(row.bytes[$0.range]) }) }
        return (header, rows, certificate)
    }

    private static let everyEncoding = ["a", "Z", "0", " ", "買", "主", "　", "ｱ", "★", "①", "\"", "\"\"", ",", ";", "\t", "\n", "\r", "\r\n", "'", "é"]
    private static let beyondShiftJIS = ["か\u{3099}", "👩‍👩‍👧‍👦", "\u{10FFFF}", "\u{FFFD}", "\u{80}", "\u{7FF}", "\u{800}", "\u{FFFF}", "\u{10000}"]

    private func text(_ random: inout SeededGenerator, _ letters: [String], from most: Int = 12) -> String {
        (0..<Int.random(in: 0...most, using: &random)).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] }.joined()
    }

    @Test(
        "whatever is written as CSV in any encoding, quoting and line break is read back byte for byte", .tags(.property),
        arguments: 1...100 as ClosedRange<UInt64>)
    func roundTrip(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        var csv = CSVText()
        csv.encoding = CSVText.Encoding.allCases[Int(seed) % CSVText.Encoding.allCases.count]
        csv.lineBreak = CSVText.LineBreak.allCases.randomElement(using: &random) ?? .lf
        csv.delimiter = [",", ";", "\t", "|"].randomElement(using: &random) ?? ","
        csv.quotesAll = Bool.random(using: &random)
        let width = Int.random(in: 1...9, using: &random)
        csv.endsWithLineBreak = width == 1 || Bool.random(using: &random)
        let letters =
            CSVPropertyTests.everyEncoding.dropLast(csv.encoding == .shiftJIS ? 1 : 0) + (csv.encoding == .shiftJIS ? [] : CSVPropertyTests.beyondShiftJIS)

        var rows = [(0..<width).map { "h\($0)" + text(&random, Array(letters)) }]
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let cells = Int.random(in: 0...9, using: &random) == 0 ? Int.random(in: 1...width, using: &random) : width
            rows.append((0..<cells).map { _ in text(&random, Array(letters), from: Int.random(in: 0...40, using: &random)) })
        }
        rows.append((0..<width).map { _ in "last" })

        let (header, read, certificate) = try await read(
            csv.bytes(rows), encoding: csv.encoding == .shiftJIS ? .shiftJIS : .auto, delimiter: csv.delimiter.asciiValue ?? 0,
            pieceBytes: Int.random(in: 64...300, using: &random))
        #expect(header == rows[0].map { Array($0.utf8) })
        #expect(read == rows.dropFirst().map { $0.map { Array($0.utf8) } + Cells(repeating: [], count: width - $0.count) })
        #expect(certificate.isComplete && certificate.rows == rows.count - 1)
    }

    @Test(
        "good and slightly spoiled files are read as RFC 4180 says or refused, the same in small pieces as in one", .tags(.property),
        arguments: 1...100 as ClosedRange<UInt64>)
    func reference(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        let cells = ["", "a", "あ", "é", "\"\"", "\"\"\"\"", "\"b\"\"c\"", "\",\"", "\"\r\n\"", "\"\n\r\"", "\"\"\"\r\"\"\""],
            breaks = ["\n", "\r\n", "\r\n", "\r"]
        for _ in 0..<10 {
            var bytes = Array("h,i,j\n".utf8)
            for _ in 0..<Int.random(in: 0...30, using: &random) {
                let row = (0..<Int.random(in: 1...3, using: &random)).map { _ in cells.randomElement(using: &random) ?? "" }
                bytes += Array((row.joined(separator: ",") + (breaks.randomElement(using: &random) ?? "")).utf8)
            }
            if Int.random(in: 0..<3, using: &random) == 0 {
                let spoiled: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0x61, 0xE3, 0x81]
                bytes[Int.random(in: 6...max(6, bytes.count - 1), using: &random) % bytes.count] = spoiled.randomElement(using: &random) ?? 0
            }
            let expected = try? CSVReference.read(bytes, delimiter: 0x2C)
            for pieceBytes in [64, 256 << 10] {
                let got = await rowsOrRefusal(bytes, pieceBytes)
                #expect(got == expected.map { Array($0.dropFirst()) }, "\(bytes) in pieces of \(pieceBytes)")
            }
        }
    }

    @Test("pure noise never does worse than an error", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func noise(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        let encodings = CSVDefinition.Encoding.allCases
        for encoding in encodings {
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: .min ... .max, using: &random) }
            do {
                let result = try await read(bytes, encoding: encoding, pieceBytes: 64)
                #expect(result.rows.allSatisfy { $0.count == result.header.count })
                #expect(result.rows.joined().allSatisfy { String(validating: $0, as: UTF8.self) != nil })
            } catch let error as SourceError {
                #expect(error.kind == .unusable)
            }
        }
    }

    private func rowsOrRefusal(_ bytes: [UInt8], _ pieceBytes: Int) async -> [Cells]? {
        do {
            return try await read(bytes, pieceBytes: pieceBytes).rows
        } catch let error as SourceError {
            #expect(error.kind == .unusable)
            return nil
        } catch {
            Issue.record("expected a SourceError, got \(error)")
            return nil
        }
    }

    @Test("a file cut at any byte never passes for a complete one, where a cut can be seen", .tags(.property), arguments: 1...100 as ClosedRange<UInt64>)
    func cut(seed: UInt64) async throws {
        var random = SeededGenerator(seed)
        var csv = CSVText()
        csv.encoding = CSVText.Encoding.allCases[Int(seed) % CSVText.Encoding.allCases.count]
        csv.lineBreak = CSVText.LineBreak.allCases.randomElement(using: &random) ?? .lf
        csv.quotesAll = Bool.random(using: &random)
        let rows = [["id", "名", "c"]] + (1...2).map { ["\($0)", text(&random, ["買", "\n", "\"", "x"]), "e\($0)"] }
        let whole = try csv.bytes(rows)
        let encoding: CSVDefinition.Encoding = csv.encoding == .shiftJIS ? .shiftJIS : .auto
        for length in 0..<whole.count {
            do {
                let (header, read, certificate) = try await read(Array(whole[..<length]), encoding: encoding, pieceBytes: 64)
                for (index, row) in read.dropLast().enumerated() { #expect(row == rows[index + 1].map { Array($0.utf8) }) }
                guard certificate.isComplete else { continue }
                #expect(header == rows[0].map { Array($0.utf8) })
                // The last row is there to its last cell, of which only the end may be missing: that no reader can see.
                if let last = read.last {
                    let original = rows[read.count].map { Array($0.utf8) }
                    #expect(last.dropLast() == original.dropLast())
                    #expect(original[2].starts(with: last[2]))
                }
            } catch let error as SourceError {
                #expect(error.kind == .unusable)
            }
        }
    }
}
