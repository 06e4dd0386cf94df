import YAMLText

extension SquareDefinition {
    init(_ keys: YAMLKeys, timeZone: String) throws {
        self.init(
            endpoint: try keys.optional("endpoint", as: Endpoint.self)?.text, requestsPerMinute: try keys.optional("rate", as: RateWord.self)?.perMinute,
            timeZone: timeZone)
    }
}

extension SquareFeed: YAMLReadable {}

extension StreamFeed {
    /// - Returns: nil for a stream that says neither.
    init?(_ keys: YAMLKeys) throws {
        let feed = try keys.optional("feed", as: SquareFeed.self), each = try keys.optional("each", as: EachWord.self)
        guard let feed else {
            // Also what a stream of a sheet hears, which has no feeds.
            if let each { throw each.yaml.problem("`each` needs a `feed` of a source of kind square; leave the key out") }
            return nil
        }
        self.init(feed, each: each?.path)
    }
}

/// `line_items`
private struct EachWord: YAMLReadable {
    let path: JSONPath
    let yaml: YAMLReader

    init(reading yaml: YAMLReader) throws {
        self.yaml = yaml
        let text = try yaml.scalar("a list in each object, as in line_items").text
        do throws(JSONPathError) { path = try JSONPath(each: text) } catch { throw yaml.problem(error.description) }
    }
}

/// Requests a minute that a reader keeps itself to.
private struct RateWord: YAMLReadable {
    let perMinute: Int

    init(reading yaml: YAMLReader) throws {
        perMinute = try Int(reading: yaml)
        guard (1...6000).contains(perMinute) else { throw yaml.expected("a number of requests a minute from 1 to 6000") }
    }
}
