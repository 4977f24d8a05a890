/// What a node that a form is passed on to is given of the time in which the form must be answered.
package enum PassingTime {
    /// For the reply's way back.
    package static let margin = Duration.milliseconds(100)
    /// With less than this no carrier answers: nothing is passed on.
    package static let least = Duration.milliseconds(250)

    /// The other node's time in milliseconds; nil: there is not enough for it.
    ///
    /// - Parameter left: until the reply is due here.
    package static func milliseconds(of left: Duration) -> Int? {
        let time = left - margin
        guard time >= least else { return nil }
        return Int(time / .milliseconds(1))
    }
}
