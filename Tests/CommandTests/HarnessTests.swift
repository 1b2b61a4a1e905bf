import RecallBench
import Testing

/// The library's one entry, with losses that it refuses.
@Suite struct HarnessTests {
  private static func descriptor(
    _ name: String, _ parameters: [LossParameter] = []
  ) -> LossDescriptor {
    LossDescriptor(
      name: name, title: "", formula: "", reduction: "", absentClasses: "", source: "",
      parameters: parameters
    ) { _ in Nothing() }
  }

  private struct Nothing: Loss {
    func evaluate(_ input: LossInput) -> LossResult { .zero(input) }
  }

  private func line(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func takenNameEndsTheProgram() async {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) { Harness.run(losses: [Self.descriptor("mine"), Self.descriptor("focal")]) }
    #expect(line(result) == "error: there is already a loss named focal; choose another name\n")
  }

  @Test func lossGivenTwiceEndsTheProgram() async {
    let result = await #expect(
      processExitsWith: .exitCode(1), observing: [\.standardErrorContent]
    ) { Harness.run(losses: [Self.descriptor("mine"), Self.descriptor("mine")]) }
    #expect(line(result) == "error: there is already a loss named mine; choose another name\n")
  }

  @Test(arguments: [
    (
      descriptor("My-loss"),
      "\"My-loss\" is not a valid loss name: use a lowercase letter, then lowercase letters, "
        + "digits and _"
    ),
    (
      descriptor("", []),
      "\"\" is not a valid loss name: use a lowercase letter, then lowercase letters, digits and _"
    ),
    (
      descriptor("mine", [.init(name: "a-b", defaultValue: 1, range: .atLeast(0), meaning: "")]),
      "loss mine: \"a-b\" is not a valid parameter name; use a letter, then letters, digits and _"
    ),
    (
      descriptor(
        "mine",
        [
          .init(name: "a", defaultValue: 1, range: .atLeast(0), meaning: ""),
          .init(name: "a", defaultValue: 2, range: .atLeast(0), meaning: ""),
        ]), "loss mine: there are two parameters named a"
    ),
    (
      descriptor("mine", [.init(name: "a", defaultValue: 1, range: .over(1), meaning: "")]),
      "loss mine: the default of a is 1, but it must be above 1"
    ),
  ])
  func descriptorThatCouldNotBeReadBackIsRefused(
    _ descriptor: LossDescriptor, _ message: String
  ) {
    let error = #expect(throws: UserError.self) { try LossRegistry.register(descriptor) }
    #expect(error?.description == message)
  }

  @Test func conformanceTestTakesOnlyParametersOfTheCard() throws {
    let parameter = LossParameter(name: "a", defaultValue: 1, range: .over(0), meaning: "")
    let descriptor = Self.descriptor("mine", [parameter])
    func problem(_ values: [String: Double]) -> String? {
      let error = #expect(throws: UserError.self) {
        try LossConformance(descriptor, values: values).check()
      }
      return error?.description
    }
    #expect(problem(["b": 1]) == "loss mine has no parameter b")
    #expect(problem(["a": 0]) == "loss mine: a must be above 0, not 0")
    let failed = try LossConformance(descriptor, values: ["a": 2]).check()
      .filter { $0.outcome == .fail }
    #expect(failed.map(\.property) == ["gradient", "divergence shows"])
  }
}
