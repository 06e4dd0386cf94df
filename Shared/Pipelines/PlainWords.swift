import YAMLText

/// A length of time as people write it: `90s`, `10m`, `2h`, `1d`.
struct DurationWord: YAMLReadable {
    let value: Duration

    init(reading yaml: YAMLReader) throws {
        let text = try yaml.scalar("a length of time, as in 90s, 10m or 2h").text
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = text.last, let unit = units[last], let count = wholeNumber(text.dropLast()), (1...100_000).contains(count) else {
            throw yaml.expected("a length of time, as in 90s, 10m or 2h")
        }
        value = .seconds(Int64(count) * unit)
    }
}

extension Percentage: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        let what = "a percentage from 0% to 100%, as in 50% or 12.5%"
        let text = try yaml.scalar(what).text
        let parts = text.dropLast().split(separator: ".", omittingEmptySubsequences: false)
        guard text.last == "%", (1...2).contains(parts.count), let whole = wholeNumber(parts[0]) else { throw yaml.expected(what) }
        var rest = 0
        if parts.count == 2 {
            guard (1...2).contains(parts[1].utf8.count), let digits = wholeNumber(parts[1]) else { throw yaml.expected(what) }
            rest = parts[1].utf8.count == 1 ? digits * 10 : digits
        }
        guard whole <= 100, whole * 100 + rest <= 10_000 else { throw yaml.expected(what) }
        self.init(hundredths: whole * 100 + rest)
    }
}

/// A name of a pipeline or a stream: it becomes part of topic names and of keys.
struct NameWord: YAMLReadable {
    let text: String

    init(reading yaml: YAMLReader) throws {
        let what = "a name of a-z, 0-9, - and _, at most 60 characters"
        text = try yaml.scalar(what).text
        let isPlain = text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D || $0 == 0x5F }
        guard isPlain, (1...60).contains(text.utf8.count) else { throw yaml.expected(what) }
    }
}

/// A column as PostgreSQL has it, byte for byte.
struct ColumnWord: YAMLReadable {
    let text: String
    let yaml: YAMLReader

    init(reading yaml: YAMLReader) throws {
        text = try yaml.scalar("a column of the table").text
        self.yaml = yaml
        guard isIdentifier(text) else { throw yaml.expected("a column name of 1 to 63 bytes") }
    }
}

/// A table, with or without its schema.
struct TableWord: YAMLReadable {
    let text: String

    init(reading yaml: YAMLReader) throws {
        let what = "a table, as in buyers or sales.buyers"
        text = try yaml.scalar(what).text
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ isIdentifier(String($0)) }) else { throw yaml.expected(what) }
    }
}

/// A time zone that this machine knows.
struct ZoneWord: YAMLReadable {
    let name: String

    init(reading yaml: YAMLReader) throws {
        name = try yaml.scalar("a time zone, as in Asia/Tokyo").text
        do { _ = try ZoneRules(named: name) } catch { throw yaml.problem(error.description) }
    }
}

/// A text that is not empty.
struct SomeText: YAMLReadable {
    let text: String

    init(reading yaml: YAMLReader) throws {
        text = try yaml.scalar("a text").text
        guard !text.isEmpty else { throw yaml.expected("a text that is not empty") }
    }
}

/// PostgreSQL's NAMEDATALEN leaves 63 bytes for a name.
private func isIdentifier(_ text: String) -> Bool { (1...63).contains(text.utf8.count) && !text.utf8.contains(0) }

/// Digits only: `Int` would take `+5` too.
func wholeNumber(_ text: some StringProtocol) -> Int? {
    text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int(text) : nil
}
