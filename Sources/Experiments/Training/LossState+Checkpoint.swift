import Files
import Losses

extension LossState {
  /// The values' bits in hexadecimal, parted by blanks: a number read back is the same to the bit.
  package var checkpointed: String {
    values.map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
  }

  /// - Parameter text: nil, as in checkpoints of before there were such losses, is an empty state.
  /// - Throws: `UserError` if it is damaged.
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
