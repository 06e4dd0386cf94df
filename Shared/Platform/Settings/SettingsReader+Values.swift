extension SettingsReader {
    /// A setting with a default.
    /// - Parameter explanation: what it decides, as the reference prints it; with the unit if it has one.
    public func value<Value: SettingValue>(_ name: String, default value: Value, _ explanation: String) throws(SettingsError) -> Value {
        remember(Entry(name: name, explanation: explanation, expectation: Value.expectation, defaultText: value.settingText))
        return try parsed(name) ?? value
    }

    /// A setting with a default that must lie within bounds.
    public func value<Value: SettingValue & Comparable>(
        _ name: String, default value: Value, in bounds: ClosedRange<Value>, _ explanation: String
    ) throws(SettingsError) -> Value {
        remember(Entry(name: name, explanation: explanation, expectation: expectation(bounds), defaultText: value.settingText))
        return try parsed(name, in: bounds) ?? value
    }

    /// A setting that may be left out.
    public func optional<Value: SettingValue>(
        _ name: String, as type: Value.Type = Value.self, _ explanation: String
    ) throws(SettingsError) -> Value? {
        remember(Entry(name: name, explanation: explanation, expectation: Value.expectation, defaultText: ""))
        return try parsed(name)
    }

    /// A setting without which nothing starts.
    public func required<Value: SettingValue>(
        _ name: String, as type: Value.Type = Value.self, _ explanation: String
    ) throws(SettingsError) -> Value {
        remember(Entry(name: name, explanation: explanation, expectation: Value.expectation, defaultText: nil))
        guard text(name) != nil else {
            try refuse("\(name) is not set; expected \(Value.expectation): \(explanation)")
            return Value.standIn
        }
        return try parsed(name) ?? Value.standIn
    }

    /// The value of `name`; nil when it is not set, or when it is wrong and problems are being gathered.
    private func parsed<Value: SettingValue>(_ name: String) throws(SettingsError) -> Value? {
        guard let text = text(name) else { return nil }
        guard try isOneLine(text, name), let value = Value(setting: text) else {
            if !text.utf8.contains(where: isControl) { try refuse("\(name) is `\(text)`; expected \(Value.expectation)") }
            return nil
        }
        return value
    }

    private func parsed<Value: SettingValue & Comparable>(_ name: String, in bounds: ClosedRange<Value>) throws(SettingsError) -> Value? {
        guard let value: Value = try parsed(name) else { return nil }
        guard bounds.contains(value) else {
            try refuse("\(name) is \(value.settingText); expected \(expectation(bounds))")
            return nil
        }
        return value
    }

    private func expectation<Value: SettingValue & Comparable>(_ bounds: ClosedRange<Value>) -> String {
        "\(Value.expectation) in \(bounds.lowerBound.settingText)...\(bounds.upperBound.settingText)"
    }

    func text(_ name: String) -> String? {
        guard let text = values[name], !text.isEmpty else { return nil }
        return text
    }

    /// A spreadsheet id that ended in CR LF once made a whole table look deleted, so a stray line end is an error, not part of a value.
    func isOneLine(_ text: String, _ name: String) throws(SettingsError) -> Bool {
        guard let byte = text.utf8.first(where: isControl) else { return true }
        let what =
            switch byte {
            case 0x0D: "a carriage return (CR; was it written on Windows?)"
            case 0x0A: "a line end (LF)"
            case 0x09: "a tab"
            default: "a control character (0x\(String(byte, radix: 16)))"
            }
        try refuse("\(name) holds \(what); expected one line of text without it")
        return false
    }
}

private func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }
