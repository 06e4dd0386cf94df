/// Everything that is wrong with a process's settings, told together.
public struct SettingsError: Error, Equatable, CustomStringConvertible {
    /// What is wrong with one setting: key, what it got (not for secrets), what it expects.
    public let problems: [String]
    /// Names in the environment that look like misspelled settings.
    public let hints: [String]

    /// - Parameters:
    ///   - problems: one sentence for each wrong setting.
    ///   - hints: one sentence for each name that looks misspelled.
    public init(problems: [String], hints: [String] = []) { (self.problems, self.hints) = (problems, hints) }

    public var description: String {
        let lines = problems + hints
        guard lines.count > 1 else { return lines.joined() }
        return "\(problems.count == 1 ? "a setting is" : "\(problems.count) settings are") wrong:\n" + lines.map { "  \($0)" }.joined(separator: "\n")
    }
}
