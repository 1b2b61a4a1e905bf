import Datasets
import Experiments
import Files
import Foundation
import Metrics
import Models
import Report

/// Runs made up for tests, with numbers that can be checked by hand.
enum SyntheticSweep {
  /// A rendered, scaled-down configuration.
  static func configuration(
    _ dataset: DatasetName = .synthia, _ backbone: Backbone = .resnet18, loss: String,
    seed: UInt64, iterations: Int = 300
  ) throws -> RunConfiguration {
    let source =
      dataset == .camvid
      ? #""source": "real""#
      : """
      "source": "rendered",
      "render": {"seed": 7, "train": 60, "validation": 10, "test": 20, "height": 190, "width": 320}
      """
    let json = """
      {"data": {"name": "\(dataset.rawValue)", \(source), "split": "official", "height": 96,
        "width": 160, "augmentation": "flip", "evaluate": "test"},
       "backbone": "\(backbone.rawValue)", "width": 0.25, "loss": "\(loss)",
       "training": {"iterations": \(iterations), "batch": 4, "learningRate": 0.001,
        "checkpoint": "last"},
       "seed": \(seed)}
      """
    return try JSONDecoder().decode(RunConfiguration.self, from: Data(json.utf8))
  }

  /// Four classes of SYNTHIA, three of them in the paper's Table II.
  static let classes = ReportedClasses(
    names: ["road", "pole", "traffic sign", "car"], minority: [1, 2, 3],
    minorityRule: "the classes of the paper's Table II")

  /// True pixels: road 100, pole 100, sign 10, car 40. `poles` of the pole pixels are right, the
  /// others taken for signs; 20 of road are taken for pole, 10 of car for road.
  static func matrix(poles: Int) -> ConfusionMatrix {
    ConfusionMatrix(
      classes: 4,
      counts: [
        80, 20, 0, 0,
        0, poles, 100 - poles, 0,
        0, 0, 10, 0,
        10, 0, 0, 30,
      ])
  }

  static func run(_ configuration: RunConfiguration, _ matrix: ConfusionMatrix) -> ReportedRun {
    ReportedRun(
      configuration: configuration, confusion: matrix, evaluatedImages: 20, seconds: 12.34)
  }

  /// CE with two seeds, recall with one of two, focal failed.
  static func small() throws -> ReportInput {
    ReportInput(
      profile: "quick",
      runs: [
        run(try configuration(loss: "recall", seed: 1), matrix(poles: 90)),
        run(try configuration(loss: "ce", seed: 2), matrix(poles: 70)),
        run(try configuration(loss: "ce", seed: 1), matrix(poles: 50)),
      ],
      failed: [
        FailedRun(
          configuration: try configuration(loss: "focal(gamma: 1, note: x_y)", seed: 1),
          reason: "the loss is not finite")
      ],
      classes: [.synthia: classes])
  }

  /// Focal loss in both variants, with seeds 1 and 2 and a third only in one; CE and a sum in one.
  static func variants() throws -> ReportInput {
    let runs: [(String, UInt64, Int)] = [
      ("focal(gamma: 1)", 1, 50), ("focal(gamma: 1)", 2, 70), ("focal(gamma: 1)", 3, 20),
      ("focal.published(gamma: 1)", 1, 60), ("focal.published(gamma: 1)", 2, 90),
      ("ce", 1, 50), ("recall + 0.5 * lovasz", 1, 80), ("recall.published", 1, 80),
    ]
    return ReportInput(
      profile: "as-published",
      runs: try runs.map { run(try configuration(loss: $0.0, seed: $0.1), matrix(poles: $0.2)) },
      classes: [.synthia: classes])
  }

  /// Eight losses, five of them within a point of each other, with three seeds each.
  static func clustered(_ panels: [(DatasetName, Backbone)]) throws -> ReportInput {
    let recalls: [(String, Double, Double)] = [
      ("ce", 0.612, 0.0), ("weighted_ce", 0.774, 0.21), ("balanced_ce", 0.769, 0.20),
      ("focal(gamma: 1)", 0.616, 0.002), ("ohem(keep: 0.7)", 0.609, 0.003),
      ("soft_iou", 0.619, 0.0),
      ("lovasz", 0.614, 0.004), ("recall", 0.688, 0.05),
    ]
    var runs: [ReportedRun] = []
    for (panel, (dataset, backbone)) in panels.enumerated() {
      for (index, (loss, recall, spill)) in recalls.enumerated() {
        for seed in 1...3 as ClosedRange<UInt64> {
          let jitter = 0.002 * sin(Double(7 * index + 3 * Int(seed) + panel))
          let hits = Int(100_000 * (recall + jitter + 0.03 * Double(panel)))
          let wrong = Int(100_000 * spill)
          let matrix = ConfusionMatrix(
            classes: 4,
            counts: [
              100_000, 0, 0, 0,
              100_000 - hits + wrong, hits, 0, 0,
              100_000 - hits, 2 * wrong, hits, 0,
              0, 100_000 - hits, 3 * wrong, hits,
            ])
          runs.append(run(try configuration(dataset, backbone, loss: loss, seed: seed), matrix))
        }
      }
    }
    return ReportInput(
      profile: "quick", runs: runs,
      classes: [.synthia: classes, .cityscapes: classes, .camvid: classes])
  }

  /// An empty folder of its own, for one test.
  static func folder() throws -> URL {
    let url = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }

  /// Writes the report and returns the text files by name; without gnuplot, all but the pictures.
  static func written(_ input: ReportInput) throws -> [String: String] {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try writeReport(input, to: folder)
    } catch let error as UserError where error.description.contains("not installed") {}
    var files: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where ["csv", "md", "tex", "dat", "gp", "html"].contains(URL(filePath: name).pathExtension) {
      files[name] = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }
    return files
  }
}

extension [String: String] {
  /// What `tables.md` says of a panel, such as `S18`: how its numbers were made.
  func panel(_ id: String) -> String? {
    self["tables.md"]?.components(separatedBy: "\n").first { $0.hasPrefix("| \(id) | ") }
  }

  /// A table's part of `tables.md`, of files by name.
  func markdown(of slug: String) -> String? {
    self["tables.md"]?.components(separatedBy: "\n## ").first {
      $0.contains("`tables/\(slug).csv`")
    }
  }
}
