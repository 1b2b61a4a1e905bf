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
    // `- S18: ✓ **supported**`
    if line.hasPrefix("- S18: "), !id.isEmpty {
      verdicts[id] = String(line.dropFirst(9)).replacing("*", with: "")
    }
  }
  return verdicts
}

@Suite struct ClaimsTests {
  @Test func statementsThatHoldAreSupported() throws {
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
    ] { #expect(found[id] == "supported", "\(id)") }
    for id in ["precision-explodes", "soft-iou-cityscapes"] {
      #expect(found[id] == "not tested", "\(id)")
    }
  }

  @Test func theirOppositesAreContradicted() throws {
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
    ] { #expect(found[id] == "contradicted", "\(id)") }
  }

  /// Losses that do the same, with seeds that scatter: nothing is found, and nothing is denied.
  @Test func withoutEffectsAllIsInconclusive() throws {
    let same = usual.mapValues { _ in Behaviour(roadLost: 0.02, signsFound: 0.5) }
    let found = try verdicts(sweep(same, noise: 0.1))
    for id in ["weighting-accuracy", "weighting-iou", "ohem-worse", "recall-smallest"] {
      #expect(found[id] == "inconclusive", "\(id)")
    }
  }

  @Test func missingLossesAreNotTested() throws {
    let found = try verdicts(sweep(usual.filter { $0.key != "balanced_ce" && $0.key != "recall" }))
    #expect(found["weighting-accuracy"] == "not tested")
    #expect(found["recall-competitive"] == "not tested")
    #expect(found["recall-weight-falls"] == "not tested")
    #expect(found["ohem-worse"] == "supported")
  }

  /// Precision weighting with more and more, or fewer and fewer, false positives than the others.
  @Test(arguments: [(0.3, "supported"), (0.001, "contradicted")])
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

  @Test func oneSeedGivesNoVerdict() throws {
    let files = try SyntheticSweep.written(sweep(usual, seeds: 1...1))
    let page = try #require(files["claims.md"])
    #expect(page.contains("not the real data"))
    #expect(page.contains("over 20 images only: one seed gives no verdict"))
    #expect(page.contains("- S18: ① one seed: no verdict"))
    for word in ["✓ **", "✗ **", "? inconclusive |", "p = ", "p \\<"] {
      #expect(!page.contains(word), "\(word)")
    }
    #expect(page.contains("✓ 0 supported, ✗ 0 contradicted, ? 0 inconclusive, ∅ 0 not testable"))
    // The findings are numbers, and rank nothing.
    let found = try #require(files["tables.md"]?.components(separatedBy: "## Panels").first)
    #expect(found.contains("one seed: no verdict), recall scores +"))
    for word in ["differs", "highest", "higher", "told apart"] {
      #expect(!found.contains(word), "\(word)")
    }
    #expect(files["tables.md"]?.contains("Highest mean") == false)
    let table = try #require(files.markdown(of: "synthia-resnet18-differences"))
    #expect(table.contains("over 20 images only"))
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("| recall | ") }
    #expect(rows.count == 4 && rows.allSatisfy { $0.hasSuffix("| ① one seed: no verdict | – |") })
    let csv = try #require(files["tables/synthia-resnet18-differences.csv"])
    #expect(csv.contains(",,,1,20,one seed: no verdict\n"))
    // No mark, and it is said that there is none.
    let markdown = try #require(files["tables.md"])
    #expect(!markdown.contains(" ≈ |") && markdown.contains("One seed, no verdict."))
    let scatter = try #require(files["figures/scatter.gp"])
    #expect(!scatter.contains("Focal ≈"))
    #expect(try #require(files["report.html"]).contains("One seed: no verdict on any loss."))
    #expect(markdown.contains("These runs have one seed: no verdict."))
  }

  /// Of the losses that have several seeds there are verdicts, of the others there are none.
  @Test func seedsAreCountedForEachDifference() throws {
    var input = try sweep(usual)
    input.runs.removeAll {
      $0.configuration.loss.hasPrefix("ohem") && $0.configuration.seed > 1
    }
    let found = try verdicts(input)
    #expect(found["ohem-worse"] == "one seed: no verdict" && found["between"] == "supported")
    #expect(found["recall-highest"] == "one seed: no verdict")
  }

  /// Two losses that find nothing of a class do not tie on it.
  @Test func floorIsNoTie() throws {
    var losses = usual.filter { ["ce", "recall", "balanced_ce"].contains($0.key) }
    for loss in losses.keys { losses[loss]?.signsFound = 0 }
    let files = try SyntheticSweep.written(sweep(losses, noise: 0))
    let page = try #require(files["claims.md"])
    let smallest = try #require(page.components(separatedBy: "### recall-smallest\n").last)
    #expect(smallest.contains("- S18: ∅ not testable\n"))
    #expect(smallest.contains("both losses score 0"))
    #expect(page.contains("∅ 1 not testable"))
  }

  /// The verdict on a whole panel's statements is counted, in words and with signs.
  @Test func verdictsAreCountedAtTheHead() throws {
    let files = try SyntheticSweep.written(sweep(usual))
    let page = try #require(files["claims.md"])
    let head = try #require(page.split(separator: "\n").dropFirst().first)
    #expect(head.hasPrefix("18 statements in 1 panel: ✓ "))
    let tally = head.split(separator: ". ")[0].components(separatedBy: "panel: ")[1]
    let counts = tally.components(separatedBy: ", ").compactMap { Int($0.split(separator: " ")[1]) }
    #expect(counts.count == 6 && counts.reduce(0, +) == 18)
    let html = try #require(files["report.html"])
    #expect(html.contains("<td class=\"v supported\" title=\"recall - weighted_ce, mean accuracy "))
    #expect(html.contains(">✓ supported</td>") && html.contains("href=\"#claim-between\""))
    let matrix = try #require(files["tables.md"]).split(separator: "\n")
    #expect(
      matrix.contains {
        $0.hasPrefix("| [Recall loss lies between")
          && $0.hasSuffix("](claims.md#between) | ✓ **supported** |")
      })
  }

  /// A sweep with nothing to say about the paper's losses has no page of statements that are not tested.
  @Test func otherLossesHaveNoClaims() throws {
    var losses = usual.filter { $0.key == "ce" }
    losses["mine"] = Behaviour(roadLost: 0.01, signsFound: 0.7)
    let files = try SyntheticSweep.written(sweep(losses))
    #expect(files["claims.md"] == nil)
    let page = try #require(files["report.html"])
    #expect(!page.contains("id=\"claims\"") && !page.contains("not tested"))
    // What was found is about the loss that was compared.
    #expect(page.contains("mine has higher mean accuracy than ce, by +"))
  }

  /// Page and Markdown begin with what was found, then the verdicts, before any figure or table.
  @Test func findingsLead() throws {
    let files = try SyntheticSweep.written(sweep(usual))
    let page = try #require(files["report.html"])
    let anchors = page.matches(of: /<h2 id="([a-z]+)"/).map(\.1)
    #expect(Array(anchors.prefix(5)) == ["contents", "found", "claims", "differences", "scatter"])
    let places = ["scatter", "tables"].compactMap { anchors.firstIndex(of: Substring($0)) }
    #expect(places.count == 2 && places == places.sorted())
    let markdown = try #require(files["tables.md"])
    let titles = markdown.split(separator: "\n").filter { $0.hasPrefix("## ") }.map {
      $0.dropFirst(3)
    }
    #expect(
      titles.prefix(4) == [
        "What was found", "Panels", "Verdicts on the paper's statements",
        "Differences from cross-entropy",
      ])
  }

  /// At most five sentences of a length that can be read, each with a number, an interval and a link.
  @Test func findingsAreFewSentencesWithNumbersAndLinks() throws {
    let files = try SyntheticSweep.written(sweep(usual))
    let found = try #require(files["tables.md"]?.components(separatedBy: "## Panels").first)
    let sentences = found.split(separator: "\n").filter { $0.hasPrefix("- ") }
    #expect((2...5).contains(sentences.count))
    for sentence in sentences {
      #expect(sentence.split(separator: " ").count <= 60, "\(sentence)")
      #expect(sentence.contains(/[+-]?[0-9.]+ \\\[[+-]?[0-9.]+, [+-]?[0-9.]+\\\]/), "\(sentence)")
      #expect(sentence.contains(/\]\(#[a-z0-9-]+\)\)\.$/), "\(sentence)")
    }
    #expect(
      sentences[0].contains(
        /On SYNTHIA \(rendered stand-in, DeepLabV3 ResNet-18, 4 seeds\), recall has higher mean accuracy than ce, by \+[0-9.]+ .* points, and .* mean IoU/
      ))
    let page = try #require(files["report.html"])
    #expect(page.contains("<a href=\"#differences\">S18</a>).</li>"))
  }

  /// Real data comes before stand-ins.
  @Test func realDataLeads() throws {
    var input = try sweep(usual)
    let real = input.runs.map { run in
      var run = run
      run.configuration.data.name = .camvid
      run.configuration.data.source = .real
      run.configuration.data.render = nil
      return run
    }
    input.runs += real
    input.classes[.camvid] = SyntheticSweep.classes
    let page = try #require(try SyntheticSweep.written(input)["tables.md"])
    let runs = "DeepLabV3 ResNet-18, 4 seeds)"
    let first = try #require(page.range(of: "- On CamVid (real data, \(runs)"))
    let second = try #require(page.range(of: "- On SYNTHIA (rendered stand-in, \(runs)"))
    #expect(first.lowerBound < second.lowerBound)
    #expect(page.contains("](#cv18-differences-from-cross-entropy)"))
  }

  /// Marked in the tables, but not in CSV, whose names are for programs.
  @Test func whatIsInconclusiveIsMarked() throws {
    var losses = usual
    losses["focal(gamma: 1)"] = losses["ce"]
    let files = try SyntheticSweep.written(sweep(losses, noise: 0.02))
    let markdown = try #require(files.markdown(of: "synthia-resnet18-minority"))
    #expect(markdown.contains("| focal(gamma: 1) ≈ |"))
    #expect(!markdown.contains("weighted\\_ce ≈") && !markdown.contains("| ce ≈"))
    let minority = try #require(files["tables/synthia-resnet18-minority.csv"])
    #expect(!minority.contains("1) ≈,"))
    #expect(try #require(files["tables/synthia-resnet18-minority.tex"]).contains("$\\approx$"))
    #expect(try #require(files["figures/scatter.gp"]).contains("Focal ≈"))
  }

  /// The differences table holds the numbers of the two losses' own tables.
  @Test func differencesAreThoseOfTheMeans() throws {
    let files = try SyntheticSweep.written(sweep(usual))
    let csv = try #require(files["tables/synthia-resnet18-differences.csv"])
    let summary = try #require(files["summary.csv"])
    let header = try #require(summary.split(separator: "\n").first).split(separator: ",")
    let column = try #require(header.firstIndex(of: "mean_iou"))
    func mean(_ loss: String) -> Double {
      let values = summary.split(separator: "\n").filter { $0.contains(",\(loss),") }
        .compactMap { Double($0.split(separator: ",", omittingEmptySubsequences: false)[column]) }
      return values.reduce(0, +) / Double(values.count)
    }
    let line = try #require(
      csv.split(separator: "\n").first { $0.hasPrefix("recall,mean IoU,") })
    let fields = line.split(separator: ",")
    #expect(
      csv.hasPrefix("loss,score,difference_points,low_points,high_points,standard_error_points,"))
    #expect(fields[2].split(separator: ".").last?.count == 6)
    #expect(abs(try #require(Double(fields[2])) - (mean("recall") - mean("ce"))) < 0.011)
    #expect(fields[9] == "4" && fields[10] == "20")
  }
}
