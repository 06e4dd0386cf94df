import Glibc

/// NUL-terminated copies of texts, for C functions that take an array of pointers; freed with this value.
struct CStrings: ~Copyable {
    private let pointers: [UnsafePointer<CChar>?]

    /// - Throws: `nulCharacter` naming the parameter's place, counted from 1: C would take the text for ended there.
    init(_ texts: [String?]) throws(PostgresError) {
        for (index, text) in texts.enumerated() where text?.utf8.contains(0) == true {
            throw PostgresError(kind: .nulCharacter, problem: "Parameter $\(index + 1) holds U+0000, which Postgres cannot store; remove it from the source")
        }
        pointers = texts.map { text in text.flatMap { UnsafePointer(strdup($0)) } }
    }

    deinit { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }

    var count: Int32 { Int32(pointers.count) }

    func withPointers<Value>(_ body: (UnsafeBufferPointer<UnsafePointer<CChar>?>) throws -> Value) rethrows -> Value {
        try pointers.withUnsafeBufferPointer(body)
    }
}
