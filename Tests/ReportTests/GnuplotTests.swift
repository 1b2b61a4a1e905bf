import Experiments
import Foundation
import Metrics
import Report
import Testing

let gnuplot = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
  .map { "\($0)/gnuplot" }.first { FileManager.default.isExecutableFile(atPath: $0) }

/// RECALLBENCH_KEEP_FIGURES=folder keeps the pictures to be looked at.
private func folder(_ name: String) throws -> URL {
  guard let kept = ProcessInfo.processInfo.environment["RECALLBENCH_KEEP_FIGURES"] else {
    return try SyntheticSweep.folder()
  }
  return URL(filePath: kept).appending(path: name)
}

@Suite struct GnuplotTests {
  // Skipped where gnuplot is not installed; `make deps` installs it.
  @Test(.enabled(if: gnuplot != nil, "gnuplot is not installed"))
  func drawsPNGAndSVGOfFourPanels() throws {
    let folder = try folder("four")
    try writeReport(
      SyntheticSweep.clustered([
        (.synthia, .resnet18), (.synthia, .resnet101), (.cityscapes, .resnet18),
        (.cityscapes, .resnet101),
      ]), to: folder)
    try check(folder, panels: 4)
  }

  @Test(.enabled(if: gnuplot != nil, "gnuplot is not installed"))
  func drawsOneDataSet() throws {
    let folder = try folder("one")
    var input = try SyntheticSweep.clustered([(.camvid, .resnet18), (.camvid, .resnet101)])
    input.runs = input.runs.filter { $0.configuration.seed == 1 }
    try writeReport(input, to: folder)
    try check(folder, panels: 2)
  }

  @Test(.enabled(if: gnuplot != nil, "gnuplot is not installed"))
  func drawsAPanelWithoutRuns() throws {
    let folder = try folder("small")
    var input = try SyntheticSweep.small()
    input.planned = [try SyntheticSweep.configuration(.synthia, .resnet101, loss: "ce", seed: 1)]
    try writeReport(input, to: folder)
    try check(folder, panels: 2)
  }

  /// One class, that all pixels are of: no bar below 100 %, no false positive, no other weight.
  @Test(.enabled(if: gnuplot != nil, "gnuplot is not installed"))
  func drawsASingleClass() throws {
    let folder = try folder("class")
    var input = try SyntheticSweep.small()
    input.classes[.synthia] = ReportedClasses(names: ["leaf"], minority: [], minorityRule: "none")
    for index in input.runs.indices {
      let matrix = ConfusionMatrix(classes: 1, counts: [100])
      input.runs[index].confusion = matrix
      input.runs[index].images = [matrix, matrix]
      let weights = ["focal", "recall"].contains(input.runs[index].configuration.loss)
      input.runs[index].history = (1...3).map { entry in
        HistoryEntry(
          iteration: entry, loss: 1, validationMeanIoU: 1, classWeights: weights ? [1] : nil,
          falsePositives: [0])
      }
    }
    input.runs.append(input.runs[0])
    input.runs[3].configuration.loss = "focal"
    try writeReport(input, to: folder)
    let drawn = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "figures").path)
    for kind in ["confusions", "weights", "false-positives", "curves", "classes"] {
      #expect(drawn.contains("synthia-resnet18-\(kind).png"))
    }
  }

  private func check(_ folder: URL, panels: Int) throws {
    let png = try Data(contentsOf: folder.appending(path: "figures/scatter.png"))
    #expect(png.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    // Bytes 16 to 19: the width, 800 pixels a panel in a row of two.
    #expect(png[16..<20].reduce(0) { $0 << 8 | Int($1) } == 1600)
    let svg = try String(
      contentsOf: folder.appending(path: "figures/scatter.svg"), encoding: .utf8)
    #expect(svg.contains("mean accuracy (%)") && svg.contains("Recall"))
    #expect(svg.components(separatedBy: "mean IoU (%)").count - 1 == panels)
    #expect(svg.contains("</svg>"))
    let scripts = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "figures").path
    ).filter { $0.hasSuffix(".gp") }
    #expect(scripts.count > panels)
    for script in scripts {
      let picture = folder.appending(path: "figures/\(script.dropLast(3)).png")
      let drawn = try Data(contentsOf: picture)
      #expect(drawn.prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]) && drawn.count > 4000, "\(script)")
    }
  }
}
