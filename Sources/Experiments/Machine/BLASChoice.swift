import Files
import Foundation

/// The kernels that this process computes products with, and who chose them.
package struct BLASChoice: Hashable, Sendable {
  package enum Chooser: String, Hashable, Sendable {
    case openBLAS = "OpenBLAS"
    /// With `OPENBLAS_CORETYPE`.
    case user = "OPENBLAS_CORETYPE"
    case program = "RecallBench"
  }

  /// Why kernels below what the CPU can do are used nonetheless.
  package enum Problem: Hashable, Sendable {
    /// This OpenBLAS has nothing better for a CPU of this level.
    case nothingBetter(CPUFeatures.Level)
    /// It did not take the better ones when it was told to.
    case notTaken
    /// The better ones computed wrong products.
    case wrongProducts
    /// The program could not be started again; the number is that of the error.
    case cannotRestart(Int32)
    /// The CPU lacks the instructions of the kernels that the user chose.
    case missing(CPUFeatures.Level)
  }

  package var kernel: BLASKernel
  package var chooser: Chooser
  /// What OpenBLAS had chosen, where this program chose.
  package var replaced: BLASKernel?
  /// What would suit the CPU better and is not used.
  package var better: BLASKernel?
  package var problem: Problem?
  /// What `OPENBLAS_CORETYPE` says, where the user set it.
  package var requested: BLASKernel?

  package init(
    _ kernel: BLASKernel, by chooser: Chooser, replaced: BLASKernel? = nil,
    better: BLASKernel? = nil, problem: Problem? = nil
  ) {
    (self.kernel, self.chooser, self.replaced) = (kernel, chooser, replaced)
    (self.better, self.problem) = (better, problem)
  }

  /// A clause on who chose them and instead of what; nil where OpenBLAS did and nothing is wrong.
  package var remark: String? {
    let below = better.map { "; \($0) would suit this CPU" } ?? ""
    switch (chooser, problem) {
    case (.program, _):
      return "chosen by RecallBench; OpenBLAS had fallen back to \(replaced?.name ?? "older ones")"
    case (.user, nil): return "\(request)\(below)"
    case (.openBLAS, nil): return nil
    case (_, .some(let problem)): return complaint(problem)
    }
  }

  private var request: String {
    guard let requested, requested != kernel else { return "chosen by OPENBLAS_CORETYPE" }
    return
      "in place of \(printable(requested.name)), which OPENBLAS_CORETYPE says and this OpenBLAS lacks"
  }

  private func complaint(_ problem: Problem) -> String {
    let asked = better?.name ?? "better"
    switch problem {
    case .missing(let level):
      return "chosen by OPENBLAS_CORETYPE; this CPU lacks their instructions (\(level.title))"
    case .nothingBetter(let level):
      return "below what this CPU can do (\(level.title)), but this OpenBLAS has nothing better"
    case .notTaken: return "below what this CPU can do: OpenBLAS did not take its \(asked) kernels"
    case .wrongProducts:
      return "below what this CPU can do: OpenBLAS's \(asked) kernels compute wrong products here"
    case .cannotRestart(let code):
      return "below what this CPU can do: the program could not be started again with OpenBLAS's "
        + "\(asked) kernels (\(String(cString: strerror(code))))"
    }
  }

  /// One line for somebody who is about to train for hours; nil if nothing is wrong.
  package var warning: String? {
    guard problem != nil, let remark else { return nil }
    return "OpenBLAS computes with its \(kernel) kernels, \(remark), so training takes longer than "
      + "it must; see 'recallbench doctor'"
  }
}
