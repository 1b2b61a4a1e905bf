import Files
import Foundation

extension Program {
  /// Goes on as this program, found on the path, in place of the one that runs.
  /// - Returns: why it cannot.
  package func replaceThisProcess() -> UserError {
    let words = ([path] + arguments).map { strdup($0) } + [nil]
    execvp(path, words)
    let code = errno
    for word in words { free(word) }
    return UserError(path: path, action: "start", errno: code)
  }
}

extension StandardStreams {
  /// Has nothing that this process prints reach standard output from now on, which another rank uses.
  package static func dropResults() {
    let nothing = open("/dev/null", O_WRONLY | O_CLOEXEC)
    if nothing >= 0 { dup2(nothing, STDOUT_FILENO) }
    close(nothing)
  }
}
