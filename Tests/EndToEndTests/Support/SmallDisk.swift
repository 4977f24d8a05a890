import Foundation
import TestPrograms

/// A tmpfs with room for a journal, its log and little else.
struct SmallDisk {
    let path: String
    private let pages: Int

    static var isPossible: Bool { geteuid() == 0 && mount("/proc/self") }

    private static func mount(_ probe: String) -> Bool {
        // A container may have no right to mount: its effective capabilities say so (bit 21, CAP_SYS_ADMIN).
        guard let status = try? String(contentsOfFile: probe + "/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("CapEff:") }),
            let bits = UInt64(line.split(separator: "\t").last ?? "", radix: 16)
        else { return false }
        return bits & (1 << 21) != 0
    }

    init(megabytes: Int = 12) async throws {
        let folder = try TemporaryFolder()
        path = folder.path
        pages = megabytes * 256
        let mounted = try await run("mount", ["-t", "tmpfs", "-o", "size=\(megabytes)m", "tmpfs", path])
        guard mounted.exitCode == 0 else { throw HarnessError("mount: \(mounted.everything)") }
    }

    /// Leaves no room.
    func fill() async throws {
        _ = try await run("dd", ["if=/dev/zero", "of=\(path)/filler", "bs=4096", "count=\(pages)"])
    }

    /// It and the way to it are this user's.
    func give(to user: String) async throws {
        let done = try await run("chown", [user, path])
        guard done.exitCode == 0 else { throw HarnessError("chown: \(done.everything)") }
    }

    func free() throws {
        try FileManager.default.removeItem(atPath: "\(path)/filler")
    }

    /// Only while no file of it is open for writing.
    func allowWriting(_ isAllowed: Bool) async throws {
        let done = try await run("mount", ["-o", "remount,\(isAllowed ? "rw" : "ro")", path])
        guard done.exitCode == 0 else { throw HarnessError("mount: \(done.everything)") }
    }

    func remove() {
        let unmount = try? ProcessHandle("umount", ["-l", path])
        _ = unmount
    }
}

/// A simulator, and what a bridge with a journal on a small disk is set up by.
func withSmallDisk(_ body: (SmallDisk, BridgeSetup, Simulator) async throws -> Void) async throws {
    let disk = try await SmallDisk()
    defer { disk.remove() }
    try await withSimulator { simulator in
        var setup = BridgeSetup(journal: "sqlite:\(disk.path)/smppost.db")
        setup.carriers[0].port = simulator.port
        try await body(disk, setup, simulator)
    }
}
