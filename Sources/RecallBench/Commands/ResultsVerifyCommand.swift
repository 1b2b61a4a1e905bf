import ArgumentParser
import Experiments
import Files
import Foundation

struct ResultsVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Train stored runs again and compare all bits.",
    discussion: """
      The runs are trained into a temporary folder; then splits, histories, confusion matrices and \
      kept predictions are compared with the stored ones. Bits are the same on one kind of CPU with \
      one BLAS; the command says where these are others. It ends with status 1 if bits differ.

        recallbench results verify results/quick
        recallbench results verify results/quick --runs synthia-resnet18-lovasz-s1,cityscapes-resnet18-ce-s2
      """)

  @Argument(help: "Output folder of a sweep.")
  var folder: String
  @Option(
    help: ArgumentHelp(
      "Runs by the beginnings of their names (default: the one that took least time).",
      valueName: "list"))
  var runs: String?
  @OptionGroup(title: "Data") var data: DataOptions
  @OptionGroup(title: "Machine") var threads: ThreadOptions

  func run() throws {
    let temporary = FileManager.default.temporaryDirectory.appending(
      path: "recallbench-verify-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: temporary) }
    var differing = 0
    for stored in try chosen() {
      let again = try SweepFolder(temporary).train(
        again: stored, data: data.folders(), threads: threads.threadCount)
      let differences = again.differences(from: stored)
      if differences.isEmpty {
        print("\(stored.name): the same bits")
      } else {
        differing += 1
        print("\(stored.name): differs in \(differences.joined(separator: ", "))")
        print(machine(stored.environment, again.environment))
      }
    }
    if differing > 0 { throw ExitCode(1) }
  }

  private func chosen() throws -> [RunRecord] {
    let all = try SweepFolder(URL(filePath: folder)).loadAll()
    guard let runs else {
      let quickest = all.min {
        $0.environment.trainingSeconds < $1.environment.trainingSeconds
      }
      guard let quickest else { throw UserError(path: folder, problem: "holds no finished run") }
      return [quickest]
    }
    return try runs.split(separator: ",").flatMap { name in
      let found = all.filter { $0.name.hasPrefix(name.trimmingCharacters(in: .whitespaces)) }
      if found.isEmpty { throw UserError(path: folder, problem: "has no finished run \(name)...") }
      return found
    }
  }

  private func machine(_ stored: RunEnvironment, _ now: RunEnvironment) -> String {
    if stored.cpu == now.cpu, stored.blas == now.blas {
      return "  CPU and BLAS are the same: the code makes other bits"
    }
    return "  stored: \(stored.cpu), \(stored.blas); here: \(now.cpu), \(now.blas)"
  }
}
