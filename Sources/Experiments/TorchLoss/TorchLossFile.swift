import Files
import Foundation

/// A loss written in PyTorch: a callable in a file with its current contents, and its parameters.
package struct TorchLossFile: Hashable, Sendable {
  package var url: URL
  package var identity: TorchIdentity

  /// The notation `torch:NAME` or `torch:NAME(parameter=value)`.
  package var notation: String { identity.notation }

  private static let form =
    "write PATH.py:NAME, such as my_losses.py:MyLoss or \"my_losses.py:MyLoss(alpha=0.3)\""

  /// Whether a text that names some loss names one written in PyTorch.
  package static func isSpecification(_ text: String) -> Bool { text.contains(".py:") }

  /// Reads the file once to compute its digest. Whether it defines the name is checked by Python.
  ///
  /// - Parameters:
  ///   - specification: `PATH.py:NAME` or `PATH.py:NAME(parameter=value, ...)`.
  ///   - folder: the folder that a relative path starts from; nil for the current one.
  /// - Throws: `UserError` if the format is different or the file cannot be read.
  package init(_ specification: String, relativeTo folder: URL? = nil) throws(UserError) {
    try checkLossLength(specification)
    let (path, name, arguments) = try Self.parts(specification)
    url = URL(filePath: path, relativeTo: folder).absoluteURL.standardizedFileURL
    let data: Data
    do throws(UserError) { data = try BoundedFile.read(url, atMost: 16 << 20) } catch {
      let isSum = path.contains(" + ") || path.contains(" * ")
      throw UserError(
        "the PyTorch loss \(excerpt(name)): \(error)"
          + (isSum ? "; a PyTorch loss cannot be part of a sum: add the losses in Python" : ""))
    }
    identity = TorchIdentity(name: name, sha256: sha256(data), arguments: arguments)
  }

  private static func parts(
    _ specification: String
  ) throws(UserError) -> (path: String, name: String, arguments: String?) {
    let text = specification.trimmingCharacters(in: .whitespaces)
    // Parameters may have colons of their own.
    let colon =
      text.ranges(of: ".py:").last.map { text.index(before: $0.upperBound) }
      ?? text.lastIndex(of: ":")
    guard let colon, colon > text.startIndex else {
      let shown = excerpt(specification)
      throw UserError("the PyTorch loss \"\(shown)\" does not name a callable; \(form)")
    }
    let path = String(text[..<colon])
    let call = text[text.index(after: colon)...]
    guard path.hasSuffix(".py") else {
      throw UserError(path: path, problem: "is not a Python file; \(form)")
    }
    let name = call.prefix { $0 != "(" }.trimmingCharacters(in: .whitespaces)
    guard isIdentifier(name) else {
      throw UserError(
        path: path, problem: "\"\(excerpt(name))\" is not a Python identifier; \(form)")
    }
    return (path, name, try arguments(of: call, name, path))
  }

  private static func arguments(
    of call: Substring, _ name: String, _ path: String
  ) throws(UserError) -> String? {
    guard let open = call.firstIndex(of: "(") else { return nil }
    guard call.last == ")" else {
      throw UserError(
        path: path,
        problem: "a closing parenthesis is missing in \"\(excerpt(String(call)))\"; \(form)")
    }
    let inner = call[call.index(after: open)...].dropLast()
    do throws(TorchArguments.Mistake) {
      let arguments = try TorchArguments(parsing: String(inner))
      return arguments.text.isEmpty ? nil : arguments.text
    } catch {
      throw UserError(path: path, problem: "\(excerpt(name)): \(error.text); \(form)")
    }
  }

  private static func isIdentifier(_ name: String) -> Bool {
    guard let first = name.first, first == "_" || first.isLetter else { return false }
    return name.allSatisfy { $0 == "_" || $0.isLetter || $0.isNumber }
  }
}
