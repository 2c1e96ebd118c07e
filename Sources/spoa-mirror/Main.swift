internal import Agent

@main
enum Main {
    static func main() { Program.main() }
}
