import Files
import Losses

/// The normalized notation of a loss, such as `focal(gamma: 1)`: two ways to write the same loss
/// give the same run.
/// - Throws: `UserError` for an unknown name or parameter, naming those there are.
package func normalizedLoss(_ text: String) throws(UserError) -> String {
  try LossSpecification(parsing: text).description
}

/// The losses of a comma-separated list; commas inside parentheses belong to a loss.
package func splitLosses(_ list: String) -> [String] {
  var losses = [""]
  var depth = 0
  for character in list {
    if character == "(" { depth += 1 }
    if character == ")" { depth -= 1 }
    if character == ",", depth <= 0 {
      losses.append("")
    } else {
      losses[losses.count - 1].append(character)
    }
  }
  return losses.map { $0.trimmingPrefix { $0 == " " } }.map(String.init)
}
