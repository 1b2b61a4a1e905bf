import Files
import Foundation
import Synchronization
import Tensors

/// Sees to it, when a program starts, that OpenBLAS computes with kernels that suit the CPU.
package enum BLASStart {
  private static let settled = Mutex<BLASChoice?>(nil)
  private static let coreType = "OPENBLAS_CORETYPE"

  /// The choice of this process; that of OpenBLAS or the user in a program that does not `settle`.
  package static var choice: BLASChoice {
    if let choice = settled.withLock({ $0 }) { return choice }
    switch step(after: nil) {
    case .go(let choice): return choice
    case .restart(let better, let restart):
      return BLASChoice(restart.before, by: .openBLAS, better: better)
    }
  }

  /// Call this first in a program. Where OpenBLAS has fallen below what the CPU can do and the user
  /// has not chosen its kernels, it does not return: OpenBLAS reads `OPENBLAS_CORETYPE` when it is loaded,
  /// so the program starts once more, as the same process with the same arguments, folder and streams.
  /// There, better kernels are checked before they are trusted. Neither variable is left for children:
  /// NumPy and others bring an OpenBLAS of their own.
  ///
  /// - Throws: `UserError` if the user chose kernels that this CPU cannot run, or if kernels compute
  ///   wrong products and the program cannot go back.
  package static func settle() throws(UserError) {
    let restart = takeRestart()
    switch step(after: restart) {
    case .go(let choice):
      if case .missing(let level)? = choice.problem {
        throw UserError(
          "\(coreType) chooses OpenBLAS's \(choice.kernel) kernels, but this CPU lacks their "
            + "instructions (\(level.title)); unset it")
      }
      settled.withLock { $0 = choice }
    case .restart(let kernel, let next):
      let code = startAgain(kernel, next)
      if let kernel {
        let choice = BLASChoice(
          next.before, by: .openBLAS, better: kernel, problem: .cannotRestart(code))
        settled.withLock { $0 = choice }
      } else {
        throw UserError(
          "OpenBLAS's \(next.asked) kernels compute wrong products on this CPU; set "
            + "\(coreType)=\(next.before)")
      }
    }
  }

  private static func step(after restart: BLASRestart?) -> BLASStep {
    BLASStep(
      after: restart, .current, needsFeatures ? .current : CPUFeatures(flags: []),
      choice: variable(coreType)
    ) { BLASCheck.isRight() }
  }

  /// Nothing is above the widest kernels, and OpenBLAS itself chooses none that the CPU lacks.
  private static var needsFeatures: Bool {
    BLASLibrary.current.kernel.level != .avx512 || variable(coreType) != nil
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  private static func takeRestart() -> BLASRestart? {
    guard let text = variable(BLASRestart.variable) else { return nil }
    unsetenv(BLASRestart.variable)
    guard let restart = BLASRestart(text, process: getpid()) else { return nil }
    // Set by this program, and read by OpenBLAS by now.
    unsetenv(coreType)
    return restart
  }

  /// - Returns: the number of the error; only if there is one.
  private static func startAgain(_ kernel: BLASKernel?, _ restart: BLASRestart) -> Int32 {
    if let kernel { setenv(coreType, kernel.name, 1) }
    setenv(BLASRestart.variable, restart.text(process: getpid()), 1)
    execv(program, CommandLine.unsafeArgv)
    let code = errno
    unsetenv(coreType)
    unsetenv(BLASRestart.variable)
    return code
  }

  /// By its own name if the file is still there, so that lists of processes go on to show it.
  private static var program: String {
    let link = "/proc/self/exe"
    let name = (try? FileManager.default.destinationOfSymbolicLink(atPath: link)) ?? link
    var (own, named) = (stat(), stat())
    let isSame =
      stat(link, &own) == 0 && stat(name, &named) == 0 && own.st_dev == named.st_dev
      && own.st_ino == named.st_ino
    return isSame ? name : link
  }
}
