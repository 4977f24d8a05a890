import Foundation
import TestPrograms

/// PlanFix's side of a chat, in a process of its own (`Peers/planfix_chat.py`).
struct FakePlanFix: Sendable {
    /// One call that it got.
    struct Call: Decodable {
        var path: String
        /// What it was answered with.
        var status: Int
        var type: String
        var fields: [String: String]

        var isTaken: Bool { status == 200 }
    }

    enum Mode: String { case ok, down, slow, lost }

    /// What we show PlanFix.
    static let token = "the token of PlanFix itself"

    let port: Int
    let folder: TemporaryFolder
    private let process: ProcessHandle

    static func start(in folder: TemporaryFolder) async throws -> FakePlanFix {
        let (port, certificate) = (try Ports.free(), try await TestCertificate.shared())
        let process = try ProcessHandle(
            "python3",
            [
                Repository.testFile("Peers/planfix_chat.py"), "\(port)", folder.file(""), token,
                certificate.certificate,
                certificate.key,
            ])
        try await process.waitForOutput(containing: "listening")
        return FakePlanFix(port: port, folder: folder, process: process)
    }

    /// `planfix_chat:` of an account, with further keys.
    func chat(_ keys: String = "") async throws -> String {
        let (certificate, hash) = (try await TestCertificate.shared(), try await TestSecrets.shared().keyHash)
        return "planfix_chat: { token: \"\(hash)\", url: \"https://127.0.0.1:\(port)/webchat/api\", "
            + "planfix_token: \"\(Self.token)\", provider_id: our-sms, sender: \"1234\", zone: UTC, "
            + "ca: \"\(certificate.certificate)\"\(keys.isEmpty ? "" : ", " + keys) }"
    }

    /// `planfix_webhook:` of an account.
    func webhook(_ format: String) async throws -> String {
        let certificate = try await TestCertificate.shared()
        return "planfix_webhook: { url: \"https://127.0.0.1:\(port)/webhook/\(format)/secret-of-the-address\", "
            + "format: \(format), zone: UTC, ca: \"\(certificate.certificate)\" }"
    }

    func set(_ mode: Mode) throws { try folder.write(mode.rawValue, to: "mode") }

    /// All calls so far.
    func calls() throws -> [Call] {
        let text = (try? String(contentsOfFile: folder.file("calls"), encoding: .utf8)) ?? ""
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Call.self, from: Data($0.utf8)) }
    }

    /// What it shows of a message of its own, in the order in which it learned it.
    func statuses(of messageID: String) throws -> [String] {
        try calls().filter { $0.isTaken && $0.fields["messageId"] == messageID }.map {
            $0.fields["messageStatus"] ?? ""
        }
    }

    func statusText(of messageID: String) throws -> String? {
        try calls().last { $0.isTaken && $0.fields["messageId"] == messageID }?.fields["messageStatusText"]
    }

    /// Subscribers' messages that it took.
    func messages() throws -> [[String: String]] {
        try calls().filter { $0.isTaken && $0.fields["cmd"] == "newMessage" }.map(\.fields)
    }

    func kill() { process.kill() }
}

extension Bridge {
    /// A message of PlanFix's chat.
    func chat(_ form: Form) async throws -> Reply {
        var request = try await request(form)
        request.url = "https://127.0.0.1:\(port)/planfix/chat"
        return try await Curl.run(request)
    }
}

extension Form {
    /// PlanFix's `newMessage`, to a phone or to a chat.
    static func chat(_ id: String, _ text: String, token: String, phone: String? = nil, chat: String? = nil) -> Form {
        var form: Form = [
            "cmd": "newMessage", "providerId": "our-sms", "channel": "sms", "token": token, "message": text,
            "messageId": id, "userName": "Анна", "userLastName": "Иванова", "userIco": "",
            "taskEmail": "task@acme.planfix.example",
        ]
        if let phone { form = form.with("contactPhone", phone) }
        if let chat { form = form.with("chatId", chat) }
        return form
    }
}

/// Runs `body` with PlanFix, a simulator, and the token that PlanFix shows the bridge.
func withPlanFix(
    _ arguments: [String], _ body: (FakePlanFix, Simulator, _ token: String) async throws -> Void
) async throws {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let planFix = try await FakePlanFix.start(in: folder)
    defer { planFix.kill() }
    let token = try await TestSecrets.shared().key
    try await withSimulator(arguments) { try await body(planFix, $0, token) }
}
