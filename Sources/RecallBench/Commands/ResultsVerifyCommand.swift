import ArgumentParser
import Experiments
import Files
import Foundation

struct ResultsVerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Train stored runs again and compare every bit.",
    discussion: """
      This command trains the runs in a temporary folder and compares splits, histories, confusion \
      matrices and kept predictions with the stored ones. The bits are the same on the same kind \
      of CPU with the same BLAS kernels; where these differ, the command says so, and how to take \
      those of the stored run. The exit status is 1 if any bits differ. Of runs that were trained by \
      PyTorch and imported, the stored weights are evaluated here instead, and one pixel in a \
      thousand may differ (in TF32 one in a hundred, in bfloat16 one in twenty).

        recallbench results verify results/quick
        recallbench results verify results/quick \\
          --runs synthia-resnet18-lovasz-s1,cityscapes-resnet18-ce-s2
      """)

  @Argument(help: "Output folder of a sweep.")
  var folder: String
  @Option(
    help: ArgumentHelp(
      "Runs, by the beginnings of their names (default: the one that took the least time).",
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
      if let engine = stored.environment.engine {
        differing += try evaluate(stored, engine) ? 0 : 1
        continue
      }
      let again = try SweepFolder(temporary).train(
        again: stored, data: data.folders(), threads: threads.threadCount)
      let differences = again.differences(from: stored)
      if differences.isEmpty {
        print("\(stored.name): the same bits")
      } else {
        differing += 1
        print("\(stored.name): differs in \(differences.joined(separator: ", "))")
        print("  \(BitsExplanation(stored: stored.environment, now: again.environment).text)")
      }
    }
    if differing > 0 { throw ExitCode(1) }
  }

  /// Predicts with the weights of a run that was trained elsewhere.
  /// - Returns: whether the predictions are the same but for rounding.
  private func evaluate(_ stored: RunRecord, _ engine: TrainingEngine) throws -> Bool {
    let found = try SweepFolder(URL(filePath: folder)).evaluate(
      again: stored, data: data.folders(), threads: threads.threadCount)
    print(
      "\(stored.name): trained by \(engine.title); evaluated here, the confusion matrices of its weights "
        + "differ in \(found.differing) of \(found.pixels) pixels"
        + (found.isRounding ? "" : ", more than rounding explains (\(found.largestShare * 100) %)"))
    return found.isRounding
  }

  private func chosen() throws -> [RunRecord] {
    let all = try SweepFolder(URL(filePath: folder)).loadAll()
    guard let runs else {
      let quickest = all.min {
        $0.environment.trainingSeconds < $1.environment.trainingSeconds
      }
      guard let quickest else { throw UserError(path: folder, problem: "holds no finished runs") }
      return [quickest]
    }
    return try runs.split(separator: ",").flatMap { name in
      let found = all.filter { $0.name.hasPrefix(name.trimmingCharacters(in: .whitespaces)) }
      if found.isEmpty { throw UserError(path: folder, problem: "has no finished run \(name)...") }
      return found
    }
  }
}
