import Foundation

/// The source files that determine a run's numbers, each with a digest: these tell whether two runs
/// were made by the same code, without git.
package struct CodeManifest: Codable, Hashable, Sendable {
  /// SHA-256 by path from the root of the package, 64 hexadecimal digits.
  package var files: [String: String]

  package init(files: [String: String]) { self.files = files }

  /// SHA-256 of the canonical JSON, 64 hexadecimal digits.
  package var digest: String {
    // A dictionary of strings can always be encoded.
    sha256((try? CanonicalJSON.encode(self)) ?? Data())
  }

  /// Whether a run's numbers may depend on the file at a path. Files of `Experiments` outside
  /// `Training` only choose what to run and store the outcome, and `Losses/Conformance` checks losses
  /// outside runs. In versions without folders by topic, all of `Experiments` counts.
  package static func decides(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard parts.count >= 3, parts[0] == "Sources", path.hasSuffix(".swift") else { return false }
    switch parts[1] {
    case "Losses": return parts[2] != "Conformance"
    case "Tensors", "Models", "Datasets", "Scenes", "Metrics": return true
    case "Experiments": return parts[2] == "Training" || parts.count == 3
    default: return false
    }
  }

  /// Whether a file is a registry, which changes with every addition. What an entry does is in other
  /// files, which do count.
  private static func isRegistry(_ path: String) -> Bool {
    path.hasSuffix("Registry.swift") || registries.contains(path)
  }

  private static let registries: Set = [
    "Sources/Models/Registry/Architecture.swift", "Sources/Models/Registry/Backbone.swift",
    "Sources/Metrics/Metric.swift",
  ]

  /// The paths of this code's files that the other code lacks or that differ there. A file that was
  /// only moved, or that only the other code has, changes no number.
  package func changes(in other: CodeManifest) -> [String] {
    let there = Set(other.files.values)
    return files.filter { !there.contains($0.value) && !Self.isRegistry($0.key) }.keys.sorted()
  }

  /// SHA-256 of a source file without whole-line comments, blank lines and indentation, which do
  /// not affect numbers.
  package static func digest(ofSource source: Data) -> String {
    var isInText = false
    var kept = ""
    for line in String(decoding: source, as: UTF8.self).split(separator: "\n") {
      let trimmed = line.drop { $0 == " " || $0 == "\t" }
      if isInText {
        kept += line + "\n"
      } else if !trimmed.isEmpty, !trimmed.hasPrefix("//") {
        kept += trimmed + "\n"
      }
      // Every second mark ends a multiline string.
      if line.split(separator: "\"\"\"", omittingEmptySubsequences: false).count % 2 == 0 {
        isInText.toggle()
      }
    }
    return sha256(Data(kept.utf8))
  }
}
