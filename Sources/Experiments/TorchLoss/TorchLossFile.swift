import Files
import Foundation

/// A loss written in PyTorch: a callable in a file with its current contents.
package struct TorchLossFile: Hashable, Sendable {
  package var url: URL
  package var identity: TorchIdentity

  /// The notation `torch:NAME`.
  package var notation: String { identity.notation }

  /// Reads the file once to compute its digest. Whether it defines the name is checked by Python.
  ///
  /// - Parameter specification: `PATH.py:NAME`.
  /// - Throws: `UserError` if the format is different or the file cannot be read.
  package init(_ specification: String) throws(UserError) {
    guard let colon = specification.lastIndex(of: ":"), colon > specification.startIndex else {
      throw UserError(
        "the PyTorch loss \"\(specification)\" does not name a callable; write PATH.py:NAME, such "
          + "as my_losses.py:MyLoss")
    }
    let path = String(specification[..<colon])
    let name = String(specification[specification.index(after: colon)...])
    guard path.hasSuffix(".py") else {
      throw UserError(
        path: path,
        problem: "is not a Python file; write PATH.py:NAME, such as my_losses.py:MyLoss")
    }
    guard Self.isIdentifier(name) else {
      throw UserError(
        path: path,
        problem: "\"\(name)\" is not a Python identifier; write PATH.py:NAME, such as "
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
