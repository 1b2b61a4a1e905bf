extension Examination {
  /// Names and values, line by line, then the findings.
  package var text: String {
    let width = lines.map(\.name.count).max() ?? 0
    let table = lines.map { line in
      line.name + String(repeating: " ", count: width - line.name.count + 2) + line.value
    }
    let findings = Finding.all(self)
    let verdict =
      findings.contains { $0.weight != .note } ? [] : ["No problems found."]
    return (table + [""] + findings.flatMap(Self.lines) + verdict).joined(separator: "\n")
  }

  private static func lines(_ finding: Finding) -> [String] {
    ["\(finding.weight.rawValue): \(finding.what)", "  what to do: \(finding.advice)"]
  }

  private var lines: [(name: String, value: String)] {
    var lines = [
      ("system", system),
      ("CPU", "\(cpu.model), \(cpu.cores) cores, \(cpu.usableCores) usable"),
      ("vectors", "\(cpu.vectors ?? "unknown"); our kernels work on \(cpu.lanes) floats at a time"),
      ("features", cpu.features.isEmpty ? "unknown" : cpu.features.joined(separator: " ")),
      ("BLAS", blas.library),
      ("kernels", blas.kernel + (blas.remark.map { ", \($0)" } ?? "")),
      ("products", blas.productsAreRight ? "right, compared with plain ones" : "wrong"),
    ]
    lines += rates.map { ("sgemm", sgemm($0)) }
    if let other = blas.otherSgemm, let name = blas.replaced ?? blas.better {
      lines.append(("", "\(number(other)) GF/s on 1 thread with the \(name) kernels"))
    }
    lines += rates.map { ("bandwidth", bandwidth($0)) }
    lines += [
      ("memory", room.memory.map { "\(bytes($0)) available" } ?? "unknown"),
      ("disk", room.disk.map { "\(bytes($0)) free in this folder" } ?? "unknown"),
      ("gnuplot", gnuplot.map { "\($0.version ?? "cannot be run"), \($0.path)" } ?? "not found"),
      (
        "libraries",
        libraries.sorted { $0.key < $1.key }.map { "\($0) \($1)" }.joined(separator: ", ")
      ),
      ("PyTorch", "\(torch) (only losses written in PyTorch need it)"),
    ]
    return lines
  }

  private func sgemm(_ rates: Rates) -> String {
    "\(number(rates.sgemm)) GF/s on \(threads(rates)), \(percent(rates.share)) of the "
      + "\(number(rates.multiplyAdds)) GF/s of multiplying and adding in registers"
  }

  private func bandwidth(_ rates: Rates) -> String {
    "\(number(rates.triad)) GB/s on \(threads(rates)) (a = b + s c, arrays of 64 MiB)"
  }

  private func threads(_ rates: Rates) -> String {
    "\(rates.threads) thread\(rates.threads == 1 ? "" : "s")"
  }

  private var torch: String {
    guard let python else { return "no python3 on the PATH" }
    return python.torch.map { "\($0), \(python.path)" } ?? "not in \(python.path)"
  }
}
