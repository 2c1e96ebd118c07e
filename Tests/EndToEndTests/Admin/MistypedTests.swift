import Foundation
import Testing

extension EndToEnd {
    /// What is mistyped is answered by one line that leads on: what was wrong, and what is right or where it stands.
    @Suite("Admin: mistyped commands")
    struct MistypedTests {
        /// A mistake in the shell, its exit code, and the line on standard error.
        private static let table = #"""
            frob | 64 | Unknown command: 'frob', try 'mirrorctl help'.
            sttus | 64 | Unknown command: 'sttus', did you mean 'mirrorctl status'?
            stauts | 64 | Unknown command: 'stauts', did you mean 'mirrorctl status'?
            state | 64 | Unknown command: 'state', did you mean 'mirrorctl status'?
            stat | 64 | Unknown command: 'stat', did you mean 'mirrorctl stats'?
            shwo info | 64 | Unknown command: 'shwo info', did you mean 'mirrorctl show info'?
            shwo | 64 | Unknown command: 'shwo', did you mean 'mirrorctl show'?
            show | 64 | Missing argument: 'mirrorctl show' takes info, stat, metrics, destinations, version, settings, errors, connections.
            show inof | 64 | Unknown command: 'show inof', did you mean 'mirrorctl show info'?
            show infos | 64 | Unknown command: 'show infos', did you mean 'mirrorctl show info'?
            show stats | 64 | Unknown command: 'show stats', did you mean 'mirrorctl show stat'?
            show statistic | 64 | Unknown command: 'show statistic', 'mirrorctl show' takes info, stat, metrics, destinations, version, settings, errors, connections.
            show-stat | 64 | Unknown command: 'show-stat', did you mean 'mirrorctl show stat'?
            showstat | 64 | Unknown command: 'showstat', did you mean 'mirrorctl show stat'?
            show sett | 64 | Unknown command: 'show sett', did you mean 'mirrorctl show settings'?
            show setting | 64 | Unknown command: 'show setting', did you mean 'mirrorctl show settings'?
            show conn | 64 | Unknown command: 'show conn', did you mean 'mirrorctl show connections'?
            show sess | 64 | Unknown command: 'show sess', did you mean 'mirrorctl show connections'?
            show error | 64 | Unknown command: 'show error', did you mean 'mirrorctl show errors'?
            show nothing | 64 | Unknown command: 'show nothing', 'mirrorctl show' takes info, stat, metrics, destinations, version, settings, errors, connections.
            show stat jsno | 64 | Unexpected argument: 'jsno' ('mirrorctl show stat [json]' expected).
            show stat xml | 64 | Unexpected argument: 'xml' ('mirrorctl show stat [json]' expected).
            show info json xml | 64 | Unexpected argument: 'xml' ('mirrorctl show info [json]' expected).
            show version json | 64 | Unexpected argument: 'json' ('mirrorctl show version' expected).
            info jsn | 64 | Unexpected argument: 'jsn' ('mirrorctl info [json]' expected).
            stats xml | 64 | Unexpected argument: 'xml' ('mirrorctl stats [json]' expected).
            status now | 64 | Unexpected argument: 'now' ('mirrorctl status [json]' expected).
            settings all | 64 | Unexpected argument: 'all' ('mirrorctl settings [json]' expected).
            setting | 64 | Unknown command: 'setting', did you mean 'mirrorctl settings'?
            errors 5 | 64 | Unexpected argument: '5' ('mirrorctl errors [json]' expected).
            error | 64 | Unknown command: 'error', did you mean 'mirrorctl errors'?
            conections | 64 | Unknown command: 'conections', did you mean 'mirrorctl connections'?
            connections list | 64 | Unexpected argument: 'list' ('mirrorctl connections [json]' expected).
            metrics out | 64 | Unexpected argument: 'out' ('mirrorctl metrics' expected).
            metrics -o | 64 | Missing value for '-o <file>' (see mirrorctl --help)
            metric | 64 | Unknown command: 'metric', did you mean 'mirrorctl metrics'?
            pasue | 64 | Unknown command: 'pasue', did you mean 'mirrorctl pause'?
            pause soon | 1 | Invalid value: 'soon' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 10s).
            pause 10 | 1 | Value out of range: '10' is 10ms without a unit (at least 1s expected, such as 10s).
            pause --for 10 | 1 | Value out of range: '10' is 10ms without a unit (at least 1s expected, such as 10s).
            pause 0 | 1 | Value out of range: '0' (at least 1s expected).
            pause 10x | 1 | Invalid value: '10x' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 10s).
            pause 100000d | 1 | Value out of range: '100000d' (at most 36525d expected).
            pause -5 | 1 | Invalid value: '-5' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 10s).
            pause 10 m | 64 | Unknown command: 'pause 10 m', did you mean 'mirrorctl pause 10m'?
            pause 10m --for 5m | 64 | A pause has one time, not two.
            pause until tomorrow | 64 | Unexpected argument: 'tomorrow' ('mirrorctl pause [<duration>]' expected, such as 'mirrorctl pause 10m').
            puase 10m | 64 | Unknown command: 'puase 10m', did you mean 'mirrorctl pause'?
            unpause | 64 | Unknown command: 'unpause', did you mean 'mirrorctl resume'?
            resme | 64 | Unknown command: 'resme', did you mean 'mirrorctl resume'?
            resume now | 64 | Unexpected argument: 'now' ('mirrorctl resume' expected).
            resume --for 3m | 64 | The option '--for' belongs to 'mirrorctl pause' and 'mirrorctl set'.
            set timeout 5s for 3m --for 3m | 64 | A change has one time, not two.
            set sample-rate 5% 10m | 64 | Unknown command: 'set sample-rate 5% 10m', did you mean 'mirrorctl set sample-rate 5% for 10m'?
            set sample-rate 5% for 10 | 1 | Value out of range: '10' is 10ms without a unit (at least 1s expected, such as 10s).
            set sample-rate 5% --for 10 | 1 | Value out of range: '10' is 10ms without a unit (at least 1s expected, such as 10s).
            set sample-rate 5% for ever | 64 | Unknown command: 'set sample-rate 5% for ever', did you mean 'mirrorctl set sample-rate 5%'?
            set sample-rate 5% for | 64 | Missing argument: 'mirrorctl set sample-rate PERCENT [for <duration>]' expected, such as 'mirrorctl set sample-rate 5% for 10m'.
            set sample-rate 5% for long | 1 | Invalid value: 'long' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 10s).
            set sample-rate 5% for 999ms | 1 | Value out of range: '999ms' (at least 1s expected).
            set sample-rate 500% for 10m | 1 | Value out of range: '500%' (0% to 100% expected).
            set colour red for 10m | 1 | Unknown setting: 'colour', 'mirrorctl show settings' lists them.
            set headers set:X: for 10m | 1 | Invalid value: is 'for' a part of it? Escape or quote its blanks; an empty one before 'for' is an escaped blank.
            stop | 64 | Unknown command: 'stop', did you mean 'mirrorctl pause'?
            start | 64 | Unknown command: 'start', did you mean 'mirrorctl resume'?
            disable | 64 | Unknown command: 'disable', did you mean 'mirrorctl pause'?
            enable | 64 | Unknown command: 'enable', did you mean 'mirrorctl resume'?
            reset | 64 | Missing argument: 'mirrorctl reset <setting>|all' expected.
            reset counters | 1 | Unknown setting: 'counters', did you mean 'mirrorctl clear counters'?
            reset pause | 1 | Unknown setting: 'pause', did you mean 'mirrorctl resume'?
            reset tiemout | 1 | Unknown setting: 'tiemout', did you mean 'timeout'?
            reset mirror-url | 1 | Unknown setting: 'mirror-url', did you mean 'url'?
            reset ALL | 1 | Unknown setting: 'ALL', did you mean 'all'?
            reset timeout 3s | 64 | Unexpected argument: '3s' ('mirrorctl reset <setting>|all' expected).
            reste all | 64 | Unknown command: 'reste all', did you mean 'mirrorctl reset'?
            restore | 64 | Unknown command: 'restore', did you mean 'mirrorctl reset'?
            defaults | 64 | Unknown command: 'defaults', did you mean 'mirrorctl reset'?
            help reset colour | 64 | Unknown setting: 'colour', 'mirrorctl show settings' lists them.
            set | 64 | Missing argument: 'mirrorctl set <setting> <value> [for <duration>]' expected.
            set url | 64 | Missing argument: 'mirrorctl set url <url> [require-reachable] [for <duration>]' expected.
            set url http://h/ now | 64 | Unexpected argument: 'now' ('mirrorctl set url <url> [require-reachable] [for <duration>]' expected).
            set url h:8080 | 1 | Invalid URL: 'h:8080' (http://HOST[:PORT][/PREFIX] or https://... expected).
            set url ftp://h/ | 1 | Invalid URL: scheme 'ftp' (http or https expected).
            set url http://h:0/ | 1 | Invalid URL: port 0 (1 to 65535 expected).
            set-url | 64 | Missing argument: 'mirrorctl set-url <url> [require-reachable] [for <duration>]' expected.
            set-url a b | 64 | Unexpected argument: 'b' ('mirrorctl set-url <url> [require-reachable] [for <duration>]' expected).
            seturl http://h/ | 64 | Unknown command: 'seturl http://h/', did you mean 'mirrorctl set-url'?
            set-sample-rate | 64 | Missing argument: 'mirrorctl set-sample-rate <percent> [for <duration>]' expected.
            set-sample-rate 150% | 1 | Value out of range: '150%' (0% to 100% expected).
            set-sample-rate 0.5 | 1 | Invalid value: '0.5' (0% to 100%, in steps of 0.001% expected, such as 0.5% or 50%).
            set-samplerate 5% | 64 | Unknown command: 'set-samplerate 5%', did you mean 'mirrorctl set-sample-rate'?
            set sampel-rate 5% | 1 | Unknown setting: 'sampel-rate', did you mean 'sample-rate'?
            set rate 5% | 1 | Unknown setting: 'rate', did you mean 'sample-rate'?
            set sample-rate half | 1 | Invalid value: 'half' (0% to 100%, in steps of 0.001% expected, such as 10%).
            sample-rate 10% | 64 | Unknown command: 'sample-rate 10%', did you mean 'mirrorctl set sample-rate'?
            mirror-url http://h/ | 64 | Unknown command: 'mirror-url http://h/', did you mean 'mirrorctl set url'?
            set mirror-url http://h/ | 1 | Unknown setting: 'mirror-url', did you mean 'url'?
            set paused yes | 1 | Unknown setting: 'paused', did you mean 'mirrorctl pause'?
            set pause 1 | 1 | Unknown setting: 'pause', did you mean 'mirrorctl pause'?
            set colour red | 1 | Unknown setting: 'colour', 'mirrorctl show settings' lists them.
            set max-queue many | 1 | Invalid value: 'many' (a number from 1 to 10000000 expected).
            set max-queue 0 | 1 | Value out of range: '0' (a number from 1 to 10000000 expected).
            set max-queue -1 | 1 | Value out of range: '-1' (a number from 1 to 10000000 expected).
            set max-que 7 | 1 | Unknown setting: 'max-que', did you mean 'max-queue'?
            set timeout 5x | 1 | Invalid value: '5x' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 5s).
            set timeout 0 | 1 | Value out of range: '0' (at least 1ms expected).
            set tiemout 5s | 1 | Unknown setting: 'tiemout', did you mean 'timeout'?
            set truncated-body dorp | 1 | Invalid value: 'dorp' (drop, send, headers expected).
            set log-level verbose | 1 | Invalid value: 'verbose' (trace, debug, info, notice, warning, error, critical expected).
            set log-level WARN | 1 | Invalid value: 'WARN' (trace, debug, info, notice, warning, error, critical expected).
            set methods get | 1 | Invalid value: 'get' (all, safe, or methods in capitals separated by commas, such as GET,HEAD expected).
            set mark-header X-A | 1 | Invalid value: 'X-A' (NAME: value, or none expected).
            set max-queue-bytes 5MB | 1 | Invalid value: '5MB' (a number of bytes, or a number and KiB, MiB or GiB expected, such as 5MiB).
            set severity-output number | 64 | 'set severity-output number' is for other clients: mirrorctl uses it itself.
            sev-output | 64 | Unknown command: 'sev-output', try 'mirrorctl help'.
            clear | 64 | Missing argument: 'mirrorctl clear counters [all]' expected.
            clear counter | 64 | Unknown command: 'clear counter', did you mean 'mirrorctl clear counters'?
            clear counters some | 64 | Unexpected argument: 'some' ('mirrorctl clear counters [all]' expected).
            clear-counter | 64 | Unknown command: 'clear-counter', did you mean 'mirrorctl clear-counters'?
            clear table | 64 | Unknown command: 'clear table', 'mirrorctl clear' takes counters.
            cler counters | 64 | Unknown command: 'cler counters', did you mean 'mirrorctl clear counters'?
            wait | 64 | Missing argument: 'mirrorctl wait drained [<duration>]' expected.
            wait draind | 64 | Unknown command: 'wait draind', did you mean 'mirrorctl wait drained'?
            wait drained soon | 1 | Invalid value: 'soon' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 10s).
            wait-drained x | 1 | Invalid value: 'x' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 10s).
            wait-draind | 64 | Unknown command: 'wait-draind', did you mean 'mirrorctl wait-drained'?
            drain | 64 | Unknown command: 'drain', did you mean 'mirrorctl wait drained'?
            save stat | 64 | Unexpected argument: 'stat' ('mirrorctl save' expected).
            save state now | 64 | Unexpected argument: 'now' ('mirrorctl save state' expected).
            sav | 64 | Unknown command: 'sav', did you mean 'mirrorctl save'?
            write | 64 | Unknown command: 'write', did you mean 'mirrorctl save state'?
            quti | 64 | Unknown command: 'quti', try 'mirrorctl help'.
            prompt | 64 | 'prompt' is for other clients: mirrorctl uses it itself.
            help frob | 64 | Unknown command: 'frob', try 'mirrorctl help'.
            help show nothing | 64 | Unknown command: 'show nothing', 'mirrorctl show' takes info, stat, metrics, destinations, version, settings, errors, connections.
            help set colour | 64 | Unknown setting: 'colour', 'mirrorctl show settings' lists them.
            hlep | 64 | Unknown command: 'hlep', did you mean 'mirrorctl help'?
            raw | 64 | Missing argument: 'mirrorctl raw <line>' expected.
            raw frob | 1 | Unknown command: 'frob', try 'help'.
            raw set colour red | 1 | Unknown setting: 'colour', 'show settings' lists them.
            raw show\ | 64 | The line ends with a backslash.
            --jsno status | 64 | Unknown option '--jsno', did you mean '--json'? (see mirrorctl --help)
            -x status | 64 | Unknown option '-x' (see mirrorctl --help)
            --timeout | 64 | Missing value for '--timeout <seconds>' (see mirrorctl --help)
            status -t 0 | 64 | --timeout is more than 0 and at most 86400 seconds, not '0' (see mirrorctl --help)
            status -t soon | 64 | --timeout is more than 0 and at most 86400 seconds, not 'soon' (see mirrorctl --help)
            status --timeout=x | 64 | --timeout is more than 0 and at most 86400 seconds, not 'x' (see mirrorctl --help)
            --json=yes status | 64 | The option '--json' takes no value (see mirrorctl --help)
            --socket | 64 | Missing value for '--socket <path>' (see mirrorctl --help)
            status --output x | 64 | The option '--output' belongs to 'mirrorctl metrics'.
            --generate-completion-script tcsh | 64 | The value 'tcsh' is invalid for '--generate-completion-script': bash, zsh or fish expected
            --versoin | 64 | Unknown option '--versoin', did you mean '--version'? (see mirrorctl --help)
            show stat json json | 64 | Unexpected argument: 'json' ('mirrorctl show stat [json]' expected).
            set paused | 64 | Unknown setting: 'paused', did you mean 'mirrorctl pause'?
            set timeuot | 64 | Unknown setting: 'timeuot', did you mean 'timeout'?
            help stauts | 64 | Unknown command: 'stauts', did you mean 'mirrorctl status'?
            pause --fro 10m | 64 | Unknown option '--fro', did you mean '--for'? (see mirrorctl --help)
            stats --jsonn | 64 | Unknown option '--jsonn', did you mean '--json'? (see mirrorctl --help)
            probee | 64 | Unknown command: 'probee', did you mean 'mirrorctl probe'?
            ping http://h/ | 64 | Unknown command: 'ping http://h/', did you mean 'mirrorctl probe'?
            probe h:8080 | 1 | Invalid URL: 'h:8080' (http://HOST[:PORT][/PREFIX] or https://... expected).
            probe a b | 64 | Unexpected argument: 'b' ('mirrorctl probe [<url>]' expected).
            flush all | 64 | Unexpected argument: 'all' ('mirrorctl flush' expected).
            set timeout 3s --require-reachable | 64 | The option '--require-reachable' belongs to 'mirrorctl set url'.
            set-urls http://h/ | 64 | Unknown command: 'set-urls http://h/', did you mean 'mirrorctl set-url'?
            pause for 10m | 64 | Unknown command: 'pause for 10m', did you mean 'mirrorctl pause 10m'?
            pause for | 1 | Invalid value: 'for' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 10s).
            pause on | 64 | Unknown command: 'pause on', did you mean 'mirrorctl pause'?
            pause off | 64 | Unknown command: 'pause off', did you mean 'mirrorctl resume'?
            pause forever | 64 | Unknown command: 'pause forever', did you mean 'mirrorctl pause'?
            pause 10min | 1 | Invalid value: '10min' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 10m).
            pause 1h30m | 1 | Invalid value: '1h30m' (a number and us, ms, s, m, h or d; milliseconds without a unit expected, such as 1h).
            stop mirroring | 64 | Unknown command: 'stop mirroring', did you mean 'mirrorctl pause'?
            stop pause | 64 | Unknown command: 'stop pause', did you mean 'mirrorctl resume'?
            disable pause | 64 | Unknown command: 'disable pause', did you mean 'mirrorctl resume'?
            disable server be/srv | 64 | Unknown command: 'disable server be/srv', did you mean 'mirrorctl pause'?
            enable server be/srv | 64 | Unknown command: 'enable server be/srv', did you mean 'mirrorctl resume'?
            set weight be/srv 50% | 64 | Unknown setting: 'weight', did you mean 'sample-rate'?
            set maxconn global 100 | 64 | Unknown setting: 'maxconn', did you mean 'max-connections'?
            set rate-limit connections global 10 | 64 | Unknown setting: 'rate-limit', did you mean 'max-rate'?
            set timeout cli 10 | 64 | Unexpected argument: '10' ('mirrorctl set timeout TIME' expected).
            set timeout=5s | 64 | Unknown command: 'set timeout=5s', did you mean 'mirrorctl set timeout 5s'?
            set timeout = 5s | 64 | Unknown command: 'set timeout = 5s', did you mean 'mirrorctl set timeout 5s'?
            set timeout to 5s | 64 | Unknown command: 'set timeout to 5s', did you mean 'mirrorctl set timeout 5s'?
            set timeout | 64 | Missing argument: 'mirrorctl set timeout TIME' expected.
            set TIMEOUT 5s | 1 | Unknown setting: 'TIMEOUT', did you mean 'timeout'?
            set max_queue 5 | 1 | Unknown setting: 'max_queue', did you mean 'max-queue'?
            set sample rate 10% | 64 | Unknown command: 'set sample rate 10%', did you mean 'mirrorctl set sample-rate 10%'?
            set sample-rate 10 | 1 | Invalid value: '10' (0% to 100%, in steps of 0.001% expected, such as 10%).
            set-sample-rate 10 | 1 | Invalid value: '10' (0% to 100%, in steps of 0.001% expected, such as 10%).
            sample 10% | 64 | Unknown command: 'sample 10%', did you mean 'mirrorctl set sample-rate'?
            set destination http://h/ | 1 | Unknown setting: 'destination', did you mean 'url'?
            set url http://h/ for 10 m | 64 | Unknown command: 'set url http://h/ for 10 m', did you mean 'mirrorctl set url http://h/ for 10m'?
            set url=http://h/ | 64 | Unknown command: 'set url=http://h/', did you mean 'mirrorctl set url http://h/'?
            set methods GET, HEAD | 64 | Unknown command: 'set methods GET, HEAD', did you mean 'mirrorctl set methods GET,HEAD'?
            set max-queue-bytes 5M | 1 | Invalid value: '5M' (a number of bytes, or a number and KiB, MiB or GiB expected, such as 5MiB).
            set paused off | 1 | Unknown setting: 'paused', did you mean 'mirrorctl resume'?
            set enabled yes | 1 | Unknown setting: 'enabled', did you mean 'mirrorctl resume'?
            show state | 64 | Unknown command: 'show state', did you mean 'mirrorctl status'?
            show servers state | 64 | Unknown command: 'show servers state', did you mean 'mirrorctl show info'?
            show backend | 64 | Unknown command: 'show backend', did you mean 'mirrorctl show info'?
            show table | 64 | Unknown command: 'show table', 'mirrorctl show' takes info, stat, metrics, destinations, version, settings, errors, connections.
            show activity | 64 | Unknown command: 'show activity', did you mean 'mirrorctl show stat'?
            show events | 64 | Unknown command: 'show events', did you mean 'mirrorctl show errors'?
            show timeout | 64 | Unknown command: 'show timeout', did you mean 'mirrorctl show settings'?
            show stat -1 4 -1 | 64 | Unexpected argument: '-1' ('mirrorctl show stat [json]' expected).
            show ? | 64 | Unknown command: 'show ?', did you mean 'mirrorctl help'?
            get timeout | 64 | Unknown command: 'get timeout', did you mean 'mirrorctl show settings'?
            list errors | 64 | Unknown command: 'list errors', did you mean 'mirrorctl errors'?
            clear stats | 64 | Unknown command: 'clear stats', did you mean 'mirrorctl clear counters'?
            clear errors | 64 | Unknown command: 'clear errors', 'mirrorctl clear' takes counters.
            wait drained for 10s | 64 | Unknown command: 'wait drained for 10s', did you mean 'mirrorctl wait drained 10s'?
            wait 10s | 64 | Unknown command: 'wait 10s', 'mirrorctl wait' takes drained.
            drained | 64 | Unknown command: 'drained', did you mean 'mirrorctl wait drained'?
            reload | 64 | Unknown command: 'reload', 'systemctl reload spoa-mirror' does that.
            shutdown sessions | 64 | Unknown command: 'shutdown sessions', 'systemctl stop spoa-mirror' does that.
            reset sample rate | 64 | Unknown command: 'reset sample rate', did you mean 'mirrorctl reset sample-rate'?
            @1 show info | 64 | Unknown command: '@1 show info', did you mean 'mirrorctl show info'?
            STATUS | 64 | Unknown command: 'STATUS', did you mean 'mirrorctl status'?
            Show Info | 64 | Unknown command: 'Show Info', did you mean 'mirrorctl show info'?
            ? | 64 | Unknown command: '?', did you mean 'mirrorctl help'?
            online | 64 | Unknown command: 'online', did you mean 'mirrorctl resume'?
            watch status | 64 | Unknown command: 'watch status', did you mean 'mirrorctl status'?
            --sample-rate 10% | 64 | Unknown option '--sample-rate', did you mean 'set sample-rate'? (see mirrorctl --help)
            --pause | 64 | Unknown option '--pause', did you mean 'pause'? (see mirrorctl --help)
            set-timeout 5s | 64 | Unknown command: 'set-timeout 5s', did you mean 'mirrorctl set timeout'?
            timeout 5s | 64 | Unknown command: 'timeout 5s', did you mean 'mirrorctl set timeout'?
            raw pause for 10m | 1 | Unknown command: 'pause for 10m', did you mean 'pause 10m'?
            """#.split(separator: "\n").map { $0.components(separatedBy: " | ") }

        @Test("in the shell and piped in, and nothing is changed by it")
        func mistakes() throws {
            let agent = try WatchedAgent(mirrorURL: "http://127.0.0.1:9/", in: try TemporaryDirectory())
            let settings = try agent.ask("show settings")
            #expect(Self.table.count > 190)
            for row in Self.table {
                let words = row[0].components(separatedBy: " ")
                let run = try MirrorctlRun(words, socket: agent.adminSocket)
                #expect(run.errors == "mirrorctl: \(row[2])\n", "\(row[0])")
                #expect(run.status == Int32(row[1]) && run.output.isEmpty, "\(row[0])")
            }
            // At the prompt a hint names commands as they are typed there.
            let input = Self.table.map { "\($0[0])\n" }.joined()
            let piped = try MirrorctlRun([], socket: agent.adminSocket, input: input)
            let lines = piped.errors.components(separatedBy: "\n").dropLast()
            #expect(lines.count == Self.table.count && piped.output.isEmpty)
            for (row, line) in zip(Self.table, lines) where row[0] != "quti" {
                let expected = row[2].replacingOccurrences(of: "'mirrorctl ", with: "'")
                #expect(line == "mirrorctl: \(expected)", "\(row[0])")
            }
            #expect(try agent.ask("show settings") == settings)
        }
    }
}
