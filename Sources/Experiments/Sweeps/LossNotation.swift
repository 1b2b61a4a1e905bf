import Files
import Losses

/// Returns the normalized notation of a loss, such as `focal(gamma: 1)`, so that two ways to write
/// the same loss give the same run.
/// - Throws: `UserError` for an unknown name or parameter, listing the known ones.
package func normalizedLoss(_ text: String) throws(UserError) -> String {
  try LossSpecification(parsing: text).description
}

/// Splits a comma-separated list of losses; commas inside parentheses are part of a loss.
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
