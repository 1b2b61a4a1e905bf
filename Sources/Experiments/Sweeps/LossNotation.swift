import Files
import Losses

/// Returns the normalized notation of a loss, such as `focal(gamma: 1)`, so that two ways to write
/// the same loss give the same run.
/// - Throws: `UserError` for an unknown name or parameter, listing the known ones.
package func normalizedLoss(_ text: String) throws(UserError) -> String {
  let notation = try LossSpecification(checking: text).description
  // With the defaults filled in, it is longer, and runs are stored under it.
  try checkLossLength(notation)
  return notation
}

extension LossSpecification {
  /// Parses what a user wrote, however long.
  /// - Throws: `UserError` that says where the mistake is, with the beginning of a long loss.
  package init(checking text: String) throws(UserError) {
    try checkLossLength(text)
    do throws(UserError) { try self.init(parsing: text) } catch {
      throw error.withShortQuotations
    }
  }
}

/// - Throws: `UserError` if a loss, built-in or not, is longer than runs can store.
func checkLossLength(_ text: String) throws(UserError) {
  let (length, most) = (text.utf8.count, RunLimits.notation.upperBound)
  guard length > most else { return }
  throw UserError("a loss of \(length) bytes is too long; at most \(most): \"\(excerpt(text))\"")
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
