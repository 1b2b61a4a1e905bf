import ArgumentParser
import Files
import Foundation
import Report

struct ResultsFillCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fill", abstract: "Insert numbers from the tables of reports into a text.",
    discussion: """
      No number of a text needs to be typed: what stands between double braces is looked up in the \
      CSV files that 'report' wrote, below the folder of results.

        {{let C = camvid/tables/camvid-deeplabv3plus-resnet18}}
        {{$C-differences.csv | loss=recall; score=mean IoU | points}}
        {{$C-differences.csv | loss=recall; score=mean IoU | verdict}}

      The last part names a column, which may be rounded ('mean_iou .1') or have a sign \
      ('difference_points +.2'); 'points' is a difference with its interval. 'require verdict = \
      inconclusive' inserts nothing, but fails where the table says something else than the words \
      beside it, so that a text cannot outlive its numbers. {{sweeps camvid; quick}} is a table of \
      what was trained, {{claims camvid; quick}} one of the verdicts on the paper's statements; \
      {{wrap 120}} breaks the lines of paragraphs anew.

      With --into, the part of the text below the heading --section is also copied into another file, \
      between the lines <!-- SECTION --> and <!-- end of SECTION -->, with its links made to fit.

        recallbench results fill docs/findings.md.in --output docs/findings.md --force \
          --section "In short" --into README.md
      """)

  @Argument(help: "Text with placeholders.", completion: .file())
  var template: String
  @Option(
    name: .shortAndLong, help: ArgumentHelp("File for the filled text.", valueName: "file"),
    completion: .file())
  var output: String
  @Option(
    help: ArgumentHelp("Folder that paths in the text are relative to.", valueName: "folder"),
    completion: .directory)
  var results = "results"
  @Option(help: ArgumentHelp("Heading of the part for --into.", valueName: "heading"))
  var section: String?
  @Option(
    help: ArgumentHelp("File that the part is copied into.", valueName: "file"), completion: .file()
  )
  var into: String?
  @OptionGroup var overwrite: OverwriteOptions

  func validate() throws {
    guard (section == nil) == (into == nil) else {
      throw ValidationError("Give --section and --into together.")
    }
  }

  func run() throws {
    let filledFile = overwrite.file(output)
    try filledFile.check(besides: [template] + (into.map { [$0] } ?? []))
    let place = filledFile.file ?? URL(filePath: output)
    var filled = FilledText(
      template: URL(filePath: template), results: URL(filePath: results),
      folder: place.deletingLastPathComponent())
    let text = try filled.text()
    // Both are made before one is written.
    let copy = try into.map { path in
      let file = OutputFile(path, replacesExisting: true)
      try file.check(besides: [template])
      let part = try MarkdownSection(section ?? "", of: text, at: place)
      return (file, try part.copied(into: URL(filePath: path).throughLinks))
    }
    try filledFile.write(text)
    if let (file, content) = copy { try file.write(content) }
  }
}
