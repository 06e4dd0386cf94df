import CKafka

/// The headers of one record on their way out, in C memory from the start: adding one costs one allocation.
///
///     let constant = KafkaHeaders([KafkaHeader("ce_type", "rollcall.change")])
///     var headers = constant.copy()
///     headers.add("ce_id", id)
public struct KafkaHeaders: ~Copyable {
    private let list: OpaquePointer

    public init(capacity: Int = 8) { list = rd_kafka_headers_new(capacity) }

    public init(_ headers: [KafkaHeader]) {
        self.init(capacity: headers.count)
        for header in headers { add(header.name, header.value) }
    }

    deinit { rd_kafka_headers_destroy(list) }

    public func copy() -> KafkaHeaders { KafkaHeaders(adopting: rd_kafka_headers_copy(list)) }

    /// Adds a header after those already there; a nil value is a null header.
    public mutating func add(_ name: String, _ value: [UInt8]?) {
        guard let value else { return add(name, nil as UnsafeRawBufferPointer?) }
        value.withUnsafeBytes { add(name, $0) }
    }

    /// Adds a header from bytes that only need to live during the call.
    public mutating func add(_ name: String, _ value: UnsafeRawBufferPointer?) {
        var name = name
        name.withUTF8 { name in
            name.withMemoryRebound(to: CChar.self) { name in
                // Null only without memory for it; an empty value needs an address, or it would be a null header.
                let start = value.flatMap { $0.baseAddress ?? UnsafeRawPointer(list) }
                let code = rd_kafka_header_add(list, name.baseAddress, name.count, start, value?.count ?? 0)
                precondition(code == RD_KAFKA_RESP_ERR_NO_ERROR, "rd_kafka_header_add fails only on a read-only list")
            }
        }
    }

    private init(adopting list: OpaquePointer) { self.list = list }

    /// Hands the list over to librdkafka.
    consuming func release() -> OpaquePointer {
        let list = list
        discard self
        return list
    }
}
