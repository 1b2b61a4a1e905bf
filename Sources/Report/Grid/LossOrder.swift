/// A loss in its normalized notation, such as `focal(gamma: 1)`, `ohem.published(keep: 0.7)` or
/// `recall + 0.5 * lovasz`, ordered as tables list it: each loss of the paper followed by its
/// published variant, then the others by name, sums last.
struct LossName: Hashable, Comparable {
  /// The order of tables; a loss not named here follows, alphabetically.
  static let canonical = [
    "ce", "weighted_ce", "balanced_ce", "focal", "ohem", "soft_iou", "lovasz", "recall",
  ]
  private static let published = ".published"

  let notation: String

  /// Whether several losses are added, or one has a weight.
  var isSum: Bool { notation.contains(" * ") || notation.contains(" + ") }

  /// Whether the predictions have their prior corrected, as `ce @ 0.5`.
  var isCorrected: Bool { notation.contains(" @ ") }

  /// The notation up to its parameters, such as `focal` or `focal.published`; all of a sum's, and of
  /// one with corrected predictions.
  var base: String {
    isSum || isCorrected ? notation : String(notation.prefix { $0 != "(" })
  }

  /// The base without the variant: what `focal` and `focal.published` share.
  var family: String { base.replacing(Self.published, with: "") }

  /// In pictures: the paper's word for one of its losses, `Weighted CE` for `weighted_ce`, and for another
  /// one its notation. The variant of the authors' code is marked by `(published)`.
  /// - Parameter withParameters: whether parameters are named, too.
  func title(withParameters: Bool) -> String {
    guard !isSum, !isCorrected, let word = Self.words[family] else {
      return (withParameters ? notation : base).replacing(Self.published, with: ".pub")
    }
    return word + (isPublished ? " (published)" : "")
      + (withParameters ? String(notation.dropFirst(base.count)) : "")
  }

  /// The paper's words, in sections IV-A and IV-B.
  private static let words = [
    "ce": "CE", "weighted_ce": "Weighted CE", "balanced_ce": "Balanced CE", "focal": "Focal",
    "ohem": "OHEM", "soft_iou": "SoftIoU", "lovasz": "Lovász", "recall": "Recall",
  ]

  /// Whether this is, or a sum contains, what the authors' code computes.
  var isPublished: Bool { base.contains(Self.published) }

  /// The same notation without `.published`.
  var canonicalTwin: LossName { LossName(notation: notation.replacing(Self.published, with: "")) }

  private var rank: Int {
    (Self.canonical.firstIndex(of: family) ?? Self.canonical.count) + (isSum ? 1 : 0)
  }

  static func < (a: LossName, b: LossName) -> Bool { a.key < b.key }

  private var key: (Int, String, String, Int, String) {
    (rank, family, canonicalTwin.notation, isPublished ? 1 : 0, notation)
  }
}
