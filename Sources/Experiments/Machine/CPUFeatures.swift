import Foundation

/// The vector instructions that the CPU has and the system allows.
package struct CPUFeatures: Hashable, Sendable {
  /// Of the first CPU that Linux lists.
  package static let current = CPUFeatures(firstProcessor: "/proc/cpuinfo")

  /// As Linux names them, such as `avx2`; empty where they are not known.
  package let flags: Set<String>
  /// Such as `AuthenticAMD`; nil where it is not known.
  package let vendor: String?
  /// The vendor's number of the CPU's generation; nil where it is not known.
  package let family: Int?

  /// What products of matrices gain most from, on x86-64; each level includes those below it.
  package enum Level: Int, Comparable, CaseIterable, Sendable {
    case sse
    case avx
    /// With fused multiplication and addition.
    case avx2
    /// The parts of AVX-512 that every server CPU with it has: F, CD, BW, DQ, and VL.
    case avx512

    package static func < (a: Level, b: Level) -> Bool { a.rawValue < b.rawValue }

    package var title: String {
      switch self {
      case .sse: "SSE"
      case .avx: "AVX"
      case .avx2: "AVX2"
      case .avx512: "AVX-512"
      }
    }
  }

  package init(flags: Set<String>, vendor: String? = nil, family: Int? = nil) {
    (self.flags, self.vendor, self.family) = (flags, vendor, family)
  }

  /// - Parameter text: of /proc/cpuinfo, or its beginning.
  package init(cpuinfo text: String) {
    func value(_ keys: [String]) -> Substring? {
      text.split(separator: "\n").first { line in
        keys.contains { line.hasPrefix($0) && line.dropFirst($0.count).first?.isLetter != true }
      }.map { $0.drop { $0 != ":" }.dropFirst() }
    }
    let words = value(["flags", "Features"])?.split { $0 == " " || $0 == "\t" } ?? []
    self.init(
      flags: Set(words.map(String.init)),
      vendor: value(["vendor_id"])?.trimmingCharacters(in: .whitespaces),
      family: value(["cpu family"]).flatMap { Int($0.trimmingCharacters(in: .whitespaces)) })
  }

  /// Reads no more than the first CPU: a machine may have hundreds.
  private init(firstProcessor file: String) {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    var (bytes, count) = ([UInt8](repeating: 0, count: 1 << 14), 0)
    while descriptor >= 0, count < bytes.count, !bytes[..<count].contains(Self.blankLine) {
      let free = bytes.count - count
      let more = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + count, free) }
      if more <= 0 { break }
      count += more
    }
    self.init(cpuinfo: String(decoding: bytes[..<count], as: UTF8.self))
  }

  private static let blankLine = Array("\n\n".utf8)

  /// Nil on other kinds of CPU, and where the features are not known.
  package var level: Level? {
    guard flags.contains("sse2") else { return nil }
    guard flags.contains("avx") else { return .sse }
    guard flags.isSuperset(of: ["avx2", "fma"]) else { return .avx }
    let wide: Set = ["avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"]
    return flags.isSuperset(of: wide) ? .avx512 : .avx2
  }

  var isAMD: Bool { ["AuthenticAMD", "HygonGenuine"].contains(vendor) }

  /// The level above which products gain nothing. Zen 4 (family 25) computes AVX-512 in two halves:
  /// OpenBLAS's kernels for AVX2 and for AVX-512 are equally fast there.
  package var worthwhile: Level? {
    isAMD && family == 25 ? level.map { min($0, .avx2) } : level
  }

  /// Those that speed depends on, in a fixed order.
  package var vectorFlags: [String] { Self.vectorFlags.filter(flags.contains) }

  private static let vectorFlags = [
    "sse4_2", "avx", "f16c", "fma", "avx2", "avx512f", "avx512bw", "avx512vl", "avx512_vnni",
    "avx512_bf16", "amx_tile", "asimd", "asimdhp", "asimddp", "sve", "sve2",
  ]
}
