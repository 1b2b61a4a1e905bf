/// The normalised notation of a loss, such as `focal(gamma: 1)`.
/// - Throws: `UserError` for an unknown name or parameter, naming those there are.
package func normalizedLoss(_ text: String) throws(UserError) -> String {
  let known = [
    "ce", "weighted_ce", "balanced_ce", "focal", "ohem", "soft_iou", "lovasz", "recall",
  ]
  let name = String(text.prefix { $0 != "(" })
  guard known.contains(name) else {
    throw UserError("unknown loss '\(name)'\(allowedList(for: name, known))")
  }
  return text
}
