import Metrics

/// The scores that are written out for a class, and for the mean over the classes where each is
/// defined. Recall is the paper's accuracy and F1 is Dice: both names are written, so that nobody
/// has to know.
struct ClassScores: Hashable, Sendable, Encodable {
  var accuracy: Double?
  var iou: Double?
  var precision: Double?
  var dice: Double?

  /// In the order of tables.
  static let names = ["accuracy", "iou", "precision", "recall", "dice", "f1"]
  var values: [Double?] { [accuracy, iou, precision, accuracy, dice, dice] }

  /// Of a class that is scored.
  init(_ outcomes: ClassOutcomes) {
    (accuracy, iou) = (outcomes.recall, outcomes.jaccard)
    (precision, dice) = (outcomes.precision, outcomes.dice)
  }

  init(meanOf confusion: ConfusionMatrix) {
    (accuracy, iou) = (confusion.meanAccuracy, confusion.meanIoU)
    (precision, dice) = (confusion.meanPrecision, confusion.meanDice)
  }

  func encode(to encoder: any Encoder) throws {
    try Dictionary(uniqueKeysWithValues: zip(Self.names, values)).encode(to: encoder)
  }
}
