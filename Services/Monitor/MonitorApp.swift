import CommandLines

@main struct MonitorApp {
    static func main() async {}
}
