import Experiments
import Foundation
import Metrics
import Report
import Testing

/// CSV files are read by programs as they are, and LaTeX tables stand in a paper.
@Suite struct CSVFilesTests {
  /// The fields of each record, without quotes.
  func records(_ text: String) -> [[String]] {
    var (records, record, field, isQuoted) = ([[String]](), [String](), "", false)
    var previous: Character?
    for character in text {
      switch character {
      case "\"":
        if !isQuoted, previous == "\"" { field.append(character) }
        isQuoted.toggle()
      case "," where !isQuoted:
        record.append(field)
        field = ""
      case "\n" where !isQuoted:
        records.append(record + [field])
        (record, field) = ([], "")
      default: field.append(character)
      }
      previous = character
    }
    return records
  }

  /// Several seeds with images, so that there are verdicts; two variants; both of the paper's data sets.
  private func reports() throws -> [[String: String]] {
    var clustered = try SyntheticSweep.clustered([(.synthia, .resnet18), (.cityscapes, .resnet101)])
    for index in clustered.runs.indices {
      let whole = clustered.runs[index].confusion
      clustered.runs[index].images = [whole, whole]
      clustered.runs[index].confusion = whole + whole
    }
    return try [clustered, SyntheticSweep.small(), SyntheticSweep.variants()]
      .map(SyntheticSweep.written)
  }

  @Test func everyFileHasOneHeaderAndAsManyFieldsInEachRecord() throws {
    for files in try reports() {
      let tables = files.filter { $0.key.hasSuffix(".csv") }
      #expect(tables.count >= 5)
      for (name, text) in tables {
        let (header, rest) = (records(text)[0], records(text).dropFirst())
        #expect(!rest.isEmpty, "\(name)")
        #expect(Set(header).count == header.count && !header.contains(""), "\(name) \(header)")
        #expect(rest.allSatisfy { $0.count == header.count && $0 != header }, "\(name)")
        for mark in ["#", "≈", "±", "–", "**", "< 0"] {
          #expect(!text.contains(mark), "\(name) \(mark)")
        }
        #expect(try #require(files["tables/captions.md"]).contains("## `\(name)`\n"), "\(name)")
      }
    }
  }

  /// The pole of CE, seed 1: 50 of 100 right, 20 pixels of road taken for it.
  @Test func runsHaveARowForEachClassWithAllDigits() throws {
    let files = try SyntheticSweep.written(SyntheticSweep.small())
    let rows = records(try #require(files["runs.csv"]))
    #expect(rows.count == 1 + 3 * 4)
    let row = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[2]))
    let expected = [
      "dataset": "synthia", "architecture": "deeplabv3", "backbone": "resnet18", "width": "0.25",
      "loss": "ce", "seed": "1", "scored_at": "96x160", "split": "test", "images": "20",
      "seconds": "12.34", "class_id": "1", "class": "pole", "minority": "true",
      "true_positives": "50", "false_positives": "20", "false_negatives": "50",
      "accuracy": "0.5", "iou": "\(50.0 / 120)", "precision": "\(50.0 / 70)",
      "dice": "\(100.0 / 170)", "data.height": "96", "data.render.seed": "7",
      "data.augmentation": "flip", "training.batch": "4", "training.learningRate": "0.001",
    ]
    for (key, value) in expected { #expect(row[key] == value, "\(key)") }
    #expect(row["run"]?.hasPrefix("synthia-resnet18-ce-s1-") == true)
    #expect(rows.map { $0[5] } == ["loss"] + ["ce", "ce", "recall"].flatMap { [$0, $0, $0, $0] })
  }

  @Test func undefinedScoresAndMissingSettingsAreEmpty() throws {
    var input = try SyntheticSweep.small()
    input.failed = []
    input.runs = [
      SyntheticSweep.run(
        try SyntheticSweep.configuration(loss: "ce", seed: 1),
        .init(classes: 4, counts: [60, 40, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 30])),
      SyntheticSweep.run(
        try SyntheticSweep.configuration(loss: "recall", seed: 1), SyntheticSweep.matrix(poles: 1)),
    ]
    input.runs[1].configuration.data.trainLimit = 5
    let rows = records(try #require(try SyntheticSweep.written(input)["runs.csv"]))
    let sign = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[3]))
    #expect(sign["class"] == "traffic sign" && sign["true_positives"] == "0")
    #expect(["accuracy", "iou", "precision", "dice"].allSatisfy { sign[$0] == "" })
    #expect(sign["data.trainLimit"] == "")
    let other = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[5]))
    #expect(other["data.trainLimit"] == "5")
  }

  /// Words that are also the names of settings are in one column each.
  @Test func listsOfSettingsAreOneField() throws {
    var input = try SyntheticSweep.small()
    for index in input.runs.indices {
      input.runs[index].configuration.evaluation = EvaluationConfiguration(
        priorCorrection: [0, 0.5], boundary: true)
    }
    let rows = records(try #require(try SyntheticSweep.written(input)["runs.csv"]))
    let row = Dictionary(uniqueKeysWithValues: zip(rows[0], rows[1]))
    #expect(row["evaluation.priorCorrection"] == "[0,0.5]" && row["evaluation.boundary"] == "true")
  }

  // MARK: LaTeX

  private func part(_ text: String, from start: String, to end: String) -> String {
    text.components(separatedBy: start).last?.components(separatedBy: end).first ?? ""
  }

  @Test func captionsFillTwoLinesAndTheRestIsANote() throws {
    for files in try reports() {
      for (name, text) in files where name.hasSuffix(".tex") {
        let caption = part(text, from: "\\caption{", to: "}\n\\label")
        #expect((20...230).contains(caption.count), "\(name): \(caption)")
        #expect(caption.hasSuffix("."), "\(name): \(caption)")
        let note = part(text, from: "\\footnotesize\n", to: "\\end{minipage}")
        #expect(note.contains("iterations of batch"), "\(name)")
      }
    }
  }

  @Test func theBestOfSeveralSeedsIsBold() throws {
    let files = try SyntheticSweep.written(
      SyntheticSweep.clustered([(.synthia, .resnet18)]))
    let minority = try #require(files["tables/synthia-resnet18-minority.tex"])
    // Recall finds most of pole, 68800 of 105000 pixels; the paper's own rows are never bold.
    let rows = minority.split(separator: "\n").filter { $0.hasPrefix("recall & ") }
    #expect(rows[0].components(separatedBy: " & ")[3].hasPrefix("$\\mathbf{65."))
    let theirs = minority.split(separator: "\n").filter { $0.hasPrefix("\\quad") }
    #expect(!theirs.isEmpty && theirs.allSatisfy { !$0.contains("mathbf") })
    #expect(minority.contains("; best in bold.}"))
    // A row's best, and both of equal ones.
    let all = try #require(files["tables/synthia-resnet18-all.tex"])
    let road = try #require(all.split(separator: "\n").first { $0.hasPrefix("road & ") })
    #expect(road.components(separatedBy: "\\mathbf{100.00}").count == 9)
  }

  @Test func oneSeedHasNoBold() throws {
    var input = try SyntheticSweep.clustered([(.synthia, .resnet18)])
    input.runs.removeAll { $0.configuration.seed > 1 }
    for index in input.runs.indices { input.runs[index].images = [input.runs[index].confusion] }
    let files = try SyntheticSweep.written(input)
    for (name, text) in files where name.hasSuffix(".tex") {
      #expect(!text.contains("mathbf"), "\(name)")
      #expect(text.contains("One seed"), "\(name)")
    }
  }

  @Test func differencesAreInLaTeX() throws {
    let files = try #require(try reports().first)
    let text = try #require(files["tables/synthia-resnet18-differences.tex"])
    #expect(text.contains("\\multicolumn{3}{c}{Mean accuracy} & \\multicolumn{3}{c}{Mean IoU}"))
    let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("soft\\_iou & ") })
    let cells = row.components(separatedBy: " & ")
    #expect(cells.count == 7 && cells[1].hasPrefix("$\\mathbf{+"))
    #expect(cells[2].hasPrefix("$[+") && cells[3].contains("0.0"))
    #expect(!row.contains("verdict"))
  }
}
