import Experiments
import Files
import Foundation
import Metrics
import Report
import Testing

/// Names and numbers that somebody else may have written into stored runs.
@Suite struct HostileTextTests {
  private static let attacks = [
    "a\nsystem('touch PWNED')\n#", "a\n! touch PWNED\n", "a'\n!touch PWNED\n'", "`touch PWNED`",
    "'x", "''", "it's",
    "a\r!touch PWNED\r", "a, \\\n  '< touch PWNED'\n!touch PWNED", "a\u{2028}!touch PWNED",
    "a \\\n!touch PWNED", "$(touch PWNED)", "@x", "50%s%n%d", "%", "\u{0}\n!touch PWNED",
  ]

  private func hostile(_ text: String) throws -> ReportInput {
    var input = try SyntheticSweep.small()
    input.profile = text
    for index in input.runs.indices {
      input.runs[index].history = (1...3).map {
        HistoryEntry(
          iteration: $0, loss: 1, validationMeanIoU: 0.5, falsePositives: [0.1, 0, 0, 0])
      }
    }
    input.runs[0].configuration.loss = text
    input.classes[.synthia] = ReportedClasses(
      names: [text, "pole", "traffic sign", "car"], minority: [0, 1, 2, 3], minorityRule: text)
    return input
  }

  /// Nothing of a text begins a line.
  @Test(arguments: attacks)
  func textStaysText(text: String) throws {
    let files = try SyntheticSweep.written(hostile(text))
    let scripts = files.filter { $0.key.hasSuffix(".gp") || $0.key.hasSuffix(".dat") }
    #expect(scripts.count > 8)
    for (name, script) in scripts {
      for line in script.split(separator: "\n") {
        let start = line.drop { $0 == " " }
        #expect(!start.hasPrefix("system") && !start.hasPrefix("!"), "\(name): \(line)")
        #expect(!line.contains("\r") && !line.contains("\u{2028}") && !line.contains("\u{0}"))
      }
    }
  }

  @Test(.enabled(if: gnuplot != nil, "gnuplot is not installed"), arguments: attacks)
  func nothingIsRun(text: String) throws {
    let folder = try SyntheticSweep.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    try writeReport(try hostile(text), to: folder)
    let all = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    #expect(!all.contains { $0.hasPrefix("PWNED") || $0.contains("/PWNED") })
    #expect(all.contains("figures/scatter.png"))
    #expect(all.contains("figures/synthia-resnet18-confusions.png"))
  }

  /// Losses of any size are drawn, as far as they can be.
  @Test(arguments: [
    [1e20, 1e20, 1e20], [1e20, 9e19, 1e18], [1e308, -1e308, 0], [.infinity, .nan, .nan],
    [.leastNonzeroMagnitude, 0, 1e-300], [0, 0, 0], [-1e16, 1e16, 3], [1e300, 1e300, 1e300],
    [.nan, .nan, .nan],
    [9_007_199_254_740_994, 1, 2],
  ])
  func anyNumberIsSurvived(losses: [Double]) throws {
    var input = try SyntheticSweep.small()
    for index in input.runs.indices {
      input.runs[index].seconds = losses[0]
      input.runs[index].history = losses.enumerated().map { place, loss in
        HistoryEntry(
          iteration: place == 2 ? 100_000_000 : place, loss: loss, validationMeanIoU: loss,
          classWeights: place == 1 ? [loss] : [loss, nil, 1, .nan],
          falsePositives: place == 1 ? [] : [loss, 1, 2])
      }
    }
    input.runs.append(input.runs[0])
    input.runs[3].configuration.loss = "focal"
    let folder = try SyntheticSweep.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    do {
      try writeReport(input, to: folder)
    } catch let error as UserError where error.description.contains("not installed") {}
    let page = try String(contentsOf: folder.appending(path: "report.html"), encoding: .utf8)
    #expect(page.contains("Learning curves") || losses.allSatisfy { !$0.isFinite })
  }

  @Test func failedRunsNameNoFolders() throws {
    let failed = FailedRun(
      configuration: try SyntheticSweep.configuration(loss: "ce", seed: 9),
      reason: "/srv/ann/data/camvid/train/0.png: is damaged")
    var input = try SyntheticSweep.small()
    input.failed = [failed]
    let files = try SyntheticSweep.written(input)
    #expect(files.values.contains { $0.contains(".../train/0.png: is damaged") })
    #expect(!files.values.contains { $0.contains("/srv") || $0.contains("ann/data") })
  }
}
