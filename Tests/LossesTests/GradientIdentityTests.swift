import Losses
import Testing

@Suite("Gradient identity (section III-B)") struct GradientIdentityTests {
  @Test func holdsForTheRecallLoss() throws {
    let identity = try GradientIdentity { RecallLoss() }
    #expect(identity.holds && identity.deviation < 1e-5 && identity.deviation > 0)
  }

  /// What the check would say of a loss without the property.
  @Test func failsForOtherLosses() throws {
    #expect(try !GradientIdentity { CrossEntropyLoss() }.holds)
    #expect(try GradientIdentity { FocalLoss(gamma: 1) }.deviation > 0.01)
  }

  @Test func isMeasuredWhereItIsClaimed() throws {
    func findings(_ loss: String) throws -> [ConformanceFinding] {
      try LossConformance(LossSpecification(parsing: loss)).check()
        .filter { $0.property == "equations (7) and (8)" }
    }
    #expect(try findings("recall").map(\.outcome) == [.pass])
    #expect(try findings("recall(momentum: 0.5)").isEmpty)
    #expect(try findings("focal").isEmpty)
  }
}
