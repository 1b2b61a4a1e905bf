/// How a loss is drawn: the colors are Okabe and Ito's, told apart by color-blind readers too
/// (their yellow, too pale on white, replaced by olive), and no two shapes are the same. A published
/// variant has its loss's color and the shape's hollow twin (or filled, where the loss's is hollow).
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
  /// gnuplot's shapes come in pairs: squares 4 and 5, circles 6 and 7, and so on to pentagons 14, 15.
  var twin: MarkerStyle {
    MarkerStyle(shape: shape > 3 ? shape ^ 1 : shape, color: color, textColor: textColor)
  }

  /// For further series: losses of the user's own, sums, and other parameters of a loss. Gray comes
  /// last, since the curve of corrected priors is gray.
  private static let further = [
    (12, "332288"), (8, "882255"), (10, "117733"), (6, "AA4499"), (2, "44AA99"), (3, "661100"),
    (4, "6699CC"), (1, "555555"),
  ]

  /// One style for each label, in the order of the labels.
  static func assign(_ losses: [LossName]) -> [MarkerStyle] {
    var used: Set<String> = []
    var extra = 0
    return losses.map { loss in
      if let style = byLoss[loss.family], used.insert(loss.base).inserted {
        return loss.isPublished ? style.twin : style
      }
      let (shape, color) = further[extra % further.count]
      let style = MarkerStyle(shape: shape, color: color, textColor: color)
      extra += 1
      return (extra - 1) / further.count % 2 == 0 ? style : style.twin
    }
  }
}
