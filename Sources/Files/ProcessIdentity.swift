import Foundation

/// A process among all processes of all machines that share a disk.
package struct ProcessIdentity: Codable, Hashable, Sendable {
  /// The name of the machine, for people to read.
  package var host: String
  package var process: Int32
  /// What tells machines, their restarts and containers apart: within one node, two processes that run
  /// at the same time have different numbers.
  package var node: String
  /// When the process started, in the kernel's ticks since the machine did; a number is used again.
  package var start: UInt64

  package static let current = ProcessIdentity(
    host: hostName, process: getpid(), node: currentNode, start: startTime(of: getpid()) ?? 0)

  /// What the kernel calls this machine; nothing is asked of the network.
  private static let hostName: String = {
    var name = utsname()
    guard uname(&name) == 0 else { return "unknown" }
    return withUnsafeBytes(of: &name.nodename) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
  }()

  package init(host: String, process: Int32, node: String, start: UInt64) {
    (self.host, self.process, self.node, self.start) = (host, process, node, start)
  }

  /// Whether the process has ended; nil if that cannot be seen from here, as of one on another node.
  package var hasEnded: Bool? {
    guard node == Self.currentNode else { return nil }
    if kill(process, 0) != 0, errno == ESRCH { return true }
    guard let now = Self.startTime(of: process) else { return true }
    return now != start
  }

  /// Twelve hexadecimal digits.
  package static let currentNode: String = {
    let boot = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
    let space = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")
    let text = "\(hostName) \(boot ?? "") \(space ?? "")"
    return String(sha256(Data(text.utf8)).prefix(12))
  }()

  /// Nil for a process that has ended, also if its parent has not asked how.
  private static func startTime(of process: Int32) -> UInt64? {
    guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      // The name, in parentheses, may contain spaces and parentheses.
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19, !["Z", "X"].contains(fields[0]) else { return nil }
    return UInt64(fields[19])
  }
}
