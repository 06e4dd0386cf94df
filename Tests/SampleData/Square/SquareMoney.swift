import JSONText

/// An amount as Square writes it: whole minor units, 64 bits wide, and the currency's code.
public struct SquareMoney: Sendable, Equatable, JSONWritable {
    public var amount: Int64
    public var currency = "USD"

    public init(_ amount: Int64) { self.amount = amount }

    public func write(to json: inout JSONWriter) {
        json.object {
            $0.member("amount", amount)
            $0.member("currency", currency)
        }
    }
}

extension JSONWriter {
    /// A member that is left out where there is nothing to say, as Square does.
    mutating func unlessNil(_ name: String, _ value: (some JSONWritable)?) {
        if let value { member(name, value) }
    }

    /// A list that is left out when it is empty, as Square does.
    mutating func unlessEmpty(_ name: String, _ values: [some JSONWritable]) {
        guard !values.isEmpty else { return }
        array(name) { for value in values { $0.value(value) } }
    }
}
