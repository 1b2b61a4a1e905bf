/// Why two trainings of one configuration by the same code may differ in bits: they were computed with
/// different BLAS kernels, on different kinds of CPU, with another PyTorch, or on another number of ranks.
package struct MachineDifference: Hashable, Sendable {
  /// Such as `OpenBLAS kernels Zen and Cooperlake`; empty if nothing is known that could matter.
  package let reasons: [String]

  package init(_ a: RunEnvironment, _ b: RunEnvironment) {
    func differing(_ what: String, _ x: String?, _ y: String?) -> String? {
      guard let x, let y, x != y else { return nil }
      return "\(what) \(x) and \(y)"
    }
    guard a.engine == nil, b.engine == nil else {
      reasons = [differing("engines", a.trainedBy, b.trainedBy)].compactMap(\.self)
      return
    }
    let kernels = (a.kernel, b.kernel)
    reasons = [
      kernels.0 == kernels.1
        ? nil : differing("BLAS kernels", kernels.0?.description, kernels.1?.description),
      differing("BLAS versions", a.blasVersion, b.blasVersion),
      differing("PyTorch", a.torch, b.torch),
      differing("ranks", "\(a.ranks ?? 1)", "\(b.ranks ?? 1)"),
      differing("vector instructions", a.roundingVectors, b.roundingVectors),
    ].compactMap(\.self)
  }
}

extension RunEnvironment {
  /// Nil where it was not recorded, and where another engine trained the run.
  package var kernel: BLASKernel? {
    if engine != nil { return nil }
    if let blasKernel { return BLASKernel(blasKernel) }
    let recorded = BLASLibrary(blas).kernel
    return recorded == BLASLibrary("").kernel ? nil : recorded
  }

  /// `OpenBLAS 0.3.21`; nil where no version was recorded.
  var blasVersion: String? {
    let version = BLASLibrary(blas).version
    return version.contains(" ") ? version : nil
  }

  /// The C library's functions and PyTorch's kernels round in another way where there is no fused
  /// multiplication and addition; AVX2 and AVX-512 have it.
  fileprivate var roundingVectors: String? {
    let fused = [CPUFeatures.Level.avx2, .avx512].map(\.title)
    return torch == nil ? vectors.map { fused.contains($0) ? fused[0] + " or later" : $0 } : vectors
  }
}
