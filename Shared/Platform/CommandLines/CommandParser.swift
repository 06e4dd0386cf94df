import Text

/// A parameter of a command, and what to do with the word given for it (false when that describes no value).
typealias Declaration = (parameter: Parameter, accept: (String) -> Bool)

/// The parameters that a command declares, in written order.
func declarations(of command: some Command) -> [Declaration] {
    Mirror(reflecting: command).children.compactMap { child in
        guard let declared = child.value as? any Declared, let label = child.label else { return nil }
        var parameter = declared.parameter
        // The stored property of a wrapper is called `_dryRun`; people type `dry-run`.
        parameter.name = label.dropFirst().reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
        if parameter.valueName.isEmpty { parameter.valueName = parameter.name.uppercased() }
        return (parameter, declared.accept)
    }
}

/// Gives the words of one command line to the properties they belong to.
struct CommandParser {
    private let declared: [Declaration]
    private var seen: Set<String> = []

    /// False when help is asked for.
    static func parse(_ words: [String], into command: some Command) throws(UsageError) -> Bool {
        var parser = CommandParser(declared: declarations(of: command))
        return try parser.consume(words[...])
    }

    private init(declared: [Declaration]) { self.declared = declared }

    private mutating func consume(_ words: ArraySlice<String>) throws(UsageError) -> Bool {
        var words = words
        var places = declared.filter { $0.parameter.kind == .argument }[...]
        var onlyArguments = false
        while let word = words.popFirst() {
            if !onlyArguments, word == "--" { onlyArguments = true; continue }
            if !onlyArguments, word == "--help" || word == "-h" { return false }
            if !onlyArguments, word.hasPrefix("--") { try long(word.dropFirst(2), &words); continue }
            if !onlyArguments, word.hasPrefix("-"), word.count > 1 { try short(word.dropFirst(), &words); continue }
            guard let place = places.first else { throw UsageError(problem: "unexpected argument `\(word)`") }
            try give(word, to: place, as: place.parameter.valueName)
            if !place.parameter.isRepeating { places.removeFirst() }
        }
        for (parameter, _) in declared where parameter.isRequired && !seen.contains(parameter.name) {
            throw UsageError(problem: "missing " + (parameter.kind == .option ? "--\(parameter.name) " : "") + parameter.valueName)
        }
        return true
    }

    private mutating func long(_ text: Substring, _ words: inout ArraySlice<String>) throws(UsageError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let (name, value) = (parts[0], parts.count > 1 ? parts[1] : nil)
        let options = declared.filter { $0.parameter.kind != .argument }
        if let option = options.first(where: { $0.parameter.name == name }) {
            try take(option, spelled: "--\(name)", value, &words)
        } else if name.hasPrefix("no-"), let flag = options.first(where: { $0.parameter.isNegatable && "no-\($0.parameter.name)" == name }) {
            guard value == nil else { throw UsageError(problem: "--\(name) takes no value") }
            try give("false", to: flag, as: "--\(name)")
        } else {
            let known = options.flatMap { ["--\($0.parameter.name)"] + ($0.parameter.isNegatable ? ["--no-\($0.parameter.name)"] : []) }
            throw UsageError(problem: "unknown option `--\(name)`" + suggestion("--\(name)", known + ["--help"]))
        }
    }

    private mutating func short(_ letters: Substring, _ words: inout ArraySlice<String>) throws(UsageError) {
        var letters = letters
        while let letter = letters.popFirst() {
            guard let option = declared.first(where: { $0.parameter.short == letter }) else { throw UsageError(problem: "unknown option `-\(letter)`") }
            // `-n5` and `-n 5` are the same; `-ab` is `-a -b` when `a` takes no value.
            let value = option.parameter.kind == .option && !letters.isEmpty ? String(letters) : nil
            try take(option, spelled: "-\(letter)", value, &words)
            if value != nil { return }
        }
    }

    private mutating func take(
        _ option: Declaration, spelled: String, _ value: String?, _ words: inout ArraySlice<String>
    ) throws(UsageError) {
        if option.parameter.kind == .flag {
            guard value == nil else { throw UsageError(problem: "\(spelled) takes no value") }
            return try give("true", to: option, as: spelled)
        }
        guard let value = value ?? words.popFirst() else { throw UsageError(problem: "\(spelled) needs \(option.parameter.valueName)") }
        try give(value, to: option, as: spelled)
    }

    private mutating func give(_ text: String, to declared: Declaration, as spelled: String) throws(UsageError) {
        let parameter = declared.parameter
        guard seen.insert(parameter.name).inserted || parameter.isRepeating || parameter.kind == .flag else {
            throw UsageError(problem: "\(spelled) is given twice")
        }
        guard declared.accept(text) else {
            let wanted = parameter.words.isEmpty ? parameter.valueName : parameter.words.joined(separator: " | ")
            throw UsageError(problem: "\(spelled): expected \(wanted), got `\(text)`" + suggestion(text, parameter.words))
        }
    }
}

/// What a message adds when a word is near one that is known; empty when none is.
func suggestion(_ word: String, _ known: [String]) -> String {
    nearest(word, in: known).map { "; did you mean `\($0)`?" } ?? ""
}
