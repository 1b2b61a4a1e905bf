import Files
import Foundation

extension CodeManifest {
  /// Of the code that this program was built from.
  package static let built = CodeManifest(files: builtFiles)

  /// Of the code at a commit, from the git history of the source tree.
  /// - Returns: nil if there is no git, or the commit is not in the history.
  static func of(commit: String) -> CodeManifest? {
    guard commit.count == 40, commit.allSatisfy(\.isHexDigit),
      let list = Git.run(["ls-tree", "-r", "--full-tree", "--name-only", commit, "--", "Sources"])
    else { return nil }
    var files: [String: String] = [:]
    for path in list.split(separator: "\n").map(String.init) where decides(path) {
      guard let source = Git.output(["show", "\(commit):\(path)"]) else { return nil }
      files[path] = digest(ofSource: source)
    }
    return files.isEmpty ? nil : CodeManifest(files: files)
  }
}

/// Versions of the code that make the same bits although their files differ.
///
/// A refactoring changes files and no number. What stands here was proved by training stored runs
/// again: `recallbench results verify` compares all bits of a run with those that are stored, and a
/// test does it for one run. Nothing is added without that.
enum EquivalentCode {
  /// Digests of manifests; all of a group make the same bits.
  static let groups: [Set<String>] = []

  /// All codes that make the bits of this one, itself included.
  static func of(_ digest: String) -> Set<String> {
    groups.first { $0.contains(digest) } ?? [digest]
  }
}
