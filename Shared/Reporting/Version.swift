import CommandLines

/// The version that every executable, record and client names; releases change it here and nowhere else.
public let rollcallVersion = "0.1.0"

extension Tool {
    /// An executable of Rollcall with its commands.
    public init(_ name: String, summary: String, commands: [any Command.Type]) {
        self.init(name, summary: summary, version: rollcallVersion, commands: commands)
    }
}
