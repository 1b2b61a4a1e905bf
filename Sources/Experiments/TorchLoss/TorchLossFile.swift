import Files
import Foundation

/// A loss written in PyTorch: a callable in a file, as it is now.
package struct TorchLossFile: Hashable, Sendable {
  package var url: URL
  package var identity: TorchIdentity

  /// `torch:NAME`
  package var notation: String { identity.notation }

  /// Reads the file once, for its digest; whether the name is in it shows when Python reads it.
  ///
  /// - Parameter specification: `PATH.py:NAME`.
  /// - Throws: `UserError` if it is written otherwise or the file cannot be read.
  package init(_ specification: String) throws(UserError) {
    guard let colon = specification.lastIndex(of: ":"), colon > specification.startIndex else {
      throw UserError(
        "the PyTorch loss \"\(specification)\" names no callable; write PATH.py:NAME, such as "
          + "my_losses.py:MyLoss")
    }
    let path = String(specification[..<colon])
    let name = String(specification[specification.index(after: colon)...])
    guard path.hasSuffix(".py") else {
      throw UserError(
        path: path, problem: "is no Python file; write PATH.py:NAME, such as my_losses.py:MyLoss")
    }
    guard Self.isIdentifier(name) else {
      throw UserError(
        path: path,
        problem: "\"\(name)\" is no name in Python; write PATH.py:NAME, such as "
          + "my_losses.py:MyLoss")
    }
    url = URL(filePath: path).absoluteURL.standardizedFileURL
    let data: Data
    do throws(UserError) { data = try AtomicFile.read(url) } catch {
      throw UserError("the PyTorch loss \(name): \(error)")
    }
    identity = TorchIdentity(name: name, sha256: sha256(data))
  }

  private static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.first, first == "_" || first.isLetter else { return false }
    return name.allSatisfy { $0 == "_" || $0.isLetter || $0.isNumber }
  }
}
