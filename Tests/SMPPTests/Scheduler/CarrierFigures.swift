@testable import SMPP

/// What a simulation came to.
struct CarrierFigures: CustomStringConvertible {
    var offered = 0
    var told200 = 0
    var unknown = 0
    var refusedByCarrier = 0
    var partial = 0
    var notSent = 0
    /// Messages of which the SMSC accepted every segment.
    var carrierAccepted = 0
    /// Not sent, and told later than 0.1 s after it came.
    var refusedLate = 0
    var toldTooEarly = 0
    /// Most that left in any second.
    var mostInASecond = 0
    /// Accepted segments a second, in the time looked at.
    var acceptedRate = 0.0
    /// Written a second, in the time looked at.
    var writtenRate = 0.0
    /// Of what arrived, refused.
    var refusedShare = 0.0
    var perAccount: [Int: Int] = [:]
    /// The 95th percentile of what accepted messages took, in seconds.
    var slow = 0.0

    /// - Parameter window: the part of the time that rates are taken from, in seconds.
    init(_ simulation: CarrierSimulation, from: Double, to: Double) {
        offered = simulation.messages.count
        var times: [Double] = []
        for message in simulation.messages {
            if message.acceptedSegments == message.segments { carrierAccepted += 1 }
            if message.wasToldTooEarly { toldTooEarly += 1 }
            if message.isAccepted {
                told200 += 1
                perAccount[message.account, default: 0] += 1
                times.append((message.toldAt ?? 0) - message.offeredAt)
            } else if message.isUnknown {
                unknown += 1
            } else if message.isPartial {
                partial += 1
            } else if message.refusal != nil {
                notSent += 1
                if (message.toldAt ?? 0) - message.offeredAt > 0.1 { refusedLate += 1 }
            } else {
                refusedByCarrier += 1
            }
        }
        times.sort()
        if !times.isEmpty { slow = times[times.count * 95 / 100] }
        acceptedRate = Double(simulation.acceptedAt.count { $0 >= from && $0 < to }) / (to - from)
        writtenRate = Double(simulation.leftAt.count { $0 >= from && $0 < to }) / (to - from)
        let smsc = simulation.smsc
        refusedShare = Double(smsc.refused) / Double(max(1, smsc.received))
        var first = 0
        for index in simulation.leftAt.indices {
            while simulation.leftAt[index] - simulation.leftAt[first] >= 1 { first += 1 }
            mostInASecond = max(mostInASecond, index - first + 1)
        }
    }

    var description: String {
        func short(_ value: Double) -> String { "\((value * 1000).rounded() / 1000)" }
        return
            "offered \(offered), 200: \(told200) of \(carrierAccepted), unknown \(unknown), refused \(refusedByCarrier), "
            + "partial \(partial), not sent \(notSent) (late \(refusedLate)), accepted \(short(acceptedRate))/s of "
            + "\(short(writtenRate))/s written, refused share \(short(refusedShare)), most in 1 s \(mostInASecond), "
            + "early \(toldTooEarly), p95 \(short(slow)) s"
    }
}
