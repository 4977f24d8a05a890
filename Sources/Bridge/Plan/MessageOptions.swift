import Intake
package import Settings

/// What a message is beside its text: the account's, or the form's where the account allows that.
package struct MessageOptions: Equatable, Sendable {
    /// 0 (flash) to 3 (3GPP TS 23.038 §4); nil = none.
    var messageClass: UInt8?
    /// How long it is worth delivering, in seconds; nil = as the carrier's file says.
    var validity: Int64?
    /// What a form may ask for.
    var formFields: Set<OptionalFormField>

    package init(
        messageClass: UInt8? = nil, validity: Int64? = nil, formFields: Set<OptionalFormField> = []
    ) {
        self.messageClass = messageClass
        self.validity = validity
        self.formFields = formFields
    }

    /// With what a form asks for.
    ///
    /// - Throws: `bad_class` or `bad_validity`.
    func with(_ form: FormOptions) throws(ReplyCode) -> MessageOptions {
        guard !formFields.isEmpty else { return self }
        var options = self
        if formFields.contains(.messageClass), !form.messageClass.isEmpty {
            guard let messageClass = Self.messageClass(form.messageClass) else { throw .badClass }
            options.messageClass = messageClass
        }
        if formFields.contains(.validity), !form.validity.isEmpty {
            guard let validity = Self.seconds(form.validity) else { throw .badValidity }
            options.validity = validity
        }
        return options
    }

    private static func messageClass(_ text: String) -> UInt8? {
        text == "flash" ? 0 : UInt8(text).flatMap { $0 <= 3 ? $0 : nil }
    }

    /// As a carrier's file has it: `90s`, `15m`, `4h`, `2d`, from a minute to 30 days.
    private static func seconds(_ text: String) -> Int64? {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }),
            let number = Int64(text.dropLast()), (1...2_592_000).contains(number)
        else { return nil }
        let seconds = number * unit
        return (60...2_592_000).contains(seconds) ? seconds : nil
    }
}
