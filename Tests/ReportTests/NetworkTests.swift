import Datasets
import Experiments
import Files
import Foundation
import Models
import Report
import Testing

/// Runs of several architectures and backbones in one report.
@Suite struct NetworkTests {
  private static func configuration(
    _ architecture: Architecture, _ backbone: Backbone, seed: UInt64 = 1
  ) throws -> RunConfiguration {
    var configuration = try SyntheticSweep.configuration(
      .synthia, backbone, loss: "recall", seed: seed)
    configuration.architecture = architecture == .deeplabv3 ? nil : architecture
    return configuration
  }

  private static let networks: [(Architecture, Backbone)] = [
    (.deeplabv3plus, .resnet18Authors), (.deeplabv3, .resnet101), (.deeplabv3plus, .resnet18),
    (.deeplabv3, .resnet18), (.deeplabv3, .resnet18Authors),
  ]

  /// `poles` right of 100, another number for each network.
  private static func input() throws -> ReportInput {
    ReportInput(
      profile: "networks",
      runs: try networks.enumerated().map { index, network in
        SyntheticSweep.run(
          try configuration(network.0, network.1), SyntheticSweep.matrix(poles: 50 + 10 * index))
      }, classes: [.synthia: SyntheticSweep.classes])
  }

  private func lines(_ text: String?) throws -> [String] {
    try #require(text).split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
  }

  @Test func everyNetworkHasItsTableAndIsNotAveragedWithAnother() throws {
    let files = try SyntheticSweep.written(Self.input())
    for (slug, pole) in [
      ("deeplabv3plus-resnet18_authors", "50.00"), ("resnet101", "60.00"),
      ("deeplabv3plus-resnet18", "70.00"), ("resnet18", "80.00"), ("resnet18_authors", "90.00"),
    ] {
      let rows = try lines(files["tables/synthia-\(slug)-minority.csv"])
      #expect(rows[1].hasPrefix("accuracy,recall,75.00,,100.00,,\(pole),,"), "\(slug)")
    }
  }

  @Test func headingsNameTheNetworkInOrder() throws {
    let page = try #require(try SyntheticSweep.written(Self.input())["tables.md"])
    let headings = page.split(separator: "\n").filter {
      $0.hasPrefix("## ") && $0.contains("of the minority classes")
    }
    #expect(
      headings
        == [
          "S18", "S18a", "S101", "S18+", "S18a+",
        ].map { id in
          // The paper's table is of ResNet-18, whatever the architecture.
          "## \(id): scores of the minority classes"
            + (["S18", "S18+"].contains(id) ? " (the paper's Table II)" : "")
        })
    for (id, name) in [
      ("S18", "ResNet-18"), ("S18a", "ResNet-18 (authors', bottlenecks)"), ("S101", "ResNet-101"),
      ("S18+", "DeepLab v3+ ResNet-18"), ("S18a+", "DeepLab v3+ ResNet-18 (authors', bottlenecks)"),
    ] {
      #expect(page.contains("\n| \(id) | SYNTHIA (rendered stand-in), \(name) |"))
    }
    #expect(page.contains("; DeepLab v3+ ResNet-18 (authors', bottlenecks) at width multiplier"))
  }

  /// The paper's figures are said to be of ResNet-18; neither other backbone gets them.
  @Test func publishedRowsStandWithResNet18Alone() throws {
    let files = try SyntheticSweep.written(Self.input())
    for (slug, published) in [
      ("resnet18", true), ("deeplabv3plus-resnet18", true), ("resnet18_authors", false),
      ("deeplabv3plus-resnet18_authors", false), ("resnet101", false),
    ] {
      let table = try #require(files.markdown(of: "synthia-\(slug)-minority"))
      #expect(table.contains("Recall (paper)") == published, "\(slug)")
      #expect(table.contains("builds ResNet-18 of bottlenecks") == published, "\(slug)")
    }
  }

  @Test func summaryTellsArchitectureAndBackbone() throws {
    let rows = try lines(try SyntheticSweep.written(Self.input())["summary.csv"])
    #expect(
      rows.dropFirst().map { $0.split(separator: ",")[2...3].joined(separator: " ") } == [
        "deeplabv3 resnet18", "deeplabv3 resnet18_authors", "deeplabv3 resnet101",
        "deeplabv3plus resnet18", "deeplabv3plus resnet18_authors",
      ])
  }

  /// An earlier report's tables go when its runs are no longer there.
  @Test func tablesOfNetworksThatAreGoneAreRemoved() throws {
    let folder = try SyntheticSweep.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    func write(_ input: ReportInput) throws {
      do { try writeReport(input, to: folder) } catch let error as UserError
        where error.description.contains("not installed")
      {}
    }
    var input = try Self.input()
    try write(input)
    input.runs.removeAll { $0.configuration.architecture != nil }
    try write(input)
    let tables = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "tables").path)
    #expect(!tables.contains { $0.contains("deeplabv3plus") })
    #expect(tables.contains("synthia-resnet18_authors-all.csv"))
  }

  /// What remains to tell when `benchmarks/sweeps/paper.yml` is run: crops in training, whole images in
  /// evaluation, and which of the two networks that the paper stands for was trained.
  @Test(arguments: [
    (Architecture.deeplabv3, "DeepLabV3"), (.deeplabv3plus, "DeepLab v3+"),
  ])
  func paperProfileNamesNetworkAndEvaluationSize(
    architecture: Architecture, title: String
  ) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    var sweep = try Sweep(contentsOf: root.appending(path: "benchmarks/sweeps/paper.yml"))
    sweep.architecture = architecture
    let input = ReportInput(
      profile: "paper", runs: [], planned: sweep.runs,
      classes: [.synthia: SyntheticSweep.classes, .cityscapes: SyntheticSweep.classes])
    let files = try SyntheticSweep.written(input)
    let cityscapes = try #require(files.panel("C18"))
    #expect(
      cityscapes.contains(
        "; input 769x769, evaluated at 1024x2048; scored at 1024x2048; \(title) ResNet-18 at"))
    let difference =
      "network \(title), corners not aligned (the paper: DeepLabV3 by its text, "
      + "DeepLab v3+ with aligned corners by its authors' code); "
    #expect(cityscapes.contains(" | " + difference))
    let synthia = try #require(files.panel("S18"))
    #expect(
      synthia.contains(
        "; 14 classes, void counted as one; input 384x768; scored at 384x768; \(title) ResNet-18 at"
      ))
    #expect(synthia.contains(" | " + difference))
  }
}
