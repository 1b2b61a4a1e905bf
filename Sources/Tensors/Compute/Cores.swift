import Foundation

/// How many processor cores this process may use, which may be fewer than the machine has: a container
/// has a quota of processor time, and `taskset` or a scheduler a set of cores.
package struct Cores: Hashable, Sendable {
  /// Of this process.
  package static let available = Cores(
    machine: ProcessInfo.processInfo.activeProcessorCount, status: contents("/proc/self/status"),
    groups: contents("/proc/self/cgroup"), read: contents
  ).count

  package let count: Int

  /// - Parameters:
  ///   - machine: the machine's cores.
  ///   - status: the text of /proc/self/status, which has the set of cores.
  ///   - groups: the text of /proc/self/cgroup, which names the control groups.
  ///   - read: the contents of a file; nil if it does not exist.
  package init(machine: Int, status: String?, groups: String?, read: (String) -> String?) {
    let allowed = status.flatMap(Self.allowed) ?? machine
    let quotas = (groups ?? "").split(separator: "\n").compactMap { Self.quota(of: $0, read) }
    // A part of a core is used by a thread of its own.
    let quota = quotas.min().map { Int(min($0, 1e6).rounded(.up)) } ?? machine
    count = max(1, min(machine, allowed, quota))
  }

  private static func contents(_ path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The number of cores of `Cpus_allowed:`, groups of hexadecimal digits.
  private static func allowed(_ status: String) -> Int? {
    let line = status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    let digits = (line ?? "").drop { $0 != ":" }.compactMap(\.hexDigitValue)
    let count = digits.reduce(0) { $0 + $1.nonzeroBitCount }
    return count > 0 ? count : nil
  }

  /// The cores' worth of processor time of a line of /proc/self/cgroup, `ID:CONTROLLERS:PATH`: the
  /// least of the group's and of those above it; nil if there is no limit.
  private static func quota(of line: Substring, _ read: (String) -> String?) -> Double? {
    let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
    guard fields.count == 3 else { return nil }
    let controllers = fields[1].split(separator: ",")
    let isUnified = fields[0] == "0" && controllers.isEmpty
    guard isUnified || controllers.contains("cpu") else { return nil }
    let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu"
    var parts = fields[2].split(separator: "/")
    var limits: [Double] = []
    // In a container, the path may be the host's, and only the root is there.
    while true {
      let folder = ([root] + parts.map(String.init)).joined(separator: "/")
      if let limit = isUnified ? unified(folder, read) : version1(folder, read) {
        limits.append(limit)
      }
      if parts.isEmpty { return limits.min() }
      parts.removeLast()
    }
  }

  /// `cpu.max` holds the time and the period in microseconds, such as `150000 100000`, or `max 100000`.
  private static func unified(_ folder: String, _ read: (String) -> String?) -> Double? {
    let values = (read(folder + "/cpu.max") ?? "").split(whereSeparator: \.isWhitespace)
    return values.count == 2 ? ratio(String(values[0]), String(values[1])) : nil
  }

  private static func version1(_ folder: String, _ read: (String) -> String?) -> Double? {
    guard let time = read(folder + "/cpu.cfs_quota_us"),
      let period = read(folder + "/cpu.cfs_period_us")
    else { return nil }
    return ratio(time, period)
  }

  private static func ratio(_ time: String, _ period: String) -> Double? {
    let values = [time, period].map { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    guard let time = values[0], let period = values[1], time > 0, period > 0 else { return nil }
    return time / period
  }
}
