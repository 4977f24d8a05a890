package import HTTPService
package import Journal
import Messaging
import SMPP

/// A message's life as JSON: `GET /messages/ID`.
package enum MessageLifeReport {
    /// The whole of it; times as RFC 3339, numbers as the journal has them.
    package static func json(_ life: MessageLife) -> JSONWriter {
        var json = JSONWriter()
        write(life, to: &json)
        return json
    }

    /// The same in one line.
    package static func line(_ life: MessageLife) -> String { String(decoding: json(life).bytes, as: UTF8.self) }

    /// An inbound message in one line.
    package static func line(_ record: InboundRecord) -> String {
        var json = JSONWriter()
        json.object { json in
            json.member("id", record.id.description)
            json.member("at", JournalClock.text(record.at))
            json.member("carrier", record.carrier)
            json.member("from", record.from)
            json.member("to", record.to)
            json.member("text", record.text)
            json.member("parts", record.segments)
            json.member("parts_received", record.received)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// One object.
    package static func write(_ life: MessageLife, to json: inout JSONWriter) {
        let message = life.message
        json.object { json in
            json.member("id", message.id.description)
            json.member("at", JournalClock.text(message.id.unixMilliseconds))
            json.member("account", message.account)
            json.member("to", message.recipient)
            json.member("from", message.sender)
            json.member("text", message.text)
            json.member("outcome", life.outcome?.outcome)
            json.member("http_status", life.outcome?.httpStatus)
            json.member("code", life.outcome?.code)
            json.member("carrier", life.outcome?.carrier)
            json.member("answered_at", life.outcome.map { JournalClock.text($0.at) })
            json.member("replay_of", life.outcome?.replayOf?.description)
            json.key("delivered")
            json.bool(life.isDelivered)
            json.key("segments")
            json.array { json in
                for segment in life.outcome?.segments ?? [] { write(segment, to: &json) }
            }
            json.key("late")
            json.array { json in
                for late in life.late { write(late, to: &json) }
            }
            json.key("receipts")
            json.array { json in
                for receipt in life.receipts { write(receipt, to: &json) }
            }
        }
    }

    private static func write(_ segment: SegmentRecord, to json: inout JSONWriter) {
        json.object { json in
            switch segment {
            case .accepted(let id):
                json.member("outcome", "accepted")
                json.member("carrier_id", id)
            case .refused(let status):
                json.member("outcome", "refused")
                json.member("status", CommandStatus(rawValue: status).hex)
            case .unknown(let reason):
                json.member("outcome", "unknown")
                json.member("reason", reason)
            case .notSent: json.member("outcome", "not-sent")
            }
        }
    }

    private static func write(_ late: LateRecord, to json: inout JSONWriter) {
        json.object { json in
            json.member("at", JournalClock.text(late.at))
            json.member("carrier", late.carrier)
            json.member("segment", late.segment)
            json.member("status", CommandStatus(rawValue: late.status).hex)
            json.member("carrier_id", late.carrierID)
        }
    }

    private static func write(_ receipt: ReceiptRecord, to json: inout JSONWriter) {
        json.object { json in
            json.member("at", JournalClock.text(receipt.at))
            json.member("carrier", receipt.carrier)
            json.member("segment", receipt.segment)
            json.member("carrier_id", receipt.carrierID)
            json.member("state", receipt.state)
            json.member("error", receipt.error)
            json.member("delay_ms", receipt.delay)
            json.key("duplicate")
            json.bool(receipt.isDuplicate)
        }
    }
}
