import ArgumentParser
import Experiments
import Files
import Foundation
import Report

struct ResultsParityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "parity", abstract: "Compare the scores of the same runs by two engines.",
    discussion: """
      Give two results folders of one sweep with at least three seeds, one trained here and one \
      imported from PyTorch. Two means agree if they differ by at most twice their standard error. \
      With --output, parity.json and parity.md are written there; in a results folder, parity.json \
      lets runs of both engines stand in one table, for the losses that agree. The exit status is 1 \
      if a difference is larger than its bound.

        recallbench results parity results/camvid results/camvid-pytorch
      """)

  @Argument(help: "Results folder of one engine.", completion: .directory)
  var first: String
  @Argument(help: "Results folder of another engine.", completion: .directory)
  var second: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Folder for parity.json and parity.md.", valueName: "folder"),
    completion: .directory)
  var output: String?

  func run() throws {
    let (a, b) = (try records(first), try records(second))
    let parity = try EngineParity(a, b)
    print(parity.markdown)
    if let output {
      let folder = URL(filePath: output)
      try AtomicFile.createFolder(folder)
      try AtomicFile.write(parity.markdown, to: folder.appending(path: "parity.md"))
      try AtomicFile.write(
        try CanonicalJSON.encode(parity.record, pretty: true) + [0x0a],
        to: folder.appending(path: ParityRecord.fileName))
    }
    if !parity.record.rows.allSatisfy(\.agrees) { throw ExitCode(1) }
  }

  private func records(_ folder: String) throws -> [RunRecord] {
    let sweep = SweepFolder(URL(filePath: folder))
    try sweep.requireRuns()
    return try sweep.loadReadable().records
  }
}
