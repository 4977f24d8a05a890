import Foundation
import TestPrograms
import Testing

/// The monitor's page in a browser, against a running bridge.
@Suite(.enabled(if: Browser.isThere, "Chromium is not installed"))
struct PageTests {
    /// True once the page shows this light for a carrier.
    private static func shows(_ carrier: String, _ light: String) -> String {
        "wait=document.getElementById('carrier-\(carrier)')?.classList.contains('\(light)')"
    }

    private static func text(_ selector: String) -> String {
        "eval=document.querySelector('\(selector)').textContent"
    }

    /// One carrier up, one that refuses the password, one dark, one that throttles.
    private func withFour(
        _ body: (Bridge, _ dark: Int) async throws -> Void
    ) async throws {
        let dark = try Ports.free()
        try await withSimulator { good in
            try await withSimulator(["--rate", "1"]) { slow in
                var setup = BridgeSetup()
                setup.carriers = [
                    CarrierSetup(name: "good", port: good.port, binds: 2),
                    CarrierSetup(name: "wrong", port: good.port, password: "not-this"),
                    CarrierSetup(name: "dark", port: dark),
                    CarrierSetup(name: "slow", port: slow.port, lines: ["throttle: { stop: true }"]),
                ]
                setup.accounts = [
                    AccountSetup(hasKey: true, carriers: ["good", "wrong", "dark"]),
                    AccountSetup(name: "english", login: "english", carriers: ["slow"], language: "en"),
                ]
                try await withBridge(setup, awaitingReady: false) { bridge in
                    try await eventually("up and down as they should") {
                        let carriers = try await bridge.carriers()
                        return carriers.first { $0.name == "good" }?.binds.allSatisfy { $0.state == "bound" } == true
                            && carriers.first { $0.name == "slow" }?.ready == true
                            && carriers.first { $0.name == "wrong" }?.binds.first?.lastErrorCode == "credentials"
                            && carriers.first { $0.name == "dark" }?.binds.first?.lastErrorCode == "connect_refused"
                    }
                    try await body(bridge, dark)
                }
            }
        }
    }

    /// A login that is locked out is on the page, and its button lifts the lock; quotas stand below.
    @Test func aLockIsLiftedByItsButton() async throws {
        let accounts = [AccountSetup(lines: ["quota: { day: 5, zone: Europe/Moscow }"])]
        try await withBridgeAndSimulator(BridgeSetup(accounts: accounts)) { bridge, _ in
            let wrong = try await bridge.post((1...12).map { _ in Form.message(password: "wrong") })
            #expect(wrong.last?.status == 429)
            #expect(try await bridge.post(.message()).status == 429)
            let lines = try await Browser.start([
                "size=1280x900", "language=en", "open=http://127.0.0.1:\(bridge.monitorPort)/",
                "wait=document.querySelector('#lock-rows button')", Self.text("#lock-rows td"),
                "eval=document.querySelector('#lock-rows button').click()",
                "wait=document.getElementById('confirm').open", Self.text("#confirm-title"),
                "eval=document.getElementById('confirm-yes').click()",
                "wait=document.getElementById('said').textContent !== ''", Self.text("#said"),
                "wait=document.getElementById('locks').hidden", Self.text("#quota-rows"),
            ]).lines().filter { $0.hasPrefix("\"") }
            #expect(
                lines == [
                    "\"login acme\"", "\"Unlock acme?\"", "\"unlock acme: done\"",
                    "\"acme0 of 5, 5 left–Europe/Moscow\"",
                ])
            #expect(try await bridge.post(.message()).status == 200)
        }
    }

    @Test func tellsWhyAndTurnsWithoutAReload() async throws {
        try await withFour { bridge, dark in
            let sentence = { (carrier: String) in Self.text("#carrier-\(carrier) .sentence") }
            let browser = try Browser.start([
                "size=1280x900", "language=en", "open=http://127.0.0.1:\(bridge.monitorPort)/",
                Self.shows("good", "green"), Self.shows("wrong", "red"), Self.shows("dark", "red"),
                sentence("good"), sentence("wrong"), sentence("dark"), "eval=window.mark = 'not loaded anew'",
                // What the bridge told with the turn: how long the bind had been up by then.
                """
                eval=window.turn = new Promise(done => { const look = setInterval(() => {
                const carrier = carriers.get('dark');
                if (document.getElementById('carrier-dark').classList.contains('green')) {
                clearInterval(look); done(carrier.data.binds[0].since + since(carrier)); } }, 5); }), 0
                """, "say=ready", "hear=", Self.shows("slow", "yellow"), sentence("slow"), "say=throttled", "hear=",
                "eval=window.turn", "eval=window.mark", sentence("dark"), Self.text("#news"), Self.text("#overall"),
                "eval=document.title",
            ])
            try await browser.hears("ready")
            let forms = (0..<4).map { _ in Form.message(login: "english") }
            async let replies = bridge.post(forms)
            browser.goOn()
            try await browser.hears("throttled")
            _ = try await replies
            let mended = try await Simulator.start(port: dark)
            defer { mended.process.kill() }
            browser.goOn()
            let lines = try await browser.lines()
            // Times of `wait` are bare numbers, values of `eval` JSON.
            let told = lines.filter { $0.hasPrefix("\"") }
            try #require(told.count == 10, "\(lines)")
            #expect(told[0] == "\"all 2 binds up\"")
            #expect(
                told[1].contains(/^"the bind is not up; bind 1: password refused, next attempt in [345]:[0-5][0-9]"$/))
            #expect(
                told[2].contains(
                    /^"the bind is not up; bind 1: connection refused, (next attempt in 0:0[0-9]|connecting)"$/))
            #expect(told[4].contains("speed"), "\(told[4])")
            #expect(told[5] == "\"not loaded anew\"")
            #expect(told[6] == "\"the bind is up\"")
            #expect(told[7].contains("Carrier dark: up"))
            #expect(told[8].contains("1 of 4 carriers down: wrong"))
            let turned = try #require(lines.compactMap(Double.init).dropFirst(5).first, "\(lines)")
            #expect(turned < 1, "the page turned after \(turned) s")
        }
    }

    @Test func speaksRussianAndFitsAPhone() async throws {
        try await withFour { bridge, _ in
            let browser = try Browser.start([
                "size=390x844", "scheme=dark", "language=ru-RU",
                "open=http://127.0.0.1:\(bridge.monitorPort)/", Self.shows("wrong", "red"),
                Self.text("#carrier-wrong .sentence"), "eval=document.documentElement.lang",
                "eval=document.documentElement.scrollWidth <= innerWidth",
                // Each text that the page needs exists in both languages.
                """
                eval=(function keys(a, b) { return Object.keys(a).sort().join() === Object.keys(b).sort().join()
                && Object.keys(a).every(k => typeof a[k] !== 'object' || keys(a[k], b[k])); })(WORDS.en, WORDS.ru)
                """,
                "eval=[...document.querySelectorAll('[data-word]')].filter(e => !(e.dataset.word in W)).length",
                "eval=(document.getElementById('language').click(), document.documentElement.lang)",
                Self.text("#carrier-wrong .sentence"), Self.text("#reload"),
            ])
            let told = try await browser.lines().dropFirst()
            try #require(told.count == 8, "\(told)")
            let lines = Array(told)
            #expect(
                lines[0].contains(/^"соединения нет; соединение 1: пароль не принят, следующая попытка через [345]:/))
            #expect(lines[1...5] == ["\"ru\"", "true", "true", "0", "\"en\""])
            #expect(lines[6].hasPrefix("\"the bind is not up; bind 1: password refused"))
            #expect(lines[7] == "\"Reload configuration\"")
        }
    }

    /// The token is asked for once; a bind is stopped with the keyboard alone; nothing of another site gets in.
    @Test func actsWithTheTokenAlone() async throws {
        let token = "a-token-of-24-characters"
        try await withSimulator { simulator in
            var setup = BridgeSetup(carriers: [CarrierSetup(port: simulator.port)])
            setup.monitorLines = ["token: \(token)"]
            try await withBridge(setup, awaitingReady: false) { bridge in
                let page = "http://127.0.0.1:\(bridge.monitorPort)"
                for path in ["/binds", "/events", "/metrics"] {
                    #expect(try await bridge.monitor(path).status == 401)
                }
                let post = { (headers: [String]) in
                    try await Curl.run(
                        CurlRequest(url: page + "/carriers/main/stop", method: "POST", body: "", headers: headers)
                    ).status
                }
                #expect(try await post([]) == 401)
                #expect(try await post(["Authorization: Bearer \(token)x"]) == 401)
                #expect(try await post(["Authorization: Bearer \(token)", "Sec-Fetch-Site: cross-site"]) == 403)
                let button = "document.querySelector('.bind .more > .buttons button:nth-child(2)')"
                let browser = try Browser.start([
                    "language=en", "open=\(page)/", "wait=document.getElementById('ask')?.open",
                    "eval=document.getElementById('ask-token').value = 'wrong', 0", "key=Enter",
                    "wait=!document.getElementById('ask-wrong').hidden",
                    "eval=document.getElementById('ask-token').value = '\(token)', 0", "key=Enter",
                    Self.shows("main", "green"), "eval=\(button).focus(), 0", "key=Enter",
                    "wait=document.getElementById('confirm').open", Self.text("#confirm-title"),
                    // The harmless answer has the focus.
                    "eval=document.activeElement.id", "key=Tab", "key=Enter", Self.shows("main", "off"),
                    Self.text("#said"), Self.text(".bind .state"), "eval=location.href",
                    "eval=sessionStorage.getItem('token') !== null && localStorage.length",
                ])
                let lines = try await browser.lines().filter { $0.hasPrefix("\"") }
                try #require(lines.count == 5, "\(lines)")
                #expect(lines[0] == "\"Stop: bind 1 of carrier main?\"")
                #expect(lines[1] == "\"confirm-no\"")
                #expect(lines[2].contains("Stop, bind 1 of carrier main"))
                #expect(lines[3].hasPrefix("\"stopped for "))
                #expect(!lines[4].contains(token))
                let log = bridge.process.current.everything
                #expect(log.contains("an action was asked for") && log.contains("by=127.0.0.1"))
                #expect(!log.contains(token))
            }
        }
    }

    /// The bridge ends and comes back: the page tells, and goes on by itself.
    @Test func outlivesTheBridge() async throws {
        try await withSimulator { simulator in
            let setup = BridgeSetup(carriers: [CarrierSetup(port: simulator.port)])
            let first = try await Bridge.start(setup)
            defer { first.discard() }
            let browser = try Browser.start([
                "language=en", "open=http://127.0.0.1:\(first.monitorPort)/", Self.shows("main", "green"),
                "eval=window.mark = 'not loaded anew'", "say=ready", "wait=!document.getElementById('lost').hidden",
                Self.text("#lost"), "eval=document.title", "say=gone",
                "wait=document.getElementById('lost').hidden && isConnected", "eval=window.mark",
                "eval=carriers.get('main').data.light",
            ])
            try await browser.hears("ready")
            _ = try await first.stop()
            try await browser.hears("gone")
            let second = try ProcessHandle(
                Repository.smppost,
                ["serve", "--config", first.folder.file("config"), "--carriers", first.folder.file("carriers")])
            defer { second.kill() }
            let lines = try await browser.lines().filter { $0.hasPrefix("\"") }
            try #require(lines.count == 5, "\(lines)")
            #expect(lines[1].contains(/No connection to the bridge for 0:0[2-9]\. What you see is from \d/))
            #expect(lines[2] == "\"no connection · smppost\"")
            #expect(lines[3] == "\"not loaded anew\"")
        }
    }
}
