package import SMPP

extension IntakeReply {
    /// The reply to a form that cannot be read: its field is named in the status line, too, which is all that some clients show.
    package init(_ problem: FormProblem, language: Language) {
        self.init(problem.code, language: language, detail: problem.field)
        switch (problem, language) {
        case (.loginAndKey, .ru): message = "Переданы и логин, и ключ. Оставьте что-то одно."
        case (.loginAndKey, .en): message = "Both login and key were sent. Leave one of them."
        case (.missing, _), (.duplicate, _), (.tooLong, _), (.encoding, _): break
        }
        if let field = problem.field { reason += " " + field }
    }
}
