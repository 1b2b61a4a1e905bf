import Experiments
import Files
import Foundation
import Report
import Testing

/// Files of the last report that the next one no longer makes.
@Suite struct ManifestTests {
  private let folder: URL
  private let outside: URL

  init() throws { (folder, outside) = (try SyntheticSweep.folder(), try SyntheticSweep.folder()) }

  private func write(_ input: ReportInput) throws {
    do { try writeReport(input, to: folder) } catch let error as UserError
      where error.description.contains("not installed")
    {}
  }

  private func put(_ text: String, _ path: String) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
  }

  private func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: path).path)
  }

  /// Two panels, then one.
  @Test func whatIsNoLongerMadeIsRemovedAndNothingElse() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    var input = try SyntheticSweep.clustered([(.synthia, .resnet18), (.camvid, .resnet18)])
    try write(input)
    let all = Set(try FileManager.default.subpathsOfDirectory(atPath: folder.path))
    #expect(all.isSuperset(of: ["tables/camvid-resnet18-all.csv", "figures/published.gp"]))
    for path in ["notes.md", "tables/mine.csv", "figures/mine.png", "runs/a/config.json"] {
      try put("mine", path)
    }
    input.runs.removeAll { $0.configuration.data.name == .camvid }
    try write(input)
    #expect(!exists("tables/camvid-resnet18-all.csv") && !exists("figures/camvid-shares.gp"))
    #expect(exists("tables/synthia-resnet18-all.csv") && exists("figures/scatter.gp"))
    for path in ["notes.md", "tables/mine.csv", "figures/mine.png", "runs/a/config.json"] {
      #expect(exists(path), "\(path)")
    }
  }

  /// Every file but the manifest itself is in it, and nothing is in it that is not made.
  @Test func manifestListsTheFilesOfTheReport() throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try write(try SyntheticSweep.small())
    let text = try String(contentsOf: folder.appending(path: "report-files.txt"), encoding: .utf8)
    let listed = text.split(separator: "\n").dropFirst().map(String.init)
    #expect(listed == listed.sorted() && Set(listed).count == listed.count)
    let made = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
      .filter { !["tables", "figures", "report-files.txt", ".report-digests"].contains($0) }
    #expect(Set(made).isSubset(of: listed))
    guard gnuplot != nil else { return }
    #expect(Set(made) == Set(listed))
  }

  /// A manifest that somebody else wrote removes nothing that a report does not write.
  @Test func manifestCannotReachWhatIsNotOfAReport() throws {
    defer {
      for url in [folder, outside] { try? FileManager.default.removeItem(at: url) }
    }
    let target = outside.appending(path: "precious.csv")
    try Data("precious".utf8).write(to: target)
    let kept = [
      "sweep.json", "runs/a/config.json", "runs/config.csv", "figures/.hidden",
      "figures/deep/picture.png",
    ]
    for path in kept { try put("kept", path) }
    // A link to a file, and a folder that is a link.
    try FileManager.default.createDirectory(
      at: folder.appending(path: "tables"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "tables/link.csv"), withDestinationURL: target)
    let paths =
      kept + ["tables/link.csv", target.path, "../\(outside.lastPathComponent)/precious.csv"]
      + ["tables/../sweep.json", "./sweep.json", "", "tables", "figures/"]
    try put(paths.joined(separator: "\n"), "report-files.txt")
    try write(try SyntheticSweep.small())
    for path in kept + ["tables/link.csv"] { #expect(exists(path), "\(path)") }
    #expect(try String(contentsOf: target, encoding: .utf8) == "precious")
  }

  @Test func folderThatIsALinkIsNotCleaned() throws {
    defer {
      for url in [folder, outside] { try? FileManager.default.removeItem(at: url) }
    }
    try Data("precious".utf8).write(to: outside.appending(path: "old.csv"))
    try FileManager.default.createSymbolicLink(
      at: folder.appending(path: "tables"), withDestinationURL: outside)
    try put("tables/old.csv\n", "report-files.txt")
    try write(try SyntheticSweep.small())
    #expect(
      FileManager.default.fileExists(atPath: outside.appending(path: "old.csv").path))
  }
}
