import Foundation

/// How many lives the simulations of this target live. The usual run takes a tenth of what a thorough one does.
///
/// `SMPPOST_LIVES=N` asks for N times as many: with 10 the lives of supervised binds add up to a year. A thorough run is best built
/// optimised: `swift build -c release -Xswiftc -enable-testing --build-tests`.
enum Lives {
    static let times = max(1, ProcessInfo.processInfo.environment["SMPPOST_LIVES"].flatMap(Int.init) ?? 1)
}
