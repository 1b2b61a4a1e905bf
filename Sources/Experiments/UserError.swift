import Datasets
import Foundation

/// A problem that the user can do something about, told in one line.
package struct UserError: Error, Hashable, CustomStringConvertible {
  /// One line, without `error:` in front and without a full stop.
  package let description: String

  package init(_ message: String) {
    description = message.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  package init(path: String, problem: String) { self.init("\(path): \(problem)") }

  /// What a failed system call means for the file and what to do about it.
  package init(path: String, action: String, errno code: Int32) {
    self.init(path: path, problem: "cannot \(action): \(Self.advice(code))")
  }

  private static func advice(_ code: Int32) -> String {
    let reason = String(cString: strerror(code))
    switch code {
    case ENOSPC, EDQUOT:
      return "\(reason); free space there, then start the same command again"
    case EFBIG:
      return "\(reason); raise the file size limit (ulimit -f), then start the same command again"
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

/// Thrown by a cell that was asked to stop and has saved a checkpoint.
package struct Interrupted: Error {
  package init() {}
}

/// Tells the user, on standard error, of something that went wrong but stops nothing.
package func warn(_ message: String) {
  FileHandle.standardError.write(Data("warning: \(UserError(message))\n".utf8))
}

/// One line for any error.
package func oneLine(_ error: any Error) -> String {
  switch error {
  case let error as UserError: error.description
  case let error as DataError: UserError(error.description).description
  default: UserError(String(describing: error)).description
  }
}
