import Files
import Foundation
import Tensors

/// One of the sets of kernels that OpenBLAS has for kinds of CPU, such as `Haswell`.
package struct BLASKernel: Hashable, Sendable, CustomStringConvertible {
  /// As OpenBLAS writes it; the case of its letters does not count.
  package let name: String

  package init(_ name: String) { self.name = name }

  /// Fit to be shown: a stored record may come from anybody.
  package var description: String { printable(name) }

  package static func == (a: BLASKernel, b: BLASKernel) -> Bool { a.key == b.key }

  package func hash(into hasher: inout Hasher) { hasher.combine(key) }

  private var key: String { name.lowercased() }

  /// The instructions that its products of single precision use; nil for kernels that this program
  /// does not know, and for those of CPUs between two levels (Piledriver to Excavator), which are right
  /// where OpenBLAS chooses them.
  package var level: CPUFeatures.Level? {
    Self.names.first { $0.value.contains(key) }?.key
  }

  private static let names: [CPUFeatures.Level: [String]] = [
    .sse: [
      "katmai", "coppermine", "northwood", "prescott", "banias", "atom", "core2", "penryn",
      "dunnington", "nehalem", "athlon", "opteron", "opteron_sse3", "barcelona", "nano", "bobcat",
      "generic",
    ],
    .avx: ["sandybridge", "bulldozer"],
    .avx2: ["haswell", "zen"],
    .avx512: ["skylakex", "cooperlake", "sapphirerapids"],
  ]

  /// The kernels that a CPU can run, best first, as OpenBLAS chooses them for CPUs that it knows.
  package static func suitable(for features: CPUFeatures) -> [BLASKernel] {
    guard let level = features.level else { return [] }
    var names: [String] = []
    if level >= .avx512 {
      if features.flags.contains("avx512_bf16") { names.append("Cooperlake") }
      names.append("SkylakeX")
    }
    if level >= .avx2 {
      names.append(features.isAMD ? "Zen" : "Haswell")
    }
    if level >= .avx { names.append("Sandybridge") }
    return names.map(BLASKernel.init)
  }
}

/// The OpenBLAS that this process uses.
package struct BLASLibrary: Hashable, Sendable {
  package static let current = BLASLibrary(blasDescription(), has: exported)

  /// Its version and how it was built, as it says it.
  package let configuration: String
  package let kernel: BLASKernel
  /// Whether it has kernels of several kinds, one of which it chooses when it is loaded.
  package var choosesKernels: Bool { configuration.contains("DYNAMIC_ARCH") }
  /// Whether it has these kernels; nil if that is not known.
  package let has: @Sendable (BLASKernel) -> Bool?

  package static func == (a: BLASLibrary, b: BLASLibrary) -> Bool {
    a.configuration == b.configuration && a.kernel == b.kernel
  }

  package func hash(into hasher: inout Hasher) { hasher.combine(configuration) }

  /// - Parameters:
  ///   - description: `blasDescription()`, or a run's record of it.
  ///   - has: nil if it is not known which kernels it has.
  package init(
    _ description: String, has: @escaping @Sendable (BLASKernel) -> Bool? = { _ in nil }
  ) {
    let parts = description.components(separatedBy: Self.separator)
    configuration = parts[0]
    kernel = BLASKernel(parts.count > 1 ? parts[1] : "unknown")
    self.has = has
  }

  private static let separator = ", kernels for "

  /// `OpenBLAS 0.3.21`.
  package var version: String {
    configuration.split(separator: " ").prefix(2).joined(separator: " ")
  }

  /// The shared library has a symbol for each of its sets of kernels.
  @Sendable private static func exported(_ kernel: BLASKernel) -> Bool? {
    func isThere(_ name: String) -> Bool { dlsym(nil, "gotoblas_" + name.uppercased()) != nil }
    guard isThere("Prescott") else { return nil }
    return isThere(kernel.name)
  }
}
