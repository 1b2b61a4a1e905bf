import Datasets
import Experiments
import Foundation
import Metrics
import Report
import Tensors
import Testing

/// What a made-up loss does: the share of road pixels that it takes for signs, and that of the sign
/// pixels that it finds.
private struct Behaviour {
  var roadLost: Double
  var signsFound: Double
}

private let usual: [String: Behaviour] = [
  "ce": Behaviour(roadLost: 0.02, signsFound: 0.50),
  "weighted_ce": Behaviour(roadLost: 0.10, signsFound: 0.90),
  "balanced_ce": Behaviour(roadLost: 0.10, signsFound: 0.90),
  "focal(gamma: 1)": Behaviour(roadLost: 0.02, signsFound: 0.50),
  "ohem(keep: 0.7)": Behaviour(roadLost: 0.04, signsFound: 0.30),
  "soft_iou": Behaviour(roadLost: 0.01, signsFound: 0.60),
  "lovasz": Behaviour(roadLost: 0.02, signsFound: 0.55),
  "recall": Behaviour(roadLost: 0.02, signsFound: 0.75),
]

/// Runs on 20 images with four seeds, whose effect is `noise`.
private func sweep(
  _ losses: [String: Behaviour], seeds: ClosedRange<UInt64> = 1...4, noise: Double = 0.002,
  weights: [String: [Double]] = [:]
) throws -> ReportInput {
  var runs: [ReportedRun] = []
  for (loss, behavior) in losses {
    for seed in seeds {
      var random = RandomSource(seed: seed, purpose: loss)
      let shift = noise * random.normal()
      var shared = RandomSource(seed: 9, purpose: "images")
      let images = (0..<20).map { _ in
        let (road, sign) = (8000 + shared.below(2000), 200 + shared.below(200))
        let lost = Int(Double(road) * min(1, max(0, behavior.roadLost + shift / 4)))
        let found = Int(Double(sign) * min(1, max(0, behavior.signsFound + shift)))
        return ConfusionMatrix(
          classes: 4,
          counts: [
            road - lost, 0, lost, 0, 0, 900, 0, 100, sign - found, 0, found, 0, 0, 0, 0, 2000,
          ])
      }
      // Of the sign's share of the weights, from the first to the last entry.
      let history = (weights[loss] ?? []).enumerated().map { index, weight in
        HistoryEntry(
          iteration: index + 1, loss: 1,
          classWeights: [1 - weight, nil, weight + 1e-4 * Double(seed), nil])
      }
      runs.append(
        ReportedRun(
          configuration: try SyntheticSweep.configuration(loss: loss, seed: seed),
          confusion: images.reduce(ConfusionMatrix(classes: 4), +), evaluatedImages: images.count,
          seconds: 1, images: images, history: history))
    }
  }
  return ReportInput(profile: "made up", runs: runs, classes: [.synthia: SyntheticSweep.classes])
}

/// The verdict on each statement, by the statement's id.
private func verdicts(_ input: ReportInput) throws -> [String: String] {
  let page = try #require(try SyntheticSweep.written(input)["claims.md"])
  var verdicts: [String: String] = [:]
  var id = ""
  for line in page.split(separator: "\n") {
    if line.hasPrefix("### ") { id = String(line.dropFirst(4)) }
    if line.hasPrefix("- SYNTHIA"), !id.isEmpty, let start = line.range(of: ": **") {
      verdicts[id] = String(line[start.upperBound...].prefix { $0 != "*" })
    }
  }
  return verdicts
}

@Suite struct ClaimsTests {
  @Test func statementsThatHoldAreHeld() throws {
    let found = try verdicts(
      sweep(
        usual,
        weights: [
          "recall": [0.4, 0.4, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1],
          "focal(gamma: 1)": [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4],
        ]))
    for id in [
      "between", "weighting-accuracy", "weighting-iou", "focal-alike", "ohem-worse",
      "soft-iou-synthia", "recall-highest", "recall-competitive", "recall-smallest",
      "recall-minority", "recall-weight-falls", "focal-weight-rises",
    ] { #expect(found[id] == "held", "\(id)") }
    for id in ["precision-explodes", "soft-iou-cityscapes"] {
      #expect(found[id] == "not tested", "\(id)")
    }
  }

  @Test func theirOppositesAreNotHeld() throws {
    var losses = usual
    losses["weighted_ce"] = Behaviour(roadLost: 0.001, signsFound: 0.40)
    losses["focal(gamma: 1)"] = Behaviour(roadLost: 0.02, signsFound: 0.80)
    losses["ohem(keep: 0.7)"] = Behaviour(roadLost: 0.005, signsFound: 0.70)
    losses["soft_iou"] = Behaviour(roadLost: 0.06, signsFound: 0.40)
    losses["recall"] = Behaviour(roadLost: 0.09, signsFound: 0.35)
    let found = try verdicts(
      sweep(
        losses,
        weights: [
          "recall": [0.1, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.4],
          "focal(gamma: 1)": [0.4, 0.4, 0.3, 0.3, 0.2, 0.2, 0.1, 0.1],
        ]))
    for id in [
      "between", "weighting-accuracy", "weighting-iou", "focal-alike", "ohem-worse",
      "soft-iou-synthia", "recall-highest", "recall-competitive", "recall-smallest",
      "recall-minority", "recall-weight-falls", "focal-weight-rises",
    ] { #expect(found[id] == "not held", "\(id)") }
  }

  /// Losses that do the same, with seeds that scatter: nothing is found, and nothing is denied.
  @Test func withoutEffectsNothingIsDistinguishable() throws {
    let same = usual.mapValues { _ in Behaviour(roadLost: 0.02, signsFound: 0.5) }
    let found = try verdicts(sweep(same, noise: 0.1))
    for id in ["weighting-accuracy", "weighting-iou", "ohem-worse", "recall-smallest"] {
      #expect(found[id] == "not distinguishable", "\(id)")
    }
  }

  @Test func missingLossesAreNotTested() throws {
    let found = try verdicts(sweep(usual.filter { $0.key != "balanced_ce" && $0.key != "recall" }))
    #expect(found["weighting-accuracy"] == "not tested")
    #expect(found["recall-competitive"] == "not tested")
    #expect(found["recall-weight-falls"] == "not tested")
    #expect(found["ohem-worse"] == "held")
  }

  /// Precision weighting with more and more, or fewer and fewer, false positives than the others.
  @Test(arguments: [(0.3, "held"), (0.001, "not held")])
  func falsePositivesAreCompared(share: Double, verdict: String) throws {
    var losses = usual.filter { ["ce", "recall"].contains($0.key) }
    losses["precision_ce"] = losses["ce"]
    var input = try sweep(losses)
    for index in input.runs.indices {
      let configuration = input.runs[index].configuration
      let level = configuration.loss == "precision_ce" ? share : 0.02
      input.runs[index].history = (1...8).map { iteration in
        HistoryEntry(
          iteration: iteration, loss: 1,
          falsePositives: [0.5, level + 1e-4 * Double(configuration.seed), 0, 0])
      }
    }
    // Paired by seed, so that what differs between the seeds alone must differ between losses too.
    for index in input.runs.indices where input.runs[index].configuration.loss == "precision_ce" {
      let seed = Double(input.runs[index].configuration.seed)
      for entry in input.runs[index].history.indices {
        input.runs[index].history[entry].falsePositives?[1] += 1e-4 * seed * seed
      }
    }
    let files = try SyntheticSweep.written(input)
    let page = try #require(files["claims.md"])
    let section = try #require(page.split(separator: "### precision-explodes").last)
    #expect(section.split(separator: "\n").contains { $0.hasSuffix("**\(verdict)**") })
    #expect(files["figures/synthia-resnet18-false-positives.dat"] != nil)
  }

  @Test func pagesSayWhatTheyRestOn() throws {
    let files = try SyntheticSweep.written(sweep(usual, seeds: 1...1))
    let page = try #require(files["claims.md"])
    #expect(page.contains("not the real data"))
    #expect(page.contains("over 20 images only: with one seed nothing is known"))
    #expect(page.contains("**held** (one seed)") && !page.contains("not tested (one seed)"))
    let table = try #require(files.markdown(of: "synthia-resnet18-differences"))
    #expect(table.contains("over 20 images only"))
  }

  /// Page and Markdown begin with what was found, before any figure or table.
  @Test func findingsLead() throws {
    let files = try SyntheticSweep.written(sweep(usual))
    let page = try #require(files["report.html"])
    let anchors = page.matches(of: /<h2 id="([a-z]+)"/).map(\.1)
    #expect(Array(anchors.prefix(4)) == ["contents", "found", "scatter", "tables"])
    let markdown = try #require(files["tables.md"])
    let titles = markdown.split(separator: "\n").filter { $0.hasPrefix("## ") }.map {
      $0.dropFirst(3)
    }
    #expect(titles[0] == "What was found" && titles[1] == "Scaled down from the paper")
    #expect(titles[2] == "Mean accuracy against mean IoU")
  }

  /// Of the parts of a statement, the number nearest to failing is shown: here the distance from
  /// weighting, which is smaller than the one from cross-entropy.
  @Test func findingsAreSentencesWithTheNumberThatDecides() throws {
    let files = try SyntheticSweep.written(sweep(usual))
    let found = try #require(files["tables.md"]).split(separator: "## Scaled down")[0]
    #expect(
      found.contains(
        /- Recall loss lies between cross-entropy and inverse frequency weighting\. \*\*Held\*\*: SYNTHIA \(rendered stand-in\), ResNet-18 \(recall minus weighted\\_ce, mean accuracy -[0-9.]+ \\\[-[0-9.]+, -[0-9.]+\\\]\)\./
      ))
    // A continued statement stands behind the one that it continues; untested ones are counted.
    #expect(
      found.contains(/considerably\. \*\*Held\*\*.*\.\.\. at the cost of lower mean IoU\. \*\*Held/)
    )
    #expect(
      !found.contains("SoftIoU's IoU does not match")
        && found.contains("were not tested in any panel"))
    #expect(found.contains("over 4 seeds and 20 images"))
    let page = try #require(files["report.html"])
    #expect(page.contains(" <strong>Held</strong>: SYNTHIA (rendered stand-in), ResNet-18 (recall"))
    let one = try #require(try SyntheticSweep.written(sweep(usual, seeds: 1...1))["tables.md"])
    #expect(one.contains("**Held (one seed)**") && !one.contains("**Held**"))
    #expect(one.contains("with one seed nothing is known of how trainings differ"))
  }

  /// Marked in the tables, but not in CSV, whose names are for programs.
  @Test func whatIsNotDistinguishableIsMarked() throws {
    var losses = usual
    losses["focal(gamma: 1)"] = losses["ce"]
    let files = try SyntheticSweep.written(sweep(losses, noise: 0.02))
    let markdown = try #require(files.markdown(of: "synthia-resnet18-minority"))
    #expect(markdown.contains("| focal(gamma: 1) ≈ |"))
    #expect(!markdown.contains("weighted\\_ce ≈") && !markdown.contains("| ce ≈"))
    #expect(try !#require(files["tables/synthia-resnet18-minority.csv"]).contains("1) ≈,"))
    #expect(try #require(files["tables/synthia-resnet18-minority.tex"]).contains("$\\approx$"))
    #expect(try #require(files["figures/scatter.gp"]).contains("focal ≈"))
  }

  /// The differences table holds the numbers of the two losses' own tables.
  @Test func differencesAreThoseOfTheMeans() throws {
    let files = try SyntheticSweep.written(sweep(usual))
    let csv = try #require(files["tables/synthia-resnet18-differences.csv"])
    let summary = try #require(files["summary.csv"])
    func mean(_ loss: String) -> Double {
      let values = summary.split(separator: "\n").filter { $0.contains(",\(loss),") }
        .compactMap { Double($0.split(separator: ",", omittingEmptySubsequences: false)[7]) }
      return values.reduce(0, +) / Double(values.count)
    }
    let line = try #require(
      csv.split(separator: "\n").first { $0.hasPrefix("recall,mean IoU,") })
    let fields = line.split(separator: ",")
    #expect(abs(try #require(Double(fields[2])) - (mean("recall") - mean("ce"))) < 0.011)
    #expect(fields[9] == "4" && fields[10] == "20")
  }
}
