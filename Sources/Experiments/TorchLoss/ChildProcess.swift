import Foundation

/// A program in its own process group: a terminal's Ctrl-C does not reach it, and any processes
/// that it starts end with it.
final class ChildProcess {
  let id: pid_t
  private var ending: String?

  /// The number under which the child finds the first of the descriptors.
  static let firstDescriptor = 3

  /// Starts the program with an empty standard input.
  ///
  /// - Parameters:
  ///   - descriptors: descriptors that the child finds as `firstDescriptor` and up.
  ///   - output: the descriptor of its standard output and standard error.
  init(
    _ path: String, _ arguments: [String], descriptors: [Int32], output: Int32
  ) throws(SpawnError) {
    // Duplicate above all target numbers, so that no descriptor is overwritten before it is used.
    let first = Int32(Self.firstDescriptor)
    let kept = descriptors.map { fcntl($0, F_DUPFD_CLOEXEC, first + Int32(descriptors.count)) }
    defer { for descriptor in kept { close(descriptor) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for standard in [STDOUT_FILENO, STDERR_FILENO] {
      posix_spawn_file_actions_adddup2(&actions, output, standard)
    }
    for (index, descriptor) in kept.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, first + Int32(index))
    }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // This process may ignore or block signals that the child relies on.
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

    let words = CStrings([path] + arguments)
    let environment = CStrings(ProcessInfo.processInfo.environment.map { "\($0)=\($1)" })
    var child: pid_t = 0
    let code = posix_spawn(
      &child, path, &actions, &attributes, words.pointers, environment.pointers)
    guard code == 0 else { throw SpawnError(code: code) }
    id = child
  }

  deinit { end() }

  /// An error of `posix_spawn`, given by its `errno` value.
  struct SpawnError: Error { let code: Int32 }

  /// Kills the process, unless it has already exited, along with its group, and waits for it.
  ///
  /// - Parameter patience: the seconds that it has to exit by itself.
  /// - Returns: how it ended, such as "exit status 1" or "signal 9".
  @discardableResult
  func end(patience: Double = 0) -> String {
    if let ending { return ending }
    let last = ContinuousClock.now + .seconds(patience)
    while !hasEnded, ContinuousClock.now < last { usleep(1000) }
    // The id cannot be reused until the process is waited for. Even if it has exited, others in its
    // group may not have.
    kill(-id, SIGKILL)
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    let text = signal == 0 ? "exit status \(status >> 8 & 0xff)" : "signal \(signal)"
    ending = text
    return text
  }

  /// Whether the process has exited, by itself or by a signal.
  var hasEnded: Bool {
    if ending != nil { return true }
    var information = siginfo_t()
    return waitid(P_PID, id_t(id), &information, WEXITED | WNOWAIT | WNOHANG) == 0
      && information.si_signo == SIGCHLD
  }
}

/// A nil-terminated array of C strings.
private final class CStrings {
  let pointers: [UnsafeMutablePointer<CChar>?]

  init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }

  deinit { for pointer in pointers { free(pointer) } }
}
