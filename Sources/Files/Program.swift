import Foundation

/// A program that is run to its end. Unlike Foundation's `Process`, starting one cannot trap where
/// descriptors or memory run out.
package struct Program {
  package var path: String
  package var arguments: [String]
  package var environment = ProcessInfo.processInfo.environment
  /// Where it runs.
  package var folder: URL?

  package init(_ path: String, _ arguments: [String]) {
    (self.path, self.arguments) = (path, arguments)
  }

  package struct Outcome: Sendable {
    /// 0 for success; 128 and the number of the signal that ended it.
    package let status: Int32
    package let output: Data
    /// At most a megabyte: a program may complain without end.
    package let errors: String
  }

  /// Its standard input is empty.
  /// - Throws: `UserError` if it cannot be started.
  package func run() throws(UserError) -> Outcome { try start().wait() }

  /// Starts it, and does not wait for its end: `wait` must be called, once.
  /// - Throws: `UserError` if it cannot be started.
  package func start() throws(UserError) -> Started {
    let output = try Self.temporaryFile()
    do throws(UserError) {
      let errors = try Self.temporaryFile()
      do throws(UserError) {
        return Started(
          child: try spawn(output: output, errors: errors), output: output, errors: errors)
      } catch {
        close(errors)
        throw error
      }
    } catch {
      close(output)
      throw error
    }
  }

  /// A program that is running.
  package struct Started {
    fileprivate let child: pid_t
    fileprivate let output: Int32
    fileprivate let errors: Int32

    /// Waits for its end.
    package func wait() -> Outcome {
      defer {
        close(output)
        close(errors)
      }
      return Outcome(
        status: Self.status(of: child), output: contents(output),
        errors: String(decoding: contents(errors, atMost: 1 << 20), as: UTF8.self))
    }

    /// Waits for the end of a process; the status as of `Outcome`.
    static func status(of child: pid_t) -> Int32 {
      var status: Int32 = 0
      while waitpid(child, &status, 0) < 0, errno == EINTR {}
      let signal = status & 0x7f
      return signal == 0 ? status >> 8 & 0xff : 128 + signal
    }

    private func contents(_ descriptor: Int32, atMost limit: Int = .max) -> Data {
      guard lseek(descriptor, 0, SEEK_SET) == 0 else { return Data() }
      var (data, part) = (Data(), [UInt8](repeating: 0, count: 1 << 16))
      while data.count < limit {
        let count = read(descriptor, &part, part.count)
        if count <= 0 { break }
        data += part[..<count]
      }
      return data
    }
  }

  /// An open file without a name, read and written through one descriptor: the program cannot wait for
  /// a reader, as it does for one of a pipe.
  private static func temporaryFile() throws(UserError) -> Int32 {
    let url = FileManager.default.temporaryDirectory.appending(
      path: "recallbench-\(getpid())-\(UUID().uuidString).txt")
    let descriptor = open(url.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw UserError(path: url.path, action: "write", errno: errno) }
    unlink(url.path)
    return descriptor
  }

  /// - Parameter isApart: whether it gets a group of its own, which the terminal's signals do not reach.
  func spawn(
    output: Int32, errors: Int32, isApart: Bool = false
  ) throws(UserError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // This process ignores signals that the program relies on.
    var ignored = sigset_t()
    sigemptyset(&ignored)
    for number in [SIGPIPE, SIGXFSZ] { sigaddset(&ignored, number) }
    posix_spawnattr_setsigdefault(&attributes, &ignored)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | (isApart ? POSIX_SPAWN_SETPGROUP : 0)))
    let words = words.map { strdup($0) } + [nil]
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for word in words + variables { free(word) } }
    var child: pid_t = 0
    let code = posix_spawnp(&child, self.words[0], &actions, &attributes, words, variables)
    guard code == 0 else { throw UserError(path: path, action: "start", errno: code) }
    return child
  }

  /// A folder to run in is what posix_spawn lacks; the shell only changes into it.
  private var words: [String] {
    guard let folder else { return [path] + arguments }
    return ["/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", folder.path, path] + arguments
  }
}
