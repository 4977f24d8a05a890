import Testing

@testable import SMPP

@Suite struct CarrierLinkTests {
    @Test func transmittersStandWithReceiversInTheirOrder() {
        let kinds: [BindKind] = [
            .receiver, .transmitter, .transceiver, .transmitter, .receiver, .transmitter,
        ]
        #expect(CarrierLink.pair(kinds).map(\.binds) == [[1, 0], [2], [3, 4], [5]])
        #expect(CarrierLink.pair([.transceiver, .receiver]).map(\.binds) == [[0], [1]])
        #expect(CarrierLink.pair([]).isEmpty)
    }

    @Test(arguments: [
        ([true, true], LinkHealth.up), ([true, false], .degraded), ([false, true], .down), ([false, false], .down),
    ])
    func aPairLivesByItsTransmitter(isBound: [Bool], health: LinkHealth) {
        let kinds: [BindKind] = [.transmitter, .receiver]
        #expect(CarrierLink.pair(kinds)[0].health(kinds, isBound: isBound) == health)
    }

    @Test(arguments: BindKind.allCases) func aLoneBindIsUpOrDown(kind: BindKind) {
        let link = CarrierLink(binds: [0])
        #expect(link.health([kind], isBound: [true]) == .up)
        #expect(link.health([kind], isBound: [false]) == .down)
    }
}
