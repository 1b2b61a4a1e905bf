import Foundation

/// The source files that decide a run's numbers, each with a digest: what tells whether two runs
/// were made by the same code, without git.
package struct CodeManifest: Codable, Hashable, Sendable {
  /// SHA-256 by path from the root of the package, 64 hexadecimal digits.
  package var files: [String: String]

  package init(files: [String: String]) { self.files = files }

  /// SHA-256 of the canonical JSON, 64 hexadecimal digits.
  package var digest: String {
    // Strings by strings can always be encoded.
    sha256((try? CanonicalJSON.encode(self)) ?? Data())
  }

  /// Whether a run's numbers may depend on the file at a path. Those of `Experiments` outside
  /// `Training` only choose what is run and store what came of it. In versions before there were
  /// folders by topic all of `Experiments` counts.
  package static func decides(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard parts.count >= 3, parts[0] == "Sources", path.hasSuffix(".swift") else { return false }
    switch parts[1] {
    case "Tensors", "Models", "Losses", "Datasets", "Scenes", "Metrics": return true
    case "Experiments": return parts[2] == "Training" || parts.count == 3
    default: return false
    }
  }

  /// A registry changes with everything that is added to it; what an entry does is in files that
  /// count themselves.
  private static func isRegistry(_ path: String) -> Bool {
    path.hasSuffix("Registry.swift") || registries.contains(path)
  }

  private static let registries: Set = [
    "Sources/Models/Registry/Architecture.swift", "Sources/Models/Registry/Backbone.swift",
    "Sources/Metrics/Metric.swift",
  ]

  /// The files of this code that the other one lacks or has otherwise, by path. A file that was
  /// only moved, and what the other has besides, change no number.
  package func changes(in other: CodeManifest) -> [String] {
    let there = Set(other.files.values)
    return files.filter { !there.contains($0.value) && !Self.isRegistry($0.key) }.keys.sorted()
  }

  /// SHA-256 of a source without its comments on lines of their own, blank lines and indentation,
  /// which decide nothing.
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
      // Every other mark ends a text of several lines.
      if line.split(separator: "\"\"\"", omittingEmptySubsequences: false).count % 2 == 0 {
        isInText.toggle()
      }
    }
    return sha256(Data(kept.utf8))
  }
}
