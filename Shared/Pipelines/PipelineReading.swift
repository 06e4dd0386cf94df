import YAMLText

extension PipelineDefinition: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        self = try yaml.mapping { keys in
            let name = try keys.required("pipeline", as: NameWord.self).text
            let schedule = try keys.optional("schedule", as: Schedule.self)
            let source = try keys.required("source", as: SourceReading.self)
            let streams = try keys.required("streams", as: [StreamDefinition].self)
            let alerts = try keys.value("alerts", default: AlertThresholds.standard)
            let retry = try keys.value("retry", default: RetryDelays.standard)
            try keys.later("verify", only: "none")
            guard !streams.isEmpty else { throw yaml.problem("`streams` is empty; expected at least one stream") }
            try source.checkZone(for: streams)
            let (definition, bound) = try source.binding(streams)
            return PipelineDefinition(
                name: name, file: yaml.fileName, schedule: schedule, source: definition, streams: bound, alerts: alerts, retry: retry)
        }
    }
}

extension Schedule: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        let what = "{ every: 10m } or { daily: \"05:30\", timeZone: Asia/Tokyo }"
        guard yaml.isMapping else { throw yaml.expected(what) }
        self = try yaml.mapping { keys in
            let every = try keys.optional("every", as: DurationWord.self)
            let daily = try keys.optional("daily", as: DayTime.self)
            let zone = try keys.optional("timeZone", as: ZoneWord.self)
            switch (every, daily, zone) {
            case (let every?, nil, nil): return .every(every.value)
            case (nil, let daily?, let zone?): return .daily(hour: daily.hour, minute: daily.minute, timeZone: zone.name)
            default: throw yaml.problem("expected \(what)")
            }
        }
    }
}

/// `05:30`
private struct DayTime: YAMLReadable {
    let hour: Int
    let minute: Int

    init(reading yaml: YAMLReader) throws {
        let what = "a time of day in quotes, as in \"05:30\""
        let parts = try yaml.scalar(what).text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = wholeNumber(parts[0]), let minute = wholeNumber(parts[1]), hour < 24,
            minute < 60
        else { throw yaml.expected(what) }
        (self.hour, self.minute) = (hour, minute)
    }
}

extension AlertThresholds: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        self = try yaml.mapping { keys in
            let usual = AlertThresholds.standard
            let missing = try keys.optional("missing", as: Count.self)?.value ?? usual.missing
            let errorRate = try keys.value("errorRate", default: usual.errorRate)
            let slow = try keys.optional("slow", as: DurationWord.self)?.value ?? usual.slow
            let stale = try keys.optional("stale", as: DurationWord.self)?.value ?? usual.stale
            let to = try keys.value("to", default: usual.to)
            guard to == [.console] else {
                throw yaml.problem("alerts go to the console only so far: e-mail and webhook are not yet supported; write `to: [console]`")
            }
            return AlertThresholds(missing: missing, errorRate: errorRate, slow: slow, stale: stale, to: to)
        }
    }
}

extension AlertChannel: YAMLReadable {}

extension RetryDelays: YAMLReadable {
    public init(reading yaml: YAMLReader) throws {
        self = try yaml.mapping { keys in
            let delays = RetryDelays(after: try keys.required("after", as: [DurationWord].self).map(\.value))
            guard (1...20).contains(delays.after.count) else {
                throw yaml.problem("`after` has \(delays.after.count) delays; expected 1 to 20, as in [1m, 5m, 15m]")
            }
            return delays
        }
    }
}

/// A whole number from zero on.
struct Count: YAMLReadable {
    let value: Int

    init(reading yaml: YAMLReader) throws {
        guard let value = wholeNumber(try yaml.scalar("a number from 0 on").text) else { throw yaml.expected("a number from 0 on") }
        self.value = value
    }
}
