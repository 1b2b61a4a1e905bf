import Experiments
import Files
import Foundation
import Report
import Testing

/// `report.html` of `SyntheticSweep`, whose numbers are worked out by hand in `TableNumbersTests`.
@Suite struct PageTests {
  static func page(_ input: ReportInput) throws -> String {
    try #require(try SyntheticSweep.written(input)["report.html"])
  }

  /// With a history and an environment in each run.
  static func recorded(
    _ input: ReportInput, commit: String = "0123456789abcdef0123456789abcdef01234567"
  ) -> ReportInput {
    var input = input
    for index in input.runs.indices {
      input.runs[index].history = (1...40).map { entry in
        HistoryEntry(
          iteration: 10 * entry, loss: 3 / Double(entry),
          validationMeanIoU: entry % 10 == 0 ? 0.01 * Double(entry) : nil)
      }
      input.runs[index].environment = RunEnvironment(
        commit: commit, compiler: "Swift 6.3", operatingSystem: "Debian", cpu: "EPYC", cores: 2,
        threads: 1, blas: "OpenBLAS", started: "2026-01-01T00:00:00Z", trainingSeconds: 10,
        evaluationSeconds: 2.34)
    }
    return input
  }

  /// The rows of the table that starts with this caption; each row's cells as they stand.
  static func rows(_ page: String, caption: String) throws -> [[String]] {
    let start = try #require(page.range(of: "<caption>\(caption)</caption>"))
    let end = try #require(page[start.upperBound...].range(of: "</table>"))
    let lines = page[start.upperBound..<end.lowerBound].split(separator: "\n")
    return lines.filter { $0.contains("<th scope=\"row\">") }.map { line in
      line.replacing("\u{A0}", with: " ").replacing(/<[^>]*>/, with: "\u{1}")
        .split(separator: "\u{1}").map(String.init)
    }
  }

  @Test func tooltipsTellLossMeanDeviationSeedsAndSeconds() throws {
    let page = try Self.page(SyntheticSweep.small())
    #expect(
      page.contains(
        "aria-label=\"ce\nmean accuracy 78.75 ± 3.54 %\nmean IoU 54.64 ± 4.42 %\nseeds 1, 2\n"
          + "12.3 s per run\" data-tip"))
    // Of recall there is one seed; it surpasses ce in both.
    #expect(
      page.contains(
        "aria-label=\"recall\nmean accuracy 86.25 %\nmean IoU 68.18 %\nseed 1 alone\n"
          + "12.3 s per run\nno loss here surpasses it in both\" data-tip"))
    let ours = try #require(
      page.components(separatedBy: "id=\"").first { $0.hasPrefix("scatter-synthia-resnet18\"") })
    #expect(ours.matches(of: /data-tip transform/).count == 2)
    #expect(
      page.contains(
        "aria-label=\"recall\naverage accuracy of the minority 84.09 %\n"
          + "average IoU of the minority 60.28 %\nas the paper prints it"))
  }

  @Test func tablesAreThoseOfTheMarkdownPage() throws {
    let page = try Self.page(SyntheticSweep.small())
    // The average first, and the paper's numbers in a table of their own behind it.
    let ours = try Self.rows(page, caption: "Accuracy (%)")
    #expect(ours[0] == ["ce", "80.00 ± 7.07", "75.00 ± 0.00", "100.00 ± 0.00", "60.00 ± 14.14"])
    #expect(ours[1] == ["focal(gamma: 1, note: x_y)", "–", "–", "–", "–"])
    let rows = try Self.rows(page, caption: "Accuracy (%), beside the paper&#39;s")
    #expect(rows[0] == ours[0])
    #expect(rows[1] == ["CE (paper)", "63.54", "98.87", "77.42", "77.86"])
    #expect(rows[2] == ["ce - paper", "+16.46", "-23.87", "+22.58", "-17.86"])
    let markdown = try #require(try SyntheticSweep.written(SyntheticSweep.small())["tables.md"])
    let titles = markdown.matches(of: /\n## (S18: .*)\n/)
    #expect(titles.count > 3)
    for title in titles {
      #expect(page.contains(">\(title.1.replacing("'", with: "&#39;"))</h3>"))
    }
  }

  @Test func everyCellIsInTheProvenance() throws {
    let input = Self.recorded(try SyntheticSweep.small())
    let rows = try Self.rows(Self.page(input), caption: "Every run, one per row")
    let states = rows.map { "\($0[0]) \($0[2]): \($0[3])" }
    #expect(
      states == [
        "ce 1: done", "ce 2: done",
        "focal(gamma: 1, note: x_y) 1: failed: the loss is not finite",
        "focal(gamma: 1, note: x_y) 2: missing: no finished run",
        "recall 1: done", "recall 2: missing: no finished run",
      ])
    let done = rows.filter { $0[3] == "done" }
    #expect(done.map { $0[4] } == ["76.25", "81.25", "86.25"])
    #expect(done.allSatisfy { $0[1] == "S18" && $0[9...10] == ["curves", "–"] })
    let origin = try Self.rows(Self.page(input), caption: "Time, build, and images of every run")
      .filter { $0[3] != "–" }
    #expect(origin.count == 3 && origin.allSatisfy { $0[6...] == ["1", "2026-01-01T00:00:00Z"] })
    for run in input.runs {
      let folder = try run.configuration.runName
      #expect(rows.filter { $0.last == folder }.count == 1, "\(folder)")
    }
    #expect(Set(rows.map { $0.last }).count == rows.count, "each cell has a folder of its own")
  }

  @Test func lossThatAPanelLacksIsMissingThere() throws {
    var input = try SyntheticSweep.small()
    input.runs.append(
      SyntheticSweep.run(
        try SyntheticSweep.configuration(.synthia, .resnet101, loss: "lovasz", seed: 1),
        SyntheticSweep.matrix(poles: 10)))
    let rows = try Self.rows(Self.page(input), caption: "Every run, one per row")
    #expect(rows.contains { $0[0] == "lovasz" && $0[1] == "S18" && $0[3].hasPrefix("missing") })
  }

  @Test func runsOfAnotherCommitAreAnotherBuild() throws {
    var input = Self.recorded(try SyntheticSweep.small())
    input.runs[0].environment?.commit = "ffffffffffffffffffffffffffffffffffffffff-dirty"
    let page = try Self.page(input)
    let builds = try Self.rows(page, caption: "The builds and machines that made the runs")
    #expect(builds.map { $0[1].prefix(4) } == ["0123", "ffff"])
    #expect(builds.map(\.last) == ["2", "1"])
    #expect(page.contains("<dt>Commits</dt><dd>0123456789ab, ffffffffffff-dirty</dd>"))
  }

  @Test func bannerTellsStandInsFromRealData() throws {
    let rendered = try Self.page(SyntheticSweep.small())
    #expect(rendered.contains("class=\"banner stand-in\""))
    #expect(rendered.contains("<strong>Rendered stand-ins, not the real data.</strong>"))
    #expect(rendered.contains("<dt>Runs</dt><dd>3 of 6 finished, 1 failed, 2 missing</dd>"))
    #expect(rendered.contains("<td>2 (1, 2)</td>"))
    #expect(rendered.contains("<th scope=\"row\">iterations</th><td>300</td><td>100000</td>"))
    let run = SyntheticSweep.run(
      try SyntheticSweep.configuration(.camvid, loss: "ce", seed: 1),
      SyntheticSweep.matrix(poles: 50))
    var input = ReportInput(
      profile: "camvid", runs: [run], classes: [.camvid: SyntheticSweep.classes])
    let real = try Self.page(input)
    #expect(real.contains("<strong>Real data.</strong>") && !real.contains("class=\"banner stand"))
    #expect(real.contains("One seed: no verdict on any loss."))
    #expect(real.contains("Each mark is a loss with a single seed. Thin line"))
    input.runs += try SyntheticSweep.small().runs
    input.classes[.synthia] = SyntheticSweep.classes
    #expect(try Self.page(input).contains("Real data and rendered stand-ins; the table of panels"))
  }

  @Test func configurationShowsWhatSettingsDifferIn() throws {
    let page = try Self.page(
      SyntheticSweep.clustered([(.synthia, .resnet18), (.camvid, .resnet101)]))
    let rows = try Self.rows(page, caption: "Configuration of the runs, by data set and network")
    #expect(rows.contains(["backbone", "resnet18", "resnet101"]))
    #expect(rows.contains(["data.render.seed", "7", "–"]))
    #expect(rows.contains(["training.learningRate", "0.001", "0.001"]))
    #expect(!rows.contains { $0[0] == "seed" || $0[0] == "loss" })
  }

  @Test func curvesHaveEveryEntryOfEveryLoss() throws {
    let page = try Self.page(Self.recorded(SyntheticSweep.small()))
    let curves = page.matches(of: /class="curve" d="M([^"]*)"/).map {
      $0.1.split(separator: "L").count
    }
    // Means of the training losses of ce (two seeds) and recall (one), each on its own scale and both
    // in one chart, and of the validation's four looks for each; bands only where there are two seeds.
    #expect(curves.sorted() == [4, 4, 40, 40, 40, 40])
    #expect(page.matches(of: /class="band"/).count == 3)
    #expect(
      page.contains(
        "bands: one sample standard deviation to either side; a loss with a single seed has no band."
      )
    )
    #expect(page.contains("Training loss of CE over training"))
    #expect(page.contains("seed 1 from 3.000 to 0.075, seed 2 from 3.000 to 0.075"))
    #expect(page.contains("seed 1\nbest 40.00 % at iteration 400\nlast 40.00 % at iteration 400"))
    #expect(!(try Self.page(SyntheticSweep.small())).contains("Learning curves"))
  }

  /// Two seeds, of which one halves its loss after the first entry.
  @Test func curvesAreMeansWithTheDeviationOfTheSeeds() throws {
    var input = Self.recorded(try SyntheticSweep.small())
    for index in input.runs.indices {
      let (loss, seed) = (
        input.runs[index].configuration.loss, input.runs[index].configuration.seed
      )
      for entry in input.runs[index].history.indices {
        input.runs[index].history[entry].loss =
          entry == 0 || loss == "recall" ? 4 : 4 / Double(seed)
        if input.runs[index].history[entry].validationMeanIoU != nil {
          input.runs[index].history[entry].validationMeanIoU = 0.1 * Double(seed)
        }
      }
    }
    let files = try SyntheticSweep.written(input)
    let blocks = try #require(files["figures/synthia-resnet18-curves.dat"])
      .components(separatedBy: "\n\n\n").map { $0.split(separator: "\n") }
    // Each with a comment: validation and training of ce, then of recall.
    #expect(blocks.map(\.count) == [5, 41, 5, 41])
    #expect(blocks[0][1] == "100 15.000 7.929 22.071")
    // 100 and 50 percent of the first value.
    #expect(blocks[1].last == "400 75.000 39.645 110.355")
    #expect(blocks[2][1] == "100 10.000" && blocks[3].last == "400 100.000")
    let script = try #require(files["figures/synthia-resnet18-curves.gp"])
    #expect(script.matches(of: /index [01] using 1:3:4 with filledcurves/).count == 2)
    #expect(script.matches(of: /filledcurves/).count == 2)
    // One seed for every loss.
    input.runs.removeAll { $0.configuration.seed == 2 }
    let single = try Self.page(input)
    #expect(single.contains("Each line is a single seed, so there is no band"))
    #expect(!single.contains("class=\"band\""))
  }

  @Test func furtherSectionsAndPicturesAppear() throws {
    let folder = try SyntheticSweep.folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let bytes = Data([0x89, 0x50, 0x4E, 0x47])
    let figures = folder.appending(path: "figures")
    try FileManager.default.createDirectory(at: figures, withIntermediateDirectories: true)
    try bytes.write(to: figures.appending(path: "pole map.png"))
    let claims = PageSection(anchor: "claims", title: "Claims & verdicts", body: "<p>held</p>")
    func page(isSingleFile: Bool) throws -> String {
      do {
        try writeReport(
          SyntheticSweep.small(), to: folder, further: [claims, PoleMaps()],
          isSingleFile: isSingleFile)
      } catch let error as UserError where error.description.contains("not installed") {}
      return try String(contentsOf: folder.appending(path: "report.html"), encoding: .utf8)
    }
    // The copy that can be sent, and the page beside its pictures.
    let single = try page(isSingleFile: true)
    let address = "data:image/png;base64,\(bytes.base64EncodedString())"
    #expect(single.contains(Self.poles(address)) && single.contains("img-src data:;"))
    #expect(single.matches(of: /\s(?:src|href)="(?!#|data:)/).isEmpty)
    let page = try page(isSingleFile: false)
    #expect(page.contains(Self.poles("figures/pole%20map.png")) && !page.contains("base64"))
    #expect(page.contains("<a href=\"#claims\">Claims &amp; verdicts</a>"))
    #expect(page.contains("<h2 id=\"claims\" tabindex=\"-1\">Claims &amp; verdicts</h2>\n<p>held"))
    #expect(page.contains("<a href=\"#maps-pole-map-png\">Poles</a>") && !page.contains(">None<"))
    let order = ["scatter", "claims", "maps", "tables", "runs"]
    let places = order.compactMap { page.range(of: "id=\"\($0)\"")?.lowerBound }
    #expect(places.count == 5 && places == places.sorted())
  }

  private static func poles(_ address: String) -> String {
    "<img src=\"\(address)\" alt=\"poles of &quot;ce&quot;\">\n</div>\n"
      + "<figcaption>&lt;3</figcaption>"
  }
}

/// An artifact of one's own: a picture that is there, and one that is not.
private struct PoleMaps: Artifact {
  func section(_ pictures: PagePictures) throws -> PageSection? {
    let figures = [
      PageFigure(
        path: "figures/pole map.png", title: "Poles", alternative: "poles of \"ce\"", caption: "<3"),
      PageFigure(path: "figures/none.svg", title: "None", alternative: "x", caption: "y"),
    ]
    return PageSection(
      anchor: "maps", title: "Maps",
      parts: try figures.compactMap { try $0.part(pictures, anchor: "maps") })
  }
}
