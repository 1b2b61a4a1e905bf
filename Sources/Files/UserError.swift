import Foundation

/// A problem that the user can do something about, described in one line.
///
/// It is the only error type that reaches the user. The command prints it after `error:` and exits
/// with status 1.
public struct UserError: Error, Hashable, Codable, Sendable, CustomStringConvertible {
  /// The file or folder that has the problem; nil if there is none.
  public let path: String?
  /// One line without a final period: what is wrong, and what to do.
  public let problem: String

  public init(_ problem: String) { self.init(at: nil, problem) }

  public init(path: String, problem: String) { self.init(at: path, problem) }

  private init(at path: String?, _ problem: String) {
    (self.path, self.problem) = (path.map(Self.oneLine), Self.oneLine(problem))
  }

  /// One line, without `error:` in front and without a final period.
  public var description: String { path.map { "\($0): \(problem)" } ?? problem }

  /// The same with more to say at its end.
  package func adding(_ text: String) -> UserError { UserError(at: path, problem + text) }

  /// The same with no more than the beginning of each text that it quotes in `"..."`.
  package var withShortQuotations: UserError {
    let short = problem.replacing(/"([^"]*)"/) { "\"\(excerpt(String($0.1)))\"" }
    return UserError(at: path, short)
  }

  /// What a failed system call means for the file and what to do about it.
  package init(path: String, action: String, errno code: Int32) {
    self.init(path: path, problem: "cannot \(action): \(Self.advice(code))")
  }

  private static func oneLine(_ text: String) -> String {
    visible(text.split(whereSeparator: \.isNewline).joined(separator: " "))
  }

  static func advice(_ code: Int32) -> String {
    let reason = String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT:
      return "\(reason); free space there, then rerun the same command"
    case EFBIG:
      return "\(reason); raise the file size limit (ulimit -f), then rerun the same command"
    case EACCES, EPERM, EROFS:
      return "\(reason); make the folder writable or name another one"
    case ENOTDIR:
      return "a part of the path is a file, not a folder; name another one"
    case EISDIR:
      return "it is a folder; remove or rename it"
    case EMFILE, ENFILE:
      return "\(reason); raise the limit (ulimit -n) or run fewer jobs"
    default: return reason
    }
  }
}

/// Warns the user, on standard error, about a problem that does not stop the command.
package func warn(_ message: String) {
  StandardStreams.writeMessage("warning: \(UserError(message))\n")
}

/// One line for any error.
package func oneLine(_ error: any Error) -> String {
  (error as? UserError)?.description ?? UserError(String(describing: error)).description
}

/// Text from a file in a form that a message may show: printable ASCII, at most 80 characters.
package func printable(_ text: String) -> String {
  let shown = text.unicodeScalars.prefix(80).map { scalar in
    (0x20...0x7e).contains(scalar.value) ? Character(scalar) : "?"
  }
  return String(shown) + (shown.count < text.unicodeScalars.count ? "..." : "")
}

/// `printable` text in single quotes.
package func quoted(_ text: String) -> String { "'\(printable(text))'" }
