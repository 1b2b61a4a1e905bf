import Files
import Foundation
import Synchronization

/// A Python process that has imported PyTorch, and forks a worker for each run: what importing costs
/// is paid once, and its memory is shared. See worker.py.
///
/// It ends with this object, and with this process, however that ends. Threads may share it; their
/// requests are serialized.
final class TorchServer: @unchecked Sendable {
  let python: String
  /// The versions of PyTorch and Python.
  let version: String
  /// What this process and its workers print.
  let output: PassedOutput

  // Everything below is accessed by one thread at a time.
  private let turn = NSLock()
  private let child: ChildProcess
  private let conversation: TorchConversation
  private var isUsable = true

  /// The servers that somebody uses, by interpreter.
  private static let running = Mutex<[String: Reference]>([:])

  private struct Reference { weak var server: TorchServer? }

  /// The server of this interpreter: the one that is running, or a new one. Whoever keeps it keeps it
  /// running.
  /// - Parameter loss: the notation of the loss that needs it, for messages.
  /// - Throws: `UserError` if there is no Python or no torch, or if importing it takes too long.
  static func shared(_ setup: TorchSetup, for loss: String) throws(UserError) -> TorchServer {
    let python = try setup.interpreter()
    return try running.withLock { servers throws(UserError) in
      if let server = servers[python]?.server, server.isAlive { return server }
      let server = try TorchServer(python, limit: setup.limits.start, for: loss)
      servers[python] = Reference(server: server)
      return server
    }
  }

  private init(_ python: String, limit: Double, for loss: String) throws(UserError) {
    self.python = python
    let (channel, other) = try LineChannel.pair()
    let output = try PassedOutput()
    self.output = output
    conversation = TorchConversation(channel: channel, python: python, output: output)
    let source = String(decoding: PackageResources.worker_py, as: UTF8.self)
    let child: ChildProcess
    do throws(ChildProcess.SpawnError) {
      // Close before the first request, so that only the server holds its end and it closes if the
      // server dies.
      defer {
        close(other)
        output.closeInput()
        output.start()
      }
      child = try ChildProcess(
        python, ["-u", "-c", source], descriptors: [other], output: output.input)
    } catch {
      throw UserError(
        path: python,
        problem: "cannot be started: \(String(cString: strerror(error.code))); \(TorchSetup.advice)"
      )
    }
    self.child = child
    let ready: Ready = try conversation.ask(
      Request(request: "import"), for: .init(loss: loss, action: "start", limit: limit)
    ) { child.end(patience: $0) }
    version = ready.version
  }

  deinit {
    conversation.channel.close()
    child.end(patience: 1)
    output.finish()
  }

  private var isAlive: Bool {
    turn.lock()
    defer { turn.unlock() }
    return isUsable && !child.hasEnded
  }

  /// Forks a worker, in a process group of its own.
  ///
  /// - Parameter descriptors: the worker's socket and its two files.
  /// - Returns: the number of its process, which `end` has to be called with.
  func fork(
    passing descriptors: [Int32], for loss: String, limit: Double
  ) throws(UserError) -> pid_t {
    turn.lock()
    defer { turn.unlock() }
    do throws(UserError) {
      let forked: Forked = try conversation.ask(
        Request(request: "fork"), passing: descriptors,
        for: .init(loss: loss, action: "start", limit: limit)
      ) { child.end(patience: $0) }
      return forked.pid
    } catch {
      isUsable = false
      throw error
    }
  }

  /// Kills a worker, unless it has already exited, along with its group, and waits for it.
  ///
  /// - Parameter patience: the seconds that it has to exit by itself.
  /// - Returns: how it ended, such as "exit status 1" or "signal 9".
  func end(_ worker: pid_t, patience: Double) -> String {
    turn.lock()
    defer { turn.unlock() }
    let answer: Ended? = try? conversation.ask(
      End(worker: worker, patience: patience),
      for: .init(loss: "", action: "", limit: patience + 10)
    ) { child.end(patience: $0) }
    if let answer { return answer.ended }
    // Without its server, nobody waits for the worker but the system.
    isUsable = false
    kill(-worker, SIGKILL)
    return "signal \(SIGKILL)"
  }

  private struct Request: Encodable { var request: String }

  private struct End: Encodable {
    var request = "end"
    var worker: pid_t
    var patience: Double
  }

  private struct Ready: Decodable { var version: String }

  private struct Forked: Decodable { var pid: pid_t }

  private struct Ended: Decodable { var ended: String }
}
