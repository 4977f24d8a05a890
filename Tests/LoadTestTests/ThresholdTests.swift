import LoadTest
import Testing

@Suite struct ThresholdTests {
    @Test(arguments: [
        ("p99>50ms", Threshold.Metric.time(.response, .percentile(99)), 50.0, "more"),
        ("p99.9 >= 1.5s", .time(.response, .percentile(99.9)), 1_500, "atLeast"),
        ("service.p50<200us", .time(.service, .percentile(50)), 0.2, "less"),
        ("receipt.max>10s", .time(.receipt, .maximum), 10_000, "more"),
        ("mean!=3ms", .time(.response, .mean), 3, "different"),
        ("min<=3ms", .time(.response, .minimum), 3, "atMost"),
        ("errors>0.1%", .percent(.errors), 0.1, "more"),
        ("errors>0", .count(.errors), 0, "more"),
        ("rate<200/s", .rate, 200, "less"),
        ("sent_rate<200", .sentRate, 200, "less"),
        ("missing_receipts>1%", .percent(.missingReceipts), 1, "more"),
        ("lost==1", .count(.lost), 1, "equal"),
        ("false>0", .count(.false), 0, "more"),
    ])
    func reads(text: String, metric: Threshold.Metric, limit: Double, comparison: String) throws {
        let threshold = try Threshold(text)
        #expect(threshold.metric == metric)
        #expect(abs(threshold.limit - limit) < 1e-9)
        #expect("\(threshold.comparison)" == comparison)
        #expect(threshold.text == text)
    }

    @Test(arguments: [
        ("", "there is no >"), ("p99", "there is no >"), ("p99>", "no number"), ("p99>x", "no number"),
        ("p99>50", "needs a unit"), ("p99>50min", "needs a unit"), ("p0>1ms", "not known"), ("p101>1ms", "not known"),
        ("q99>1ms", "not known"), (">5", "not known"), ("errors>5ms", "no unit ms"), ("lost>5%", "not a share"),
        ("rate>5%", "unit is /s"), ("p99>1..5ms", "no number"), ("p99!50ms", "there is no >"), ("p>1ms", "not known"),
    ])
    func refuses(text: String, reason: String) {
        let error = #expect(throws: Threshold.Problem.self) { try Threshold(text) }
        #expect(error.map { "\($0)".contains(reason) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func decides() throws {
        #expect(try Threshold("p99>50ms").isBroken(by: 50.1))
        #expect(try !Threshold("p99>50ms").isBroken(by: 50))
        #expect(try Threshold("rate<200/s").isBroken(by: 199))
        #expect(try Threshold("errors>=1").isBroken(by: 1))
        #expect(try !Threshold("errors!=1").isBroken(by: 1))
    }
}
