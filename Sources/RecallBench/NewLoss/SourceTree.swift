import Experiments
import Files
import Foundation
import Losses

/// RecallBench's own source tree, as far as a new loss touches it.
struct SourceTree {
  static let registry = "Sources/Losses/Registry/LossRegistry.swift"
  /// The one that this program was built from, if it is still there.
  static let compiledIn = SourceTree(
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().path)

  /// Its top folder; empty for the current one.
  let root: String

  /// Returns nil if `root` is not the top of such a tree.
  init?(_ root: String) {
    self.root = root
    for name in ["Package.swift", Self.registry]
    where !FileManager.default.fileExists(atPath: path(name)) { return nil }
  }

  func path(_ name: String) -> String { root.isEmpty ? name : "\(root)/\(name)" }

  /// Checks that no type or loss of that name exists in the sources, which may be newer than this
  /// program.
  /// - Parameter written: texts by path that a process that was killed before it changed the registry
  ///   may have left.
  /// - Throws: `UserError` that names the file.
  func checkIsFree(_ name: NewLossName, except written: [String: String] = [:]) throws {
    let isListed = try text(Self.registry).contains("\(name.type).descriptor")
    let type = try Regex(
      "\\b(struct|class|enum|actor|protocol|typealias) (\(name.type)|\(name.type)Tests)\\b")
    let loss = try Regex("LossDescriptor\\(\\s*name: \"\(name.notation)\"")
    for folder in ["Sources/Tensors", "Sources/Losses", "Tests/LossesTests"] {
      let files = (try? FileManager.default.subpathsOfDirectory(atPath: path(folder))) ?? []
      for file in files.sorted() where file.hasSuffix(".swift") {
        let place = path("\(folder)/\(file)")
        let text = try text("\(folder)/\(file)")
        if !isListed, written[place] == text { continue }
        let taken =
          text.contains(type) ? name.type : text.contains(loss) ? name.notation : nil
        if let taken {
          throw UserError(path: place, problem: "already has \(taken); choose another name")
        }
      }
    }
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try AtomicFile.read(URL(filePath: path(name))), as: UTF8.self)
  }

  /// The text of the registry's file with one more line at the end of its list.
  /// - Throws: `UserError` if it has no such list.
  func registry(adding name: NewLossName) throws -> String {
    let place = path(Self.registry)
    var lines = try text(Self.registry).split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
    guard let start = lines.firstIndex(where: { $0.contains("builtIn: [LossDescriptor] = [") }),
      let end = lines[start...].firstIndex(of: "  ]"), lines[end - 1].hasSuffix(",")
    else {
      throw UserError(
        path: place,
        problem: "has no list builtIn: [LossDescriptor] = [...] with one loss per line; restore it")
    }
    lines.insert("    \(name.type).descriptor,", at: end)
    return lines.joined(separator: "\n")
  }
}
