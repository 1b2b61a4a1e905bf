import ArgumentParser
import Experiments
import Files
import Foundation

struct ResultsCodeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "code", abstract: "Say whether stored runs were made by this program's code.",
    discussion: """
      This command prints the digest of the source files that determine a run's numbers, as runs \
      record it, and says for each folder whether compare accepts its runs as baselines, or why \
      not.

        recallbench results code results/quick results/camvid
      """)

  @Argument(help: "Output folders of sweeps.")
  var folders: [String] = []

  func run() throws {
    print(CodeManifest.built.digest)
    for folder in folders {
      let records = try SweepFolder(URL(filePath: folder)).loadAll()
      guard !records.isEmpty else {
        throw UserError(path: folder, problem: "holds no finished runs")
      }
      do throws(UserError) {
        try Baselines(folder: URL(filePath: folder), records: records).checkCode()
        print("\(folder): \(counted(records.count, "run")), comparable")
      } catch { print(error) }
    }
  }
}
