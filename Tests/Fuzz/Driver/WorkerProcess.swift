import Files
import Foundation
import FuzzTargets

/// This program again, as a worker, with little in its environment.
final class WorkerProcess {
  enum End: Hashable {
    case time, memory, otherError, hang
    /// The number of a signal, or the status of an exit that is none of a worker's own.
    case trap(Int32)

    var isFinding: Bool { self != .time }

    var name: String {
      switch self {
      case .time: "time"
      case .memory: "memory"
      case .otherError: "other"
      case .hang: "hang"
      case .trap: "trap"
      }
    }
  }

  let state: SharedState
  private let place: FuzzPlace
  private let child: pid_t
  private var wasKilled = false

  /// Seconds after which an input that is still being read counts as one that hangs.
  static let patience = 10.0

  /// - Parameter arguments: the worker's, after the path of the shared state.
  init(_ arguments: [String]) throws(UserError) {
    do { place = try FuzzPlace() } catch { throw UserError("no folder for temporary files") }
    let shared = place.file("state").path
    guard let state = SharedState(shared, creates: true) else {
      throw UserError(path: shared, problem: "cannot be shared")
    }
    self.state = state
    child = try Self.spawn(
      ["worker", shared] + arguments, errors: place.file("errors").path, folder: place.folder.path)
  }

  deinit {
    state.unmap()
    place.remove()
  }

  private static func spawn(
    _ arguments: [String], errors: String, folder: String
  ) throws(UserError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    // Nothing can be started, and a trap prints its reason alone.
    let variables = [
      "PATH=", "HOME=/nonexistent", "TMPDIR=\(folder)", "SWIFT_BACKTRACE=enable=no",
      "OPENBLAS_NUM_THREADS=1",
    ]
    let program = "/proc/self/exe"
    let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: program)) ?? program
    let words = ([path] + arguments).map { strdup($0) } + [nil]
    let environment = variables.map { strdup($0) } + [nil]
    defer { for word in words + environment { free(word) } }
    var child: pid_t = 0
    let code = posix_spawn(&child, path, &actions, nil, words, environment)
    guard code == 0 else { throw UserError(path: path, action: "start", errno: code) }
    return child
  }

  /// How it ended; nil while it runs. One that hangs is killed.
  func poll() -> End? {
    var status: Int32 = 0
    guard waitpid(child, &status, WNOHANG) == child else {
      let started = state[.started]
      if started > 0, SharedState.now - started > Int(Self.patience * 1e9) { kill() }
      return nil
    }
    if wasKilled { return .hang }
    let signal = status & 0x7f
    guard signal == 0 else { return .trap(signal) }
    switch WorkerEnd(rawValue: status >> 8 & 0xff) {
    case .time: return .time
    case .memory: return .memory
    case .otherError: return .otherError
    case nil: return .trap(status >> 8 & 0xff)
    }
  }

  func wait() -> End {
    while true {
      if let end = poll() { return end }
      usleep(5000)
    }
  }

  private func kill() {
    if wasKilled { return }
    wasKilled = true
    Foundation.kill(child, SIGKILL)
  }

  /// The last that it said: the reason of a trap or of another error.
  var reason: String {
    let text = (try? String(contentsOf: place.file("errors"), encoding: .utf8)) ?? ""
    let lines = text.split(separator: "\n")
    let told = lines.last { line in
      ["Fatal error", "other error", "memory:", "Out of"].contains { line.contains($0) }
    }
    return String((told ?? "").prefix(200))
  }
}
