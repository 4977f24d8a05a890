import NIOCore
import SMPP

/// What the simulator does otherwise than a good SMSC: the habits of real ones, as a `Scenario` sets them. By default none.
package struct Quirks: Hashable, Sendable {
    var binds = BindQuirks()
    var link = LinkQuirks()
    /// What every message must be like; the first demand that it does not meet refuses it.
    var demands: [SubmitDemand] = []
    /// What becomes of every n-th message of a connection, counted from 1, that meets the demands.
    var everyMessage: [MessageQuirk] = []
    /// Speed: what is refused for it, and how the peer must behave then.
    var stop: StopQuirk?
    /// What is done to each response to a message.
    var responses: [ResponseQuirk] = []
    /// What is said unasked.
    var talks: [QuirkTalk] = []
    /// How receipts differ.
    var receipts = ReceiptQuirks()
    /// What `data_coding` means to this SMSC, where that is not SMPP 3.4 §5.2.19.
    var alphabets: [UInt8: ReadAlphabet] = [:]

    package init() {}
}

/// Habits when a bind is asked for.
struct BindQuirks: Hashable, Sendable {
    /// How the bind response is written.
    enum Form: Hashable, Sendable {
        case usual
        /// The header alone.
        case headerOnly
        /// The `system_id` ends with the PDU, without a NUL.
        case missingNUL
    }

    /// Answers to the first binds of all connections, in this order; afterwards binds are taken.
    var firstAnswers: [CommandStatus] = []
    /// The answer to every bind, which is never taken.
    var refusal: CommandStatus?
    /// A bind that comes sooner after the last one is answered 0x58.
    var leastGap = Duration.zero
    /// Other kinds get 0x0D.
    var kinds = Set(BindKind.allCases)
    /// Time before the answer.
    var delay = Duration.zero
    /// Closes the connection in place of an answer.
    var closes = false
    var form = Form.usual
    /// `sc_interface_version` in the response; nil leaves it out.
    var version: UInt8? = 0x34
    /// Octets that stand in place of the response, for one who asked the wrong port.
    var octetsInstead: [UInt8] = []
}

/// Habits of a connection, whatever it carries.
struct LinkQuirks: Hashable, Sendable {
    /// From this message on nothing is answered, though all is read, on the first connection. Nil is never.
    var silentFrom: Int?
    /// Behind the header of each `enquire_link_resp`.
    var enquireLinkBody: [UInt8] = []
    /// What `enquire_link_resp` gives in place of the request's sequence number.
    var enquireLinkSequence: UInt32?
    /// The peer must ask no sooner than this after its last `enquire_link`, and no later: else it is cut.
    var enquireLinkGap: ClosedRange<Duration>?
    /// A connection that ends without `unbind` from the peer counts as broken.
    var demandsUnbind = false
    /// Whether `unbind` is answered.
    var answersUnbind = true
}

/// What becomes of every `every`-th message of a connection.
struct MessageQuirk: Hashable, Sendable {
    /// At least 1.
    var every: Int
    var action: FaultAction
    /// Over all connections, at most so often.
    var limit = Int.max
}

/// A refusal for speed after which the SMSC wants silence.
struct StopQuirk: Hashable, Sendable {
    /// Messages per second of a connection that are taken.
    var rate: Int
    var status: CommandStatus
    /// After a refusal the connection is to send nothing for so long; what comes all the same counts as broken.
    var silence: Duration
    /// Messages that were under way when the refusal left come within this.
    static let underWay = Duration.milliseconds(150)
}

/// What is done to each response to a message.
enum ResponseQuirk: Hashable, Sendable {
    /// The NUL of `message_id` is missing.
    case missingNUL
    /// `message_id` is filled up to so many octets.
    case longID(Int)
    /// An error response has optional parameters.
    case errorTLVs
    /// An error response has a body that makes no sense.
    case errorJunk
    /// A response with status 0 tells `congestion_state` (SMPP 5.0 §4.8.4.18).
    case congestion(UInt8)
    /// Ids, hexadecimal so far, are numbers of more than 64 bits.
    case idOver64Bits
    /// It is sent twice.
    case twice
}

/// How an SMSC reads octets of text.
enum ReadAlphabet: Hashable, Sendable {
    case gsm, packedGSM, ascii, latin1, ucs2
}

/// What all connections of a simulator with quirks share. Touched by what is rare only: binds and talks.
final class SharedQuirks: Sendable {
    let quirks: Quirks
    let tallies = QuirkTallies()

    /// Nil where there is nothing to play.
    init?(_ quirks: Quirks) {
        guard quirks != Quirks() else { return nil }
        self.quirks = quirks
    }
}
