/// What is to be done about the kernels that OpenBLAS chose for this CPU.
///
/// OpenBLAS knows the CPUs that were on sale when it was written, and takes its oldest kernels on
/// others: several times slower than the CPU allows, without a word.
package enum BLASDecision: Hashable, Sendable {
  /// They suit the CPU, as far as that is known.
  case keep
  /// The user chose them, with `OPENBLAS_CORETYPE`; nil where none would be better.
  case leave(better: BLASKernel?)
  /// Better ones exist, and OpenBLAS takes them if it is told when it is loaded.
  case replace(with: BLASKernel)
  /// The CPU could do better, but this OpenBLAS has nothing better.
  case lament(CPUFeatures.Level)
  /// The user chose kernels with instructions of this level, which the CPU lacks.
  case refuse(CPUFeatures.Level)

  /// - Parameter choice: the value of `OPENBLAS_CORETYPE`, nil or empty where it is not set.
  package init(_ library: BLASLibrary, _ features: CPUFeatures, choice: String?) {
    let isUsers = choice?.isEmpty == false
    guard let now = library.kernel.level, let most = features.level,
      let worthwhile = features.worthwhile
    else {
      self = isUsers ? .leave(better: nil) : .keep
      return
    }
    if now > most, isUsers {
      self = .refuse(now)
      return
    }
    guard now < worthwhile else {
      self = isUsers ? .leave(better: nil) : .keep
      return
    }
    let better = BLASKernel.suitable(for: features).first {
      library.choosesKernels && library.has($0) != false && ($0.level ?? now) > now
    }
    if isUsers {
      self = .leave(better: better)
    } else {
      self = better.map { .replace(with: $0) } ?? .lament(most)
    }
  }
}
