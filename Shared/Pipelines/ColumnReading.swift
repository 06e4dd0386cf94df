import YAMLText

extension ColumnMapping: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        self = try yaml.mapping { keys in
            var from = try keys.required("from", as: ColumnOrigin.self)
            let occurrence = try keys.optional("occurrence", as: Int.self)
            let to = try keys.required("to", as: ColumnWord.self).text
            let type = try keys.required("type", as: FieldType.self)
            let isRequired = try keys.value("required", default: false)
            let fallback = try keys.optional("default", as: SomeText.self)?.text
            let trims = try keys.optional("trim", as: Bool.self)
            let values = try keys.optional("values", as: BooleanWords.self)
            let tiers = try keys.optional("tiers", as: [Tier].self) ?? []
            let format = try keys.optional("format", as: TextFormat.self)
            let onInvalid = try keys.value("onInvalid", default: OnInvalid.reject)
            for (later, word) in [("owner", "source"), ("onConflict", "source"), ("track", "none")] { try keys.later(later, only: word) }
            try keys.later("each", only: nil)

            if let occurrence {
                guard case .header(let names, _) = from, (1...100).contains(occurrence) else {
                    throw yaml.problem("`occurrence` is \(occurrence); expected a number from 1 on beside a `from` that is a header")
                }
                from = .header(names, occurrence: occurrence)
            }
            if values != nil, type != .boolean { throw yaml.problem("`values` belongs to `type: boolean`; this column is \(type.rawValue)") }
            if type != .text, format != nil || trims != nil || !tiers.isEmpty {
                throw yaml.problem(
                    "`format`, `tiers` and `trim` belong to `type: text`; this column is \(type.rawValue), which is read without white space anyway")
            }
            if !tiers.isEmpty, format != nil { throw yaml.problem("`tiers` gives labels of your own; `format` has nothing to check there") }
            if isRequired, onInvalid != .reject, type != .text || onInvalid == .null {
                throw yaml.problem("`required` needs a value, so `onInvalid: \(onInvalid.rawValue)` can't leave it without; take one of them out")
            }
            return ColumnMapping(
                from: from, to: to, type: type, isRequired: isRequired, fallback: fallback, trims: trims ?? false,
                values: type == .boolean ? values ?? .standard : nil, tiers: tiers, format: format, onInvalid: onInvalid, place: yaml.place)
        }
    }
}

extension ColumnOrigin: YAMLReadable {
    /// One header, a list tried in order, or `{ join: [first_name, last_name], separator: " " }`, which may stand in the list too.
    public init(reading yaml: YAMLReader) throws {
        if yaml.isMapping {
            let join = try ColumnChoice(reading: yaml)
            self = .joined(join.headers, separator: join.separator)
        } else if yaml.isList {
            let choices = try [ColumnChoice](reading: yaml)
            guard !choices.isEmpty else { throw yaml.expected("a header, a list of headers, or { join: [a, b] }") }
            self = choices.allSatisfy { $0.headers.count == 1 } ? .header(choices.flatMap(\.headers), occurrence: nil) : .firstValue(choices)
        } else {
            self = .header([try SomeText(reading: yaml).text], occurrence: nil)
        }
    }
}

extension ColumnChoice: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        guard yaml.isMapping else {
            self.init([try SomeText(reading: yaml).text])
            return
        }
        self = try yaml.mapping { keys in
            let parts = try keys.required("join", as: [SomeText].self).map(\.text)
            guard parts.count > 1 else { throw yaml.expected("at least two headers to join") }
            return ColumnChoice(parts, separator: try keys.value("separator", default: " "))
        }
    }
}

extension FieldType: YAMLReadable {}

extension OnInvalid: YAMLReadable {
    /// The word `null` needs no quotes here.
    public init(reading yaml: YAMLReader) throws {
        let words = OnInvalid.allCases.map(\.rawValue).joined(separator: " | ")
        guard !yaml.isNullWord else {
            self = .null
            return
        }
        guard let word = OnInvalid(rawValue: try yaml.scalar(words).text) else { throw yaml.expected(words) }
        self = word
    }
}

extension TextFormat: YAMLReadable {}

extension BooleanWords: YAMLReadable {
    /// `{ 済: true, 未: false }`, besides `true` and `false` themselves.
    public init(reading yaml: YAMLReader) throws {
        var isTrue: [String] = []
        var isFalse: [String] = []
        for (word, value) in try yaml.entries() {
            guard !word.isEmpty else { throw value.problem("a blank cell is no word; `default: false` gives it a value") }
            if try Bool(reading: value) { isTrue.append(word) } else { isFalse.append(word) }
        }
        guard !isTrue.isEmpty || !isFalse.isEmpty else { throw yaml.expected("words and what they mean, as in { 済: true, 未: false }") }
        self.init(isTrue: BooleanWords.standard.isTrue + isTrue, isFalse: BooleanWords.standard.isFalse + isFalse)
    }
}

extension Tier: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        self = try yaml.mapping { keys in
            Tier(from: try keys.optional("from", as: Limit.self)?.text, label: try keys.required("label", as: SomeText.self).text)
        }
    }

    private struct Limit: YAMLReadable {
        let text: String

        init(reading yaml: YAMLReader) throws {
            text = try yaml.scalar("a number").text
            guard text.wholeMatch(of: /-?[0-9]+(\.[0-9]+)?/) != nil else { throw yaml.expected("a number, as in 50000 or 0.5") }
        }
    }
}
