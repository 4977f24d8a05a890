import HTTPService
import NIOCore

/// `POST /fault` with the form field `action`, an action of `--fault`, and, if it is to end by itself, `for`, a time:
/// it happens to all messages from now on. Without `action` it ends.
enum FaultPage {
    static func answer(
        _ context: SimulatorContext, _ request: HTTPServerRequest, _ eventLoop: any EventLoop
    ) -> EventLoopFuture<HTTPServerResponse> {
        guard let fields = request.form else {
            return eventLoop.makeSucceededFuture(.text("the body is no form", status: 400))
        }
        do throws(OptionProblem) {
            guard let text = fields["action"], !text.isEmpty else {
                context.faultSwitch.set(nil)
                return eventLoop.makeSucceededFuture(.text("off"))
            }
            let action = try FaultAction(parsing: text)
            var until: NIODeadline?
            if let time = fields["for"] { until = .now() + TimeAmount(try OptionText.time(time)) }
            context.faultSwitch.set(action, until: until)
            return eventLoop.makeSucceededFuture(.text(action.description))
        } catch {
            return eventLoop.makeSucceededFuture(.text(error.description, status: 400))
        }
    }
}
