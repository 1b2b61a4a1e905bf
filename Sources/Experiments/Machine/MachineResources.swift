import CPNG
import CZlib
import Foundation

/// What the machine has left for this process, and the libraries that it found.
package enum MachineResources {
  /// Bytes of memory that can be taken without swapping: of the machine, or of the control group
  /// (cgroup 2) if that allows less; nil where neither is known.
  package static var availableMemory: Int? {
    availableMemory(
      machine: contents("/proc/meminfo"), groups: contents("/proc/self/cgroup"), read: contents)
  }

  package static func availableMemory(
    machine: String?, groups: String?, read: (String) -> String?
  ) -> Int? {
    let line = (machine ?? "").split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    let ofMachine = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map {
      $0 << 10
    }
    let group = (groups ?? "").split(separator: "\n").first { $0.hasPrefix("0::") }?.dropFirst(3)
    var parts = (group ?? "").split(separator: "/")
    var least = ofMachine
    while true {
      let folder = (["/sys/fs/cgroup"] + parts.map(String.init)).joined(separator: "/")
      if let limit = number(read(folder + "/memory.max")),
        let used = number(read(folder + "/memory.current"))
      {
        least = min(least ?? .max, max(0, limit - used))
      }
      if parts.isEmpty { return least }
      parts.removeLast()
    }
  }

  private static func number(_ text: String?) -> Int? {
    text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  private static func contents(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Bytes that this user may still write to the disk of a folder; nil where that is not known.
  package static func freeDisk(of folder: String) -> Int? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    return Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
  }

  /// The programs that wanted to run in the last minute, on average, this one's own time included.
  package static var load: Double? {
    contents("/proc/loadavg")?.split(separator: " ").first.flatMap { Double($0) }
  }

  package static var libpng: String {
    png_get_libpng_ver(nil).map { String(cString: $0) } ?? "unknown"
  }

  package static var zlib: String { zlibVersion().map { String(cString: $0) } ?? "unknown" }
}
