import CMicroHTTPD
import Glibc

func startDaemon(_ listener: ListenerState) throws -> OpaquePointer {
    let c = listener.settings
    var flags = mhd_flags_plain()
    if c.tls != nil { flags |= mhd_flag_tls() }

    var v4 = sockaddr_in()
    var v6 = sockaddr_in6()
    v4.sin_family = sa_family_t(AF_INET)
    v4.sin_port = c.port.bigEndian
    v6.sin6_family = sa_family_t(AF_INET6)
    v6.sin6_port = c.port.bigEndian
    let isV6 = inet_pton(AF_INET6, c.host, &v6.sin6_addr) == 1
    guard isV6 || inet_pton(AF_INET, c.host, &v4.sin_addr) == 1 else {
        throw HTTPListenerError(description: "not an IP address: \(c.host)")
    }
    if isV6 { flags |= mhd_flag_ipv6() }

    var config = mhd_config()
    config.flags = flags
    config.connection_limit = c.connectionsMax
    config.per_ip_limit = c.connectionsPerAddressMax
    config.idle_timeout_s = c.idleSecondsMax
    config.memory_limit = c.connectionMemoryBytes
    config.handler = onRequest
    config.completed = onCompleted
    config.connection = onConnection
    config.uri = onURI
    config.unescape = { _, _, s in s.map { strlen($0) } ?? 0 }  // we decode the raw target ourselves
    config.logger = onLog
    let cls = Unmanaged.passRetained(listener)
    config.cls = cls.toOpaque()

    let key = c.tls.map { strdup($0.keyPEM) } ?? nil
    let certificate = c.tls.map { strdup($0.certificatePEM) } ?? nil
    defer {
        free(key)
        free(certificate)
    }
    config.tls_key_pem = UnsafePointer(key)
    config.tls_cert_pem = UnsafePointer(certificate)

    errno = 0
    let daemon = withUnsafePointer(to: &v4) { p4 in
        withUnsafePointer(to: &v6) { p6 in
            config.address =
                isV6
                ? UnsafeRawPointer(p6).assumingMemoryBound(to: sockaddr.self)
                : UnsafeRawPointer(p4).assumingMemoryBound(to: sockaddr.self)
            return mhd_start(&config)
        }
    }
    guard let daemon else {
        let why = String(cString: strerror(errno))
        cls.release()
        throw HTTPListenerError(description: "cannot listen on \(c.host):\(c.port): \(why)")
    }
    return daemon
}
