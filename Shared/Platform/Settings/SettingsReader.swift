import Foundation
import Synchronization
import Text

/// Reads settings from the environment, checks them, and remembers what was asked for: the reference is printed from the reads themselves.
///
/// `read` gathers every problem before it throws; a read outside of it throws at once. An empty variable counts as not set,
/// since `NAME=${UNSET}` in a compose file gives one.
public final class SettingsReader: Sendable {
    /// One setting as it was asked for.
    struct Entry: Sendable {
        var name: String
        var explanation: String
        var expectation: String
        /// Nil for a required setting; empty for one without a default.
        var defaultText: String?
    }
    struct State {
        var entries: [Entry] = []
        var problems: [String] = []
        var warnings: [String] = []
    }

    /// The environment of this process.
    public static var environment: SettingsReader { SettingsReader(values: ProcessInfo.processInfo.environment) }

    let values: [String: String]
    private let gathers: Bool
    private let state = Mutex(State())

    /// - Parameter values: names and texts as in an environment.
    public convenience init(values: [String: String]) { self.init(values: values, gathers: false) }

    init(values: [String: String], gathers: Bool) { (self.values, self.gathers) = (values, gathers) }

    /// Reads a whole group, and throws once with everything that is wrong in it.
    public func read<Settings: SettingsReadable>(_ type: Settings.Type = Settings.self) throws(SettingsError) -> Settings {
        let gathering = SettingsReader(values: values, gathers: true)
        let outcome = Result { () throws(SettingsError) in try Settings(reading: gathering) }
        let seen = gathering.state.withLock { $0 }
        state.withLock { state in
            state.entries += seen.entries
            state.warnings += seen.warnings
        }
        switch outcome {
        case .success(let settings) where seen.problems.isEmpty: return settings
        case .success: throw SettingsError(problems: seen.problems, hints: misspellings)
        case .failure(let error): throw SettingsError(problems: seen.problems + error.problems, hints: misspellings)
        }
    }

    /// A rule over several settings: tells `problem` (names, what they are, what is expected) unless `holds`.
    public func check(_ holds: Bool, _ problem: @autoclosure () -> String) throws(SettingsError) {
        if !holds { try refuse(problem()) }
    }

    /// What does not stop the start but should be logged: secrets others can read, names that look like misspelled settings.
    public var warnings: [String] { state.withLock { $0.warnings } + misspellings }

    var entries: [Entry] { state.withLock { $0.entries } }

    /// Names that are set, were never asked for, and are near one that was. Others may belong to another service of the same environment file.
    private var misspellings: [String] {
        let asked = Set(entries.map(\.name))
        let prefixes = Set(asked.compactMap { name in name.split(separator: "_").first.map { "\($0)_" } })
        return values.keys.sorted().compactMap { name in
            // What all names begin with tells nothing of how near they are.
            guard !asked.contains(name), let prefix = prefixes.first(where: name.hasPrefix) else { return nil }
            let candidates = asked.filter { values[$0] == nil && $0.hasPrefix(prefix) }.map { $0.dropFirst(prefix.count) }
            guard let meant = nearest(String(name.dropFirst(prefix.count)), in: candidates.map { String($0) }) else { return nil }
            return "\(name) is set but unknown; did you mean \(prefix)\(meant)?"
        }
    }

    func remember(_ entry: Entry) { state.withLock { $0.entries.append(entry) } }
    func warn(_ warning: String) { state.withLock { $0.warnings.append(warning) } }

    /// Throws the problem, or keeps it until the whole group is read.
    func refuse(_ problem: String) throws(SettingsError) {
        guard gathers else { throw SettingsError(problems: [problem], hints: misspellings) }
        state.withLock { $0.problems.append(problem) }
    }
}
