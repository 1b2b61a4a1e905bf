import Files
import Foundation
import Losses
import Tensors

extension RunEnvironment {
  /// The environment of this process, with times of zero.
  /// - Parameter threads: the threads of one run.
  package static func current(threads: Int) -> RunEnvironment {
    var environment = RunEnvironment(
      commit: commit(), compiler: compiler, operatingSystem: operatingSystem(),
      cpu: cpu(), cores: ProcessInfo.processInfo.activeProcessorCount, threads: threads,
      blas: blasDescription(), started: Date.now.formatted(.iso8601), trainingSeconds: 0,
      evaluationSeconds: 0, code: CodeManifest.built.digest,
      program: LossRegistry.hasRegistered ? program : nil)
    let choice = BLASStart.choice
    environment.blasKernel = choice.kernel.name
    environment.blasKernelReplaced = choice.replaced?.name
    environment.lanes = ChannelLanes.scalarCount
    environment.vectors = CPUFeatures.current.level?.title
    return environment
  }

  /// The XXH64 of this program's file; nil where the system does not show it.
  package static let program: String? = {
    let file = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    return (try? Data(contentsOf: file, options: .alwaysMapped)).map { xxh64($0) }
  }()

  private static var compiler: String {
    #if compiler(>=6.4)
      "Swift 6.4 or later"
    #elseif compiler(>=6.3)
      "Swift 6.3"
    #else
      "Swift 6.2"
    #endif
  }

  /// The commit of the source tree that this program was built from, for people to read: what
  /// identifies the code is `code`. Only what is compiled makes it dirty, not a file beside it.
  private static func commit() -> String {
    guard let head = Git.run(["rev-parse", "HEAD"]), !head.isEmpty,
      let changes = Git.run(["status", "--porcelain", "--", ":/Sources", ":/Package.swift"])
    else { return unknownCommit }
    return changes.isEmpty ? head : head + "-dirty"
  }

  /// What runs record as their commit where git does not say it.
  package static let unknownCommit = "unknown"

  /// Why git does not say the commit, in a clause; nil if it does.
  package static func reasonForUnknownCommit() -> String? {
    guard case .failure(let refusal) = Git.result(["rev-parse", "HEAD"]) else { return nil }
    return refusal.reason
  }

  private static func cpu() -> String {
    value(of: "model name", separator: ":", in: "/proc/cpuinfo") ?? "unknown"
  }

  private static func operatingSystem() -> String {
    value(of: "PRETTY_NAME", separator: "=", in: "/etc/os-release")
      ?? ProcessInfo.processInfo.operatingSystemVersionString
  }

  private static func value(of key: String, separator: Character, in file: String) -> String? {
    guard let data = FileManager.default.contents(atPath: file) else { return nil }
    for line in String(decoding: data, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix(key) {
      guard let at = line.firstIndex(of: separator) else { continue }
      return line[line.index(after: at)...].trimmingCharacters(
        in: CharacterSet(charactersIn: "\"").union(.whitespaces))
    }
    return nil
  }
}
