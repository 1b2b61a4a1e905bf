import Experiments
import Losses
import TestSupport
import Testing

@Suite("State of a loss in checkpoints")
struct LossStateTests {
  @Test func everyBitReadsBack() throws {
    let values = [
      0, -0.0, 1, 1.0 / 3, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, .infinity,
      Double(bitPattern: 0x7ff8_0000_0000_0123),
    ]
    let state = try LossState(checkpointed: LossState(values).checkpointed)
    #expect(state.values.map(\.bitPattern) == values.map(\.bitPattern))
  }

  @Test func emptyAndMissingAreAnEmptyState() throws {
    #expect(LossState().checkpointed.isEmpty)
    #expect(try LossState(checkpointed: "") == LossState())
    #expect(try LossState(checkpointed: nil) == LossState())
  }

  @Test(arguments: ["x", "3ff0000000000000 3f f0g", "-1", "10000000000000000"])
  func damageIsAnErrorOfOneLine(text: String) {
    #expect(failure { _ = try LossState(checkpointed: text) } == "the loss's state is damaged")
  }
}
