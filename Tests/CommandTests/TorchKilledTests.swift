import Foundation
import TestSupport
import Testing

/// What is left when the command is killed while a PyTorch loss is at work. A stand-in for PyTorch is
/// enough: the loss file is run when it is read.
@Suite(
  "Killed beside a PyTorch loss", .enabled(if: pythonImporting("ctypes") != nil), .serialized)
struct TorchKilledTests {
  private let place: Workplace

  init() throws {
    place = try Workplace()
    try place.writeTorchStandIn()
  }

  private func start(_ body: String) throws -> (command: Command, worker: Int32) {
    let source = """
      import ctypes, os, time
      with open("pid.part", "w") as file: file.write(str(os.getpid()))
      os.rename("pid.part", "pid")
      \(body)
      def mine(z, y): pass

      """
    try Data(source.utf8).write(to: place.file("mine.py"))
    let python = try #require(pythonImporting("ctypes"))
    let command = try Command(
      place.sweep() + ["--torch", "mine.py:mine", "--python", python], in: place.url,
      environment: ["PYTHONPATH": place.file("modules").path])
    #expect(command.wait { place.exists("pid") })
    let text = try String(contentsOf: place.file("pid"), encoding: .utf8)
    return (command, try #require(Int32(text)))
  }

  private func isGone(_ worker: Int32) -> Bool {
    defer { kill(worker, SIGKILL) }
    return TorchPython.soon { !TorchPython.isRunning(worker) }
  }

  /// Code that never lets Python's other threads run.
  @Test func codeThatHoldsPythonsLockEnds() throws {
    let (command, worker) = try start("ctypes.PyDLL(None).sleep(1000)")
    usleep(300_000)
    kill(command.process.processIdentifier, SIGKILL)
    _ = try command.finish()
    #expect(isGone(worker))
  }

  /// The answer lies unread in the socket, which is then reset and not closed.
  @Test func killedBetweenQuestionAndAnswer() throws {
    let (command, worker) = try start("time.sleep(1)")
    kill(command.process.processIdentifier, SIGSTOP)
    usleep(2_000_000)
    #expect(TorchPython.isRunning(worker))
    kill(command.process.processIdentifier, SIGKILL)
    _ = try command.finish()
    #expect(isGone(worker))
  }
}
