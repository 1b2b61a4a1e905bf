import Files
import Foundation

extension CodeManifest {
  /// The manifest of the code that this program was built from.
  package static let built = CodeManifest(files: builtFiles)

  /// Reads the manifest of the code at a commit from the source tree's git history.
  /// - Returns: the manifest, or nil if git is not available or the commit is not in the history.
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
