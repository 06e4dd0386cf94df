import Settings

/// How a service is watched: how much it logs, and where its health endpoint listens.
public struct TelemetrySettings: SettingsReadable {
    public let logLevel: Logger.Level
    public let healthHost: String
    /// 0: the system chooses, and the log tells.
    public let healthPort: Int

    public init(reading settings: SettingsReader) throws(SettingsError) {
        logLevel = try settings.value("ROLLCALL_LOG_LEVEL", default: .info, "log lines of this level and above are written")
        healthHost = try settings.value("ROLLCALL_HEALTH_HOST", default: "127.0.0.1", "address at which /livez, /readyz and /metrics are served")
        healthPort = try settings.value("ROLLCALL_HEALTH_PORT", default: 0, in: 0...65_535, "port of the same; 0: a free one, told in the log")
    }
}

extension Logger.Level: SettingValue {}
