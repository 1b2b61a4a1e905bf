import Statistics

/// How far two runs of one setting of the authors' lie apart by chance, estimated from the two
/// reruns of weighted cross-entropy in their logs (ResNet-101, SYNTHIA), at the iterations that
/// both have. Nothing nearer to their other settings is known.
struct RerunNoise: Hashable {
  /// The differences of the two reruns, points, without sign, ascending.
  let differences: [Double]

  private init(_ quantity: (AuthorsLog) -> [Double]) {
    let (a, b) = AuthorsLog.reruns
    let common = zip(zip(a.iterations, quantity(a)), zip(b.iterations, quantity(b)))
    differences = common.filter { $0.0.0 == $0.1.0 }.map { abs($0.0.1 - $0.1.1) }.sorted()
  }

  static let meanAccuracy = RerunNoise(\.meanAccuracy)
  static let meanIoU = RerunNoise(\.meanIoU)

  /// The IoU of classes by the names in our table, averaged over them; nil where one is not logged.
  static func iou(of classes: [String]) -> RerunNoise? {
    let (a, b) = AuthorsLog.reruns
    guard !classes.isEmpty, classes.allSatisfy({ a.iou[$0] != nil && b.iou[$0] != nil }) else {
      return nil
    }
    return RerunNoise { log in
      log.iterations.indices.map { index in
        classes.reduce(0) { $0 + (log.iou[$1]?[index] ?? 0) } / Double(classes.count)
      }
    }
  }

  private var rootMeanSquare: Double {
    let squares = differences.reduce(0) { $0 + $1 * $1 }
    return (squares / Double(differences.count)).squareRoot()
  }

  /// Of a single run, points: the difference of two has twice its variance.
  var deviation: Double { rootMeanSquare / 2.0.squareRoot() }

  /// Points: 95 % of the differences of two reruns are expected to be smaller; Student's t with as
  /// many degrees of freedom as there are differences.
  var reach: Double {
    StudentT(degreesOfFreedom: Double(differences.count)).bound(twoSidedTail: 0.05)
      * rootMeanSquare
  }

  func covers(_ difference: Double) -> Bool { abs(difference) <= reach }
}
