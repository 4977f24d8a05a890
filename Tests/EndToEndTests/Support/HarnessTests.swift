import Glibc
import TestPrograms
import Testing

/// What the tests themselves rely on.
@Suite struct HarnessTests {
    /// A program that inherited a socket of another test would keep its port taken and its connections open.
    @Test func programsInheritNothing() async throws {
        let descriptor = open("/dev/null", O_RDONLY)
        defer { close(descriptor) }
        #expect(descriptor > 3)
        let listed = try await run("ls", ["/proc/self/fd"])
        // The fourth is the listed folder's.
        #expect(listed.standardOutput == "0\n1\n2\n3\n")
    }
}
