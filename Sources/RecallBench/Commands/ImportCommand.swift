import ArgumentParser
import Experiments
import Files
import Foundation

struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Add runs that PyTorch trained from a bundle to a results folder.",
    discussion: """
      Every run is checked before it is added: the digests of its files and of its configuration, the \
      shapes of its arrays, its weights, and whether its confusion matrices have the pixels of the \
      labels. Runs that are not finished are named, and so is what is wrong with others; the exit \
      status is 1 if a run was refused. What was imported before is left as it is, so bring home as \
      often as you like, and from as many machines.

        recallbench import paper-bundle --output results/paper
        recallbench report results/paper
      """)

  @Argument(help: "Folder that 'bundle' wrote and run.py trained in.", completion: .directory)
  var folder: String
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Folder of the runs (default: results/<name of the sweep>-pytorch).", valueName: "folder"),
    completion: .directory)
  var output: String?

  func run() throws {
    let bundle = try BundleFolder(URL(filePath: folder))
    let output = output ?? "results/\(bundle.sweep)-pytorch"
    let summary = try bundle.importRuns(into: URL(filePath: output))
    for error in summary.refused { StandardStreams.writeMessage("error: \(error)\n") }
    for line in summary.unfinished { print("not finished: \(line)") }
    let known = summary.known.isEmpty ? "" : ", \(summary.known.count) were there before"
    print(
      "\(counted(summary.added.count, "run")) of \(bundle.runs.count) added to \(output)\(known)"
        + (summary.unfinished.isEmpty ? "" : ", \(summary.unfinished.count) not finished")
        + (summary.refused.isEmpty ? "" : ", \(summary.refused.count) refused")
        + (summary.added.isEmpty
          ? "" : "; tables and figures: \(ProgramName.current) report \(shellQuoted(output))"))
    if let commit = bundle.otherProgram, !summary.added.isEmpty {
      print(
        "note: they were trained by another version of the Python program (commit \(commit)) than this build "
          + "has; records keep its digest, and 'make parity' tells how closely this build's agrees")
    }
    if !summary.refused.isEmpty { throw ExitCode(1) }
  }
}
