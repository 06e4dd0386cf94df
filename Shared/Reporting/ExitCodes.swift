import CommandLines
import Settings

/// The words of Rollcall besides success, failure, usage and environment.
extension ExitCode {
    /// The run is over and its books balance, but some rows wait or differ; the report says which.
    public static let exceptions = ExitCode(rawValue: 4)
    /// A guard holds the run, or its books do not balance: a person must look before it goes on.
    public static let held = ExitCode(rawValue: 5)
    /// Stopped by Ctrl-C.
    public static let interrupted = ExitCode(rawValue: 130)
    /// Stopped by SIGTERM.
    public static let terminated = ExitCode(rawValue: 143)
}

extension SettingsError: CustomExit {
    public var exitCode: ExitCode { .usage }
}
