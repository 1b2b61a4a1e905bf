import Experiments
import Foundation
import Report
import Testing

/// Panels under their short names: what is counted in each, and where it stands.
@Suite struct PanelTests {
  /// Three seeds with one backbone and one with the other, of a sweep of 48 runs.
  @Test func seedsAreCountedForEachPanelAndMissingRunsAreThoseOfTheSweep() throws {
    var input = try SyntheticSweep.clustered([(.camvid, .resnet18), (.camvid, .resnet101)])
    input.runs.removeAll {
      $0.configuration.backbone == .resnet101 && $0.configuration.seed > 1
    }
    let files = try SyntheticSweep.written(input)
    let page = try #require(files["report.html"])
    #expect(page.contains("<dt>Runs</dt><dd>32 of 48 finished, 0 failed, 16 missing</dd>"))
    #expect(page.contains("<td>3 (1, 2, 3)</td>") && page.contains("<td>1 of 3 (1)</td>"))
    #expect(page.contains("Panels with one seed have no verdicts."))
    #expect(files.panel("CV18")?.contains("; seeds 1, 2, 3; evaluated on") == true)
    #expect(files.panel("CV101")?.contains("; seed 1; evaluated on") == true)
    let table = try #require(files.markdown(of: "camvid-resnet101-all"))
    #expect(table.contains("every loss: seed 2 has no finished run, seed 3 has no finished run"))
  }

  /// The sentence that says how numbers were made stands once for each panel.
  @Test func provenanceIsSpelledOutOnce() throws {
    let input = try SyntheticSweep.clustered([(.synthia, .resnet18), (.cityscapes, .resnet101)])
    let text = try #require(try SyntheticSweep.written(input)["tables.md"])
    #expect(text.components(separatedBy: "(renderer seed 7").count == 3)
    #expect(text.contains("\n## S18: scores of all classes\n"))
    #expect(text.contains("\n## C101: scores of all classes\n"))
  }

  /// The contents list what the page has of each panel under the panel's short name.
  @Test func contentsAreGroupedByPanel() throws {
    let input = PageTests.recorded(
      try SyntheticSweep.clustered([(.synthia, .resnet18), (.synthia, .resnet101)]))
    let page = try PageTests.page(input)
    let groups = page.components(separatedBy: "<div class=\"of-panel\">").dropFirst()
      .map { $0.components(separatedBy: "</div>")[0] }
    #expect(groups.count == 2)
    for (group, (id, slug)) in zip(
      groups, [("S18", "synthia-resnet18"), ("S101", "synthia-resnet101")])
    {
      #expect(group.contains("<b>\(id)</b>"))
      for anchor in ["scatter-\(slug)", "curves-\(slug)", "table-\(slug)-all"] {
        #expect(group.contains("href=\"#\(anchor)\""), "\(anchor)")
      }
      #expect(group.contains(">all classes</a>"))
    }
    #expect(!groups[0].contains("resnet101"))
  }
}
