import Datasets
import Experiments
import Foundation
import Models
import Report
import Testing

/// Every table and the figure say which weights the runs began from.
@Suite struct InitialWeightsTests {
  /// torchvision's file of ResNet-18, the rest of its digest made up.
  private static let imageNet = "f37072fd" + String(repeating: "0", count: 56)
  private static let other = String(repeating: "ab", count: 32)

  private func report(
    _ weights: [(backbone: Backbone, pretraining: Pretraining?, file: String?)]
  ) throws -> [String: String] {
    let runs = try weights.map { backbone, pretraining, file in
      var configuration = try SyntheticSweep.configuration(.synthia, backbone, loss: "ce", seed: 1)
      configuration.pretrained = pretraining
      var run = SyntheticSweep.run(configuration, SyntheticSweep.matrix(poles: 50))
      run.pretrainedFile = file
      return run
    }
    return try SyntheticSweep.written(
      ReportInput(profile: "quick", runs: runs, classes: [.synthia: SyntheticSweep.classes]))
  }

  /// Every table in every format, by name.
  private func tables(_ files: [String: String]) -> [(name: String, text: String?)] {
    let slugs = ["synthia-resnet18-minority", "synthia-resnet18-all"]
    return [("tables.md", files["tables.md"]), ("its table of panels", files.panel("S18"))]
      + slugs.flatMap { slug in
        [
          ("\(slug).tex", files["tables/\(slug).tex"]),
          (
            "the caption of \(slug).csv",
            files["tables/captions.md"]?.components(separatedBy: "\n## ").first {
              $0.hasPrefix("`tables/\(slug).csv`")
            }
          ),
        ]
      }
  }

  @Test func everyTableOfRandomWeightsSaysSo() throws {
    let files = try report([(.resnet18, nil, nil)])
    for (name, text) in tables(files) {
      #expect(
        text?.contains("initial weights random (the paper: ImageNet-pretrained)") == true,
        "\(name)")
      #expect(text?.contains("SHA-256") == false)
    }
  }

  @Test func torchvisionsWeightsAreThePapers() throws {
    let files = try report([
      (.resnet18, Pretraining(sha256: Self.imageNet, partial: false), "r18.pth")
    ])
    for (name, text) in tables(files) {
      #expect(
        text?.contains(
          "backbone pretrained on ImageNet by torchvision (r18.pth, SHA-256 f37072fd0000)") == true,
        "\(name)")
      #expect(text?.contains("initial weights") == false, "\(name)")
    }
  }

  @Test func otherWeightsAreNamedButNotTakenForThePapers() throws {
    let files = try report([(.resnet18, Pretraining(sha256: Self.other, partial: false), nil)])
    let page = try #require(files["tables.md"])
    #expect(page.contains("pretrained weights from a file (SHA-256 abababababab)"))
    #expect(
      page.contains(
        "initial weights pretrained, from a file whose training is not known here "
          + "(the paper: ImageNet-pretrained)"))
    #expect(!page.contains("initial weights random"))
  }

  @Test func partOfTheWeightsIsSaidToBeAPart() throws {
    let files = try report([
      (.resnet18, Pretraining(sha256: Self.imageNet, partial: true), "r18.pth")
    ])
    let page = try #require(files["tables.md"])
    #expect(page.contains("SHA-256 f37072fd0000; tensors that did not fit were random)"))
    #expect(page.contains("initial weights pretrained in part (the paper: ImageNet-pretrained)"))
  }

  /// torchvision's ResNet-18 filtered into the bottlenecks is how the authors begin.
  @Test func authorsFilterIsNamedAndIsTheirs() throws {
    let partial = Pretraining(sha256: Self.imageNet, partial: true)
    let page = try #require(
      try report([(.resnet18Authors, partial, "r18.pth")])["tables.md"])
    #expect(
      page.contains(
        "SHA-256 f37072fd0000; taken where name and shape fit, as by the authors' code; the rest "
          + "random)"))
    #expect(!page.contains("initial weights"))
    let other = Pretraining(sha256: Self.other, partial: true)
    let unknown = try #require(
      try report([(.resnet18Authors, other, nil)])["tables.md"])
    #expect(unknown.contains("initial weights pretrained in part"))
  }

  /// Captions of tables and figures name the start; so do those of random weights.
  @Test func everyCaptionNamesTheStart() throws {
    let page = try #require(try report([(.resnet18, nil, nil)])["tables.md"])
    let captions = page.split(separator: "\n").filter { $0.contains("images of the test split") }
    #expect(!captions.isEmpty)
    #expect(captions.allSatisfy { $0.contains("; random initial weights; 300 iterations") })
  }

  /// Random and pretrained weights are two settings; each backbone names its file.
  @Test func settingsAreKeptApartAndFilesAreNamed() throws {
    let known = Pretraining(sha256: Self.imageNet, partial: false)
    let mixed = try report([(.resnet18, nil, nil), (.resnet18, known, "r18.pth")])
    let table = try #require(mixed.markdown(of: "synthia-resnet18-minority"))
    #expect(table.contains("| ce \\[A\\] |") && table.contains("| ce \\[B\\] |"))

    let deeper = Pretraining(sha256: "63fe2227" + Self.other.prefix(56), partial: false)
    let both = try report([(.resnet18, known, "r18.pth"), (.resnet101, deeper, "r101.pth")])
    #expect(both.panel("S18")?.contains("(r18.pth, SHA-256 f37072fd0000)") == true)
    #expect(both.panel("S101")?.contains("(r101.pth, SHA-256 63fe2227abab)") == true)
  }
}
