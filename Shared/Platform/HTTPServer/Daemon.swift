import CMicroHTTPD
import Glibc

/// Starts libmicrohttpd with `listener` as the state of every callback; whoever stops the daemon releases it once.
func startDaemon(_ listener: ListenerState) throws(HTTPListenerError) -> OpaquePointer {
    let settings = listener.settings
    var v4 = sockaddr_in(), v6 = sockaddr_in6()
    (v4.sin_family, v4.sin_port) = (sa_family_t(AF_INET), settings.port.bigEndian)
    (v6.sin6_family, v6.sin6_port) = (sa_family_t(AF_INET6), settings.port.bigEndian)
    let isV6 = inet_pton(AF_INET6, settings.host, &v6.sin6_addr) == 1
    guard isV6 || inet_pton(AF_INET, settings.host, &v4.sin_addr) == 1 else {
        throw HTTPListenerError(description: "not an IP address: \(settings.host)")
    }

    var config = mhd_config()
    config.flags = mhd_flags_plain() | (settings.tls == nil ? 0 : mhd_flag_tls()) | (isV6 ? mhd_flag_ipv6() : 0)
    config.connection_limit = settings.connectionsMax
    config.per_ip_limit = settings.connectionsPerAddressMax
    config.idle_timeout_s = settings.idleSecondsMax
    config.memory_limit = settings.connectionMemoryBytes
    config.handler = onRequest
    config.completed = onCompleted
    config.connection = onConnection
    config.uri = onTarget
    config.unescape = { _, _, text in text.map { strlen($0) } ?? 0 }  // Leaves the text alone: we decode the raw target ourselves.
    config.logger = onLog
    let state = Unmanaged.passRetained(listener)
    config.cls = state.toOpaque()

    // libmicrohttpd reads the PEM texts during the start only.
    let key = settings.tls.flatMap { strdup($0.keyPEM) }, certificate = settings.tls.flatMap { strdup($0.certificatePEM) }
    defer {
        free(key)
        free(certificate)
    }
    config.tls_key_pem = UnsafePointer(key)
    config.tls_cert_pem = UnsafePointer(certificate)

    errno = 0
    let daemon = withUnsafePointer(to: &v4) { v4 in
        withUnsafePointer(to: &v6) { v6 in
            let address = isV6 ? UnsafeRawPointer(v6) : UnsafeRawPointer(v4)
            config.address = address.assumingMemoryBound(to: sockaddr.self)
            return mhd_start(&config)
        }
    }
    guard let daemon else {
        let why = String(cString: strerror(errno))
        state.release()
        throw HTTPListenerError(description: "cannot listen on \(settings.host):\(settings.port): \(why)")
    }
    return daemon
}
