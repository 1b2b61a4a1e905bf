import Losses
import Report
import Testing

@Suite("Gradient identity (section III-B)") struct GradientIdentityTests {
  @Test func holdsForTheRecallLoss() {
    let identity = GradientIdentity()
    #expect(identity.holds && identity.deviation < 1e-5 && identity.deviation > 0)
  }

  /// What the check would say of a loss without the property.
  @Test func failsForOtherLosses() {
    #expect(!GradientIdentity(of: CrossEntropyLoss()).holds)
    #expect(GradientIdentity(of: FocalLoss(gamma: 1)).deviation > 0.01)
  }
}
