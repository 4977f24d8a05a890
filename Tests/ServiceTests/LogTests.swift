import Dispatch
import Foundation
import Intake
import Logging
import Service
import Testing

@Suite struct LogTests {
    /// What `write` puts into a log of this format.
    private func lines(_ format: LogFormat, limit: Int = 1 << 20, _ write: (Logger) -> Void) throws -> [String] {
        let pipe = Pipe()
        let writer = LogWriter(output: pipe.fileHandleForWriting, limit: limit)
        write(
            Logger(label: "test") { label in
                LineLogHandler(label: label, threshold: LogThreshold(.info), format: format, writer: writer)
            })
        writer.flush()
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }

    @Test func textHasTimeLevelMessageAndSortedMetadata() throws {
        let lines = try lines(.text) { log in
            log.notice("bind is bound", metadata: ["carrier": "main", "bind": "1", "words": "two words", "none": ""])
            log.debug("not at this level")
        }
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(line.contains(#/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z notice bind is bound /#))
        #expect(line.hasSuffix(#" bind=1 carrier=main none="" words="two words""#))
    }

    @Test func jsonIsOneObjectALine() throws {
        struct Line: Decodable, Equatable {
            var level: String
            var message: String
            var host: String
        }
        let lines = try lines(.json) { log in
            log.warning("quotes \" and \\ and \u{1B}", metadata: ["host": "a\nb"])
        }
        #expect(lines.count == 1)
        let line = try JSONDecoder().decode(Line.self, from: Data(lines[0].utf8))
        #expect(line == Line(level: "warning", message: "quotes \" and \\ and \u{1B}", host: "a\nb"))
    }

    @Test func aLineBreakInAMessageForgesNoLine() throws {
        let lines = try lines(.text) { log in
            log.info("one", metadata: ["words": "two\n2026-01-01T00:00:00.000Z info forged"])
            log.info("one\n2026-01-01T00:00:00.000Z info forged")
        }
        #expect(lines.count == 2)
    }

    /// A pipe whose reader has stalled must not keep the process from its end.
    @Test func aLogThatNobodyReadsDoesNotHoldUpTheEnd() throws {
        let pipe = Pipe()
        let writer = LogWriter(output: pipe.fileHandleForWriting)
        for _ in 0..<2_000 { writer.write(String(repeating: "x", count: 100)) }
        writer.flush(within: .milliseconds(50))
        // It came back. Somebody reads at last, and the writer's own thread ends too.
        let reader = pipe.fileHandleForReading
        var octets = 0
        while octets < 2_000 * 101 { octets += reader.availableData.count }
        writer.flush()
    }

    /// Lines of messages come many at a time, and count as many.
    @Test func manyLinesAtOnce() throws {
        let pipe = Pipe()
        let writer = LogWriter(output: pipe.fileHandleForWriting, limit: 30)
        writer.write(Array("one\ntwo\n".utf8), count: 2)
        writer.write("three")
        // More than ever fits: the writer's thread may have made room by now.
        writer.write(Array("longer than all the room\nthat there is\n".utf8), count: 2)
        writer.flush()
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(text == "one\ntwo\nthree\n2 log lines dropped: the log is not read fast enough\n")
    }

    @Test func whatDoesNotFitIsCounted() throws {
        let lines = try lines(.text, limit: 10) { log in
            for _ in 0..<3 { log.info("longer than ten octets") }
        }
        #expect(lines == ["3 log lines dropped: the log is not read fast enough"])
    }
}
