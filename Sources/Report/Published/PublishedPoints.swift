import Datasets
import Models

/// Losses in the plane of the scatter figure, mean IoU and mean accuracy over all classes, as the
/// paper draws them or its authors logged them.
package struct PublishedPoints {
  package struct Loss: Sendable {
    /// The name in RecallBench.
    package let base: String
    /// Percent: of each run.
    package let runs: [(miou: Double, macc: Double)]

    var miou: Double { runs.reduce(0) { $0 + $1.miou } / Double(runs.count) }
    var macc: Double { runs.reduce(0) { $0 + $1.macc } / Double(runs.count) }
  }

  /// Such as `Fig. 1`, for headings.
  package let source: String
  /// In anchors and data files.
  let slug: String
  package let dataset: DatasetName
  package let backbone: Backbone
  /// What they are and where they are from, without a full stop.
  let origin: String
  /// What the page says of a mark.
  let mark: String
  package let losses: [Loss]

  /// Whatever the architecture: the paper names DeepLabV3, its authors' code builds v3+.
  static func of(_ panel: PanelKey) -> [PublishedPoints] {
    all.filter { $0.dataset == panel.dataset && $0.backbone == panel.network.backbone }
  }

  package static let all = [figureOne, logs]

  package static let figureOne = PublishedPoints(
    source: "Fig. 1", slug: "fig1", dataset: .synthia, backbone: .resnet18,
    origin: "the paper's Fig. 1, read off its picture to 0.05 points (results/published-fig1.csv); "
      + "means over 14 classes, void as one of them; one run each",
    mark: "read off the paper's Fig. 1",
    losses: [
      ("balanced_ce", 74.19, 96.45), ("weighted_ce", 76.04, 96.2), ("soft_iou", 81.07, 89.08),
      ("lovasz", 78.64, 88.58), ("ce", 80.26, 84.73), ("ohem", 64.37, 78.34),
      ("recall", 81.43, 92.33), ("focal", 80.71, 85.78),
    ].map { Loss(base: $0.0, runs: [(miou: $0.1, macc: $0.2)]) })

  /// As long as the paper trains on SYNTHIA.
  private static let loggedIterations = 100_000

  package static let logs = PublishedPoints(
    source: "the authors' logs", slug: "logs", dataset: .synthia, backbone: .resnet101,
    origin: "the authors' logs of DeepLab with ResNet-101 after \(loggedIterations) iterations "
      + "(results/authors-resnet101-log.csv), trained on four conditions of the sequence and "
      + "validated on one; means over 14 classes, void as one of them; Weighted CE twice, since "
      + "max/frequency and median/frequency are one loss",
    mark: "from the authors' logs",
    losses: ["ce", "weighted_ce"].map { base in
      Loss(
        base: base,
        runs: AuthorsLog.all.filter { $0.base == base }.compactMap { log in
          log.iterations.firstIndex(of: loggedIterations).map {
            (miou: log.meanIoU[$0], macc: log.meanAccuracy[$0])
          }
        })
    })
}
