import ArgumentParser
import Experiments
import Files
import Foundation

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Check that every stored file is as it was written.",
    discussion: """
      This command reads every file of a sweep's folder, weights and checkpoints too, and compares it \
      with the digest that was stored with it. It trains nothing and changes nothing. It names what \
      is damaged, missing, renamed or a copy, and whether runs used different images; the exit status \
      is then 1. 'sweep' trains damaged runs again. To train stored runs again and compare every bit, \
      use 'results verify'.

        recallbench verify results/quick
      """)

  @Argument(help: "Output folder of a sweep.", completion: .directory)
  var folder: String

  func run() throws {
    let sweep = SweepFolder(URL(filePath: folder))
    try sweep.requireRuns()
    let found = try sweep.verify()
    for problem in found.problems { print(problem) }
    print("\(folder): \(found.summary)")
    if !found.problems.isEmpty { throw ExitCode(1) }
  }
}
