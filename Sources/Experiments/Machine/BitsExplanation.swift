import Files

/// What `results verify` says about a run that was trained again and has other bits.
package struct BitsExplanation {
  /// One line.
  package let text: String

  /// - Parameters:
  ///   - stored: the environment of the stored run.
  ///   - now: that of the repetition.
  ///   - features: of this CPU.
  package init(stored: RunEnvironment, now: RunEnvironment, on features: CPUFeatures = .current) {
    guard let kernel = stored.kernel else {
      let others = BLASKernel.suitable(for: features).filter { $0 != now.kernel }.map(\.name)
      text =
        "the stored run did not record its BLAS kernels: others than the \(now.kernel?.description ?? "?") "
        + "of this one are a possible cause, and so is the code"
        + (others.isEmpty
          ? "" : "; try OPENBLAS_CORETYPE=\(others.joined(separator: " and "))")
      return
    }
    let difference = MachineDifference(stored, now)
    if kernel != now.kernel {
      text =
        "the stored run was computed with OpenBLAS's \(kernel) kernels and this one with its "
        + "\(now.kernel?.description ?? "unknown") kernels, which round differently: this does not show that the "
        + "code computes different bits; " + Self.advice(kernel, features)
    } else if !difference.reasons.isEmpty {
      text =
        "the machines differ (\(difference.reasons.joined(separator: "; ")), stored and here), so this "
        + "does not show that the code computes different bits"
    } else if stored.cpu != now.cpu || now.vectors != nil && stored.vectors != now.vectors {
      text =
        "BLAS and its kernels are the same, but perhaps not the CPU (stored: \(Self.cpu(stored)); "
        + "here: \(Self.cpu(now))): either the code computes different bits, or the CPUs do"
    } else if stored.code != nil, stored.code == now.code {
      text =
        "CPU and BLAS are the same, and so is the code: the stored run may have been changed, or its "
        + "data"
    } else {
      text = "CPU and BLAS are the same, so the code computes different bits"
    }
  }

  /// Models of several generations may share a name.
  private static func cpu(_ environment: RunEnvironment) -> String {
    "\(environment.cpu) with \(environment.vectors ?? "vector instructions that were not recorded")"
  }

  private static func advice(_ kernel: BLASKernel, _ features: CPUFeatures) -> String {
    if let needed = kernel.level, let level = features.level, needed > level {
      return "verify it on a CPU with \(needed.title)"
    }
    return "verify it with OPENBLAS_CORETYPE=\(shellQuoted(kernel.description))"
  }
}
