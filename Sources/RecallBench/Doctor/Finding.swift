/// Something about a machine that its user should know, and what to do about it.
package struct Finding: Encodable, Hashable {
  package enum Weight: String, Encodable {
    /// Nothing needs to be done.
    case note
    /// Everything works, but more slowly than it could, or not for long.
    case advice
    /// Commands fail or compute wrong numbers.
    case broken
  }

  package let weight: Weight
  /// One line each.
  package let what: String
  package let advice: String

  /// Below this share of the multiplications and additions in registers, a product is too slow: OpenBLAS
  /// reaches 0.8 and more with kernels that suit the CPU.
  package static let leastShare = 0.5
  /// Above this one, the registers are not those of the CPU.
  package static let mostShare = 1.3
  /// Training the smallest sweep takes about half of it.
  package static let leastMemory = 1 << 30
  /// Weights, checkpoints and a report of a small sweep.
  package static let leastDisk = 1 << 30
  /// A file of weights.
  package static let noDisk = 16 << 20

  private init(_ weight: Weight, _ what: String, _ advice: String) {
    (self.weight, self.what, self.advice) = (weight, what, advice)
  }

  /// All findings, the worst first.
  package static func all(_ examination: Examination) -> [Finding] {
    let all =
      kernels(examination.blas, examination.rates.first) + speed(examination)
      + room(examination.room) + figures(examination.gnuplot)
    return [Weight.broken, .advice, .note].flatMap { weight in all.filter { $0.weight == weight } }
  }

  private static func kernels(_ blas: Examination.BLAS, _ rates: Examination.Rates?) -> [Finding] {
    let now = rates.map { " (\(number($0.sgemm)) GF/s on one thread)" } ?? ""
    let other = blas.otherSgemm.map { " (\(number($0)) GF/s)" } ?? ""
    if !blas.productsAreRight {
      return [
        Finding(
          .broken, "OpenBLAS's \(blas.kernel) kernels compute wrong products on this CPU",
          "set OPENBLAS_CORETYPE=Haswell, or Prescott, or install another version of OpenBLAS")
      ]
    }
    if let replaced = blas.replaced {
      return [
        Finding(
          .note,
          "OpenBLAS does not know this CPU and fell back to its \(replaced) kernels\(other); "
            + "RecallBench took its \(blas.kernel) kernels instead\(now), after checking products",
          "nothing; other programs with this OpenBLAS gain from OPENBLAS_CORETYPE=\(blas.kernel)")
      ]
    }
    if blas.isBelowCPU {
      return [
        Finding(
          .advice, "OpenBLAS's \(blas.kernel) kernels\(now) are \(blas.remark ?? "too old")",
          "install a newer OpenBLAS, built with DYNAMIC_ARCH (Debian and Ubuntu: libopenblas-dev)")
      ]
    }
    if let better = blas.better {
      return [
        Finding(
          .advice,
          "OPENBLAS_CORETYPE chooses OpenBLAS's \(blas.kernel) kernels\(now); its \(better) kernels"
            + "\(other) suit this CPU",
          "unset OPENBLAS_CORETYPE, unless you need the bits of the \(blas.kernel) kernels")
      ]
    }
    return []
  }

  /// Rates that were measured on a busy machine are no reason for advice.
  private static func speed(_ examination: Examination) -> [Finding] {
    let (cpu, blas) = (examination.cpu, examination.blas)
    if let load = cpu.load, load > Double(cpu.cores) + 1 {
      return [
        Finding(
          .note,
          "other programs are running (load average \(number(load)) on \(cpu.cores) cores), so the "
            + "rates may be too low", "nothing, or run this command again later")
      ]
    }
    guard let rates = examination.rates.first, blas.better == nil, !blas.isBelowCPU else {
      return []
    }
    return share(rates)
  }

  private static func share(_ rates: Examination.Rates) -> [Finding] {
    if rates.share < leastShare {
      return [
        Finding(
          .advice,
          "products reach only \(percent(rates.share)) of what the CPU does in registers; expected: "
            + "\(percent(leastShare)) or more",
          "run this command again; if it stays so, install a newer OpenBLAS")
      ]
    }
    guard rates.share > mostShare else { return [] }
    return [
      Finding(
        .advice,
        "this program was built without vector instructions that the CPU has: OpenBLAS computes "
          + "\(number(rates.share)) times as fast as the program's own instructions allow",
        "build it on this kind of machine (make build)")
    ]
  }

  private static func room(_ room: Examination.Room) -> [Finding] {
    var findings: [Finding] = []
    if let memory = room.memory, memory < leastMemory {
      findings.append(
        Finding(
          .advice, "only \(bytes(memory)) of memory are available",
          "end other programs, or train smaller images or batches"))
    }
    if let disk = room.disk, disk < leastDisk {
      findings.append(
        Finding(
          disk < noDisk ? .broken : .advice,
          "only \(bytes(disk)) are free on the disk of this folder", "free space there"))
    }
    return findings
  }

  private static func figures(_ gnuplot: Examination.Gnuplot?) -> [Finding] {
    guard let gnuplot else {
      return [
        Finding(
          .broken, "gnuplot is not on the PATH: reports have tables, but no figures",
          "install it (make deps, or your system's gnuplot-nox)")
      ]
    }
    if gnuplot.version == nil {
      return [
        Finding(
          .broken, "\(gnuplot.path) cannot be run, or not within the temporary folder",
          "reinstall gnuplot, and see that TMPDIR is a folder with free space")
      ]
    }
    guard !gnuplot.missingTerminals.isEmpty else { return [] }
    return [
      Finding(
        .broken,
        "\(gnuplot.path) lacks \(gnuplot.missingTerminals.joined(separator: " and ")), which figures "
          + "need", "install a gnuplot built with Cairo (gnuplot-nox)")
    ]
  }
}

/// Three digits are more than such measurements have.
func number(_ value: Double) -> String {
  value >= 10 ? "\(Int(value.rounded()))" : "\((10 * value).rounded() / 10)"
}

func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }

func bytes(_ count: Int) -> String {
  count < 1 << 30 ? "\(count >> 20) MiB" : number(Double(count) / Double(1 << 30)) + " GiB"
}
