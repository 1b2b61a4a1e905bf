import Files
import Losses

extension LossState {
  /// The values' bits in hexadecimal, separated by spaces, so that values are restored exactly.
  package var checkpointed: String {
    values.map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
  }

  /// - Parameter text: the stored state; nil, as in checkpoints from before stateful losses, is an
  ///   empty state.
  /// - Throws: `UserError` if the text is damaged.
  package init(checkpointed text: String?) throws(UserError) {
    self.init()
    for word in (text ?? "").split(separator: " ") {
      guard let bits = UInt64(word, radix: 16) else {
        throw UserError("the loss's state is damaged")
      }
      values.append(Double(bitPattern: bits))
    }
  }
}
