/// A score of a class in 0...1, computed from the class's outcomes: the one definition behind tables,
/// statistics, `summary.csv`, the page, claims and score sheets.
///
/// To add a metric, define a value here and list it in `named`; every view then shows it.
///
/// A metric whose denominator is 0 is undefined (nil), never 0 or 1, and a mean over classes leaves
/// undefined ones out (docs/policy.md), as the official Cityscapes evaluation does for IoU.
package struct Metric: Sendable {
  /// The name in CSV and JSON, such as `iou`.
  package let name: String
  /// The name inside a sentence, such as `IoU`.
  package let title: String
  /// When a class has no value; the text follows "where a class".
  package let undefined: String
  private let formula: @Sendable (ClassOutcomes) -> Double?

  package init(
    name: String, title: String, undefined: String,
    formula: @escaping @Sendable (ClassOutcomes) -> Double?
  ) {
    (self.name, self.title, self.undefined, self.formula) = (name, title, undefined, formula)
  }

  /// What the recall loss paper calls accuracy: TP / (TP + FN), the class's recall.
  package static let accuracy = Metric(
    name: "accuracy", title: "accuracy", undefined: "does not occur"
  ) { $0.recall }

  /// TP / (TP + FP + FN), the intersection over union, also called Jaccard index.
  package static let iou = Metric(
    name: "iou", title: "IoU", undefined: "neither occurs nor is predicted"
  ) { $0.jaccard }

  /// TP / (TP + FP).
  package static let precision = Metric(
    name: "precision", title: "precision", undefined: "is never predicted"
  ) { $0.precision }

  /// 2 TP / (2 TP + FP + FN), which is F1. Its mean is the mean of the classes' F1, not the F1 of
  /// mean precision and mean recall.
  package static let dice = Metric(
    name: "dice", title: "Dice", undefined: "neither occurs nor is predicted"
  ) { $0.dice }

  /// TP / (TP + alpha FP + beta FN); see `ClassOutcomes.tversky`.
  package static func tversky(alpha: Double, beta: Double) -> Metric {
    Metric(
      name: "tversky", title: "Tversky (\(alpha), \(beta))", undefined: "has the denominator 0"
    ) { $0.tversky(alpha: alpha, beta: beta) }
  }

  /// Every metric under each name that files of scores give it, in the order of their columns.
  /// Recall is the paper's accuracy and F1 is Dice; both names are written, so that readers need
  /// not know.
  package static let named: [(name: String, metric: Metric)] = [
    ("accuracy", accuracy), ("iou", iou), ("precision", precision), ("recall", accuracy),
    ("dice", dice), ("f1", dice),
  ]

  /// In the order of tables.
  package static let all = named.filter { $0.name == $0.metric.name }.map(\.metric)

  /// The two that the paper reports. LaTeX tables print these, the scatter figure draws them, and
  /// the mark for "not distinguishable" is about them.
  package static let ofPaper = [accuracy, iou]

  /// nil where undefined.
  package func callAsFunction(_ outcomes: ClassOutcomes) -> Double? { formula(outcomes) }

  /// The value of each class by id; nil where undefined, and for ignored ids.
  package func perClass(_ counts: some ClassCounts) -> [Double?] {
    (0..<counts.classes).map { counts.outcomes(of: $0).flatMap(formula) }
  }

  /// Over all classes for which it is defined; nil if there are none.
  package func mean(_ counts: some ClassCounts) -> Double? { ClassMean(self)(counts) }
}

extension Metric: Hashable {
  package static func == (a: Metric, b: Metric) -> Bool { (a.name, a.title) == (b.name, b.title) }
  package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
