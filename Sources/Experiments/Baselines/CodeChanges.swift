import Foundation

/// Whether runs made by another commit can be held against those of this program.
package enum CodeChanges: Hashable, Sendable {
  case none
  /// Files that decide a run's numbers and were changed or removed since, relative to the repository.
  case changed([String])
  /// The commits cannot be compared, and why.
  case unknown(String)

  /// What a run's numbers come from. A new loss adds a file and a line in the registry; neither
  /// changes the runs of other losses.
  private static let deciding = [
    "Sources/Tensors", "Sources/Models", "Sources/Losses", "Sources/Datasets", "Sources/Scenes",
    "Sources/Metrics", "Sources/Experiments/Training",
  ]
  private static let harmless = ["Sources/Losses/Registry/LossRegistry.swift"]

  /// - Parameter commit: as a run's record has it.
  package static func since(_ commit: String) -> CodeChanges {
    guard commit.count == 40, commit.allSatisfy(\.isHexDigit) else {
      return .unknown(
        commit.hasSuffix("-dirty")
          ? "they were made with uncommitted changes (\(commit.prefix(9))...-dirty)"
          : "their commit is \"\(commit)\"")
    }
    let paths = deciding.map { ":(top)\($0)" }
    guard let text = Git.run(["diff", "--name-only", "--diff-filter=MDTR", commit, "--"] + paths)
    else { return .unknown("commit \(commit.prefix(9)) is not in the source tree's history") }
    let files = text.split(separator: "\n").map(String.init).filter { !harmless.contains($0) }
    return files.isEmpty ? .none : .changed(files)
  }
}
