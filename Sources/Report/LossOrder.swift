/// A loss in its normalised notation, such as `focal(gamma: 1)`, ordered as tables list it.
struct LossName: Hashable, Comparable {
  /// The order of tables; a loss not named here follows, alphabetically.
  static let canonical = [
    "ce", "weighted_ce", "balanced_ce", "focal", "ohem", "soft_iou", "lovasz", "recall",
  ]

  let notation: String

  /// The notation up to its parameters.
  var base: String { String(notation.prefix { $0 != "(" }) }

  private var rank: Int { Self.canonical.firstIndex(of: base) ?? Self.canonical.count }

  static func < (a: LossName, b: LossName) -> Bool {
    (a.rank, a.base, a.notation) < (b.rank, b.base, b.notation)
  }
}
