import Files
import Metrics
import Statistics

extension PanelComparisons {
  /// Whether plain cross-entropy finds a class as well as the others, and weighting does not help it.
  /// The numbers say what the authors' own numbers make of it; they decide nothing.
  func judgeEasy(_ name: String) -> Finding {
    guard let id = trainingID(name, panel.classes) else {
      return .untested("there is no class \(name)")
    }
    let accuracy = ClassMean(.accuracy, over: [id], named: name)
    var finding = Finding.all(
      [easiness(accuracy)] + judge(["recall"], from: "ce", accuracy, Rule.notBetter))
    finding.numbers += theirs(name)
    return finding
  }

  /// Cross-entropy's accuracy of the class against its mean accuracy.
  private func easiness(_ accuracy: ClassMean) -> Finding {
    guard let ce = loss("ce"), let runs = resampled(ce) else { return .untested("no run of ce") }
    let ordered = runs.sorted { $0.key < $1.key }.map(\.value)
    let difference = Estimate(accuracy, minus: .meanAccuracy, of: ordered).map {
      PairedDifference(estimate: $0, adjusted: $0.pValue)
    }
    return Rule.notWorse(difference, "ce, \(accuracy.title) - mean accuracy")
  }

  private func theirs(_ name: String) -> [String] {
    guard let log = AuthorsLog.all.first(where: { $0.base == "ce" }),
      let last = log.iterations.indices.last, let iou = log.iou[name]
    else { return [] }
    let table = PublishedTable.tableTwo
    let accuracies = ["ce", "recall"].compactMap { base -> String? in
      guard let row = table.rows.first(where: { $0.base == base }),
        let column = table.classes(.corrected).firstIndex(of: name)
      else { return nil }
      return "\(base) \(fixed(row.accuracy[column], 2))"
    }
    return [
      "the authors' own: their logs of ce (ResNet-101) have an IoU of \(name) of "
        + "\(fixed(iou[last], 2)), below the mean of \(fixed(log.meanIoU[last], 2)), after "
        + "\(log.iterations[last]) iterations; Table \(table.number), its headings swapped, an "
        + "accuracy of \(name) of \(accuracies.joined(separator: " and "))"
    ]
  }
}
