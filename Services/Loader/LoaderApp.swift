import CommandLines

@main struct LoaderApp {
    static func main() async {}
}
