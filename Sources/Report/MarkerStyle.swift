/// How a loss is drawn: the colours are Okabe and Ito's, told apart by colour-blind readers too
/// (their yellow, too pale on white, replaced by olive), and no two shapes are the same.
struct MarkerStyle: Hashable {
  /// gnuplot's point type.
  let shape: Int
  /// `RRGGBB` of the marker, and a darker shade for text.
  let color: String
  let textColor: String

  private static let byLoss: [String: MarkerStyle] = [
    "ce": MarkerStyle(shape: 7, color: "000000", textColor: "000000"),
    "weighted_ce": MarkerStyle(shape: 5, color: "0072B2", textColor: "00558A"),
    "balanced_ce": MarkerStyle(shape: 4, color: "56B4E9", textColor: "1F77AC"),
    "focal": MarkerStyle(shape: 9, color: "009E73", textColor: "007455"),
    "ohem": MarkerStyle(shape: 11, color: "999933", textColor: "6B6B1F"),
    "soft_iou": MarkerStyle(shape: 15, color: "E69F00", textColor: "A06E00"),
    "lovasz": MarkerStyle(shape: 14, color: "CC79A7", textColor: "A34B7E"),
    "recall": MarkerStyle(shape: 13, color: "D55E00", textColor: "B04E00"),
  ]
  /// For further series: losses of the user's own, and second variants of a loss.
  private static let further = [(6, "555555"), (8, "882255"), (10, "117733"), (12, "332288")]

  /// One style for each label, in the order of the labels; `bases` are the losses' names.
  static func assign(_ bases: [String]) -> [MarkerStyle] {
    var used: Set<String> = []
    var extra = 0
    return bases.map { base in
      if let style = byLoss[base], used.insert(base).inserted { return style }
      let (shape, color) = further[extra % further.count]
      extra += 1
      return MarkerStyle(shape: shape, color: color, textColor: color)
    }
  }
}
