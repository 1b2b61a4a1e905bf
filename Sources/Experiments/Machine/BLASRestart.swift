/// What a process that was started again with other BLAS kernels knows of the one before.
///
/// It is handed over in an environment variable, with the number of the process, which stays the same: a
/// child that inherits the variable does not mistake it for its own, so nothing can start again for
/// ever.
package struct BLASRestart: Hashable, Sendable {
  package static let variable = "RECALLBENCH_BLAS_RESTART"

  package enum Stage: String, Sendable {
    /// The kernels are to be checked.
    case trial
    /// They computed wrong products; OpenBLAS has its own choice again.
    case refusal
  }

  /// What OpenBLAS had chosen.
  package let before: BLASKernel
  package let asked: BLASKernel
  package let stage: Stage

  package init(before: BLASKernel, asked: BLASKernel, stage: Stage) {
    (self.before, self.asked, self.stage) = (before, asked, stage)
  }

  /// - Parameter process: the number of the process that reads it.
  package init?(_ text: String, process: Int32) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4, Int32(parts[0]) == process, let stage = Stage(rawValue: parts[3]) else {
      return nil
    }
    self.init(before: BLASKernel(parts[1]), asked: BLASKernel(parts[2]), stage: stage)
  }

  package func text(process: Int32) -> String {
    "\(process):\(before):\(asked):\(stage.rawValue)"
  }
}

/// What a program does about its BLAS kernels when it starts.
package enum BLASStep: Hashable, Sendable {
  case go(BLASChoice)
  /// Start this program again, with OpenBLAS told to take these kernels; nil: with its own choice.
  case restart(BLASKernel?, BLASRestart)

  /// - Parameters:
  ///   - restart: what the process before left; nil in the first.
  ///   - isRight: whether products are right; called only for kernels that this program chose.
  package init(
    after restart: BLASRestart?, _ library: BLASLibrary, _ features: CPUFeatures, choice: String?,
    isRight: () -> Bool
  ) {
    switch restart {
    case nil: self = Self.first(library, features, choice)
    case let restart? where restart.stage == .trial:
      self = Self.trial(restart, library.kernel, isRight)
    case let restart?:
      self = .go(
        BLASChoice(
          library.kernel, by: .openBLAS, better: restart.asked, problem: .wrongProducts))
    }
  }

  private static func first(
    _ library: BLASLibrary, _ features: CPUFeatures, _ choice: String?
  ) -> BLASStep {
    let kernel = library.kernel
    switch BLASDecision(library, features, choice: choice) {
    case .keep: return .go(BLASChoice(kernel, by: .openBLAS))
    case .leave(let better):
      var users = BLASChoice(kernel, by: .user, better: better)
      users.requested = choice.map(BLASKernel.init)
      return .go(users)
    case .lament(let level):
      return .go(BLASChoice(kernel, by: .openBLAS, problem: .nothingBetter(level)))
    case .refuse(let level):
      return .go(BLASChoice(kernel, by: .user, problem: .missing(level)))
    case .replace(let better):
      return .restart(better, BLASRestart(before: kernel, asked: better, stage: .trial))
    }
  }

  /// OpenBLAS itself takes simpler kernels where it lacks those that it is told to take.
  private static func trial(
    _ restart: BLASRestart, _ kernel: BLASKernel, _ isRight: () -> Bool
  ) -> BLASStep {
    let isBetter = kernel.level.flatMap { now in restart.before.level.map { now > $0 } } ?? false
    guard kernel == restart.asked || isBetter else {
      return .go(
        BLASChoice(kernel, by: .openBLAS, better: restart.asked, problem: .notTaken))
    }
    if isRight() { return .go(BLASChoice(kernel, by: .program, replaced: restart.before)) }
    return .restart(
      nil, BLASRestart(before: restart.before, asked: kernel, stage: .refusal))
  }
}
