import Files
import Foundation

/// Who works on what in a folder that processes of one or many machines share.
///
/// A claim is the file `.claims/NAME.N.json`, made by a hard link, which succeeds for one of several
/// processes also on a network's disk, where `flock` is not to be relied on. Its owner writes into it
/// now and then. Where the owner has ended, or has been silent for `patience` seconds by the clock of
/// the file server, the next one makes the file with the number above, and the old owner, if it still
/// lives, finds that it has lost its claim.
package struct ClaimFolder: Sendable {
  /// Seconds between the signs of life of an owner.
  package static let beat = 15.0
  /// Seconds of silence after which the owner is taken for dead.
  package static let patience = 300.0

  package let url: URL
  /// The digest of the code of those who claim through this value.
  let code: String

  /// - Parameter folder: the folder that is shared.
  package init(in folder: URL, code: String = CodeManifest.built.digest) {
    url = folder.appending(path: ".claims")
    self.code = code
  }

  /// A claim that somebody has made, as seen from outside.
  package struct Standing: Hashable, Sendable {
    package var name: String
    var generation: Int
    /// Nil if the file cannot be read.
    package var record: ClaimRecord?
    /// Seconds since the last sign of life.
    package var silence: Double

    /// Whether the owner is gone, so that another process may go on.
    package var isOver: Bool { record?.ownerHasEnded() ?? (silence > ClaimFolder.patience) }

    package var ownerText: String { record?.ownerText ?? "another process" }
  }

  package enum Attempt {
    case made(Claim)
    case taken(Standing)
  }

  /// The newest claim on each name.
  /// - Parameter prefix: of the names that count.
  package func standings(prefix: String = "") -> [String: Standing] {
    let files = files().filter { $0.name.hasPrefix(prefix) }
    if files.isEmpty { return [:] }
    let now = now()
    return files.reduce(into: [:]) { newest, file in
      guard file.generation > newest[file.name]?.generation ?? 0 else { return }
      newest[file.name] = standing(file, now)
    }
  }

  /// Claims a name, at once or not at all.
  /// - Throws: `UserError` if nothing can be written here.
  package func claim(_ name: String) throws(UserError) -> Attempt {
    let found = standings(prefix: name)[name]
    if let found, !found.isOver { return .taken(found) }
    try AtomicFile.createFolder(url)
    let record = ClaimRecord(code: code)
    let generation = (found?.generation ?? 0) + 1
    let file = file(name, generation)
    guard let descriptor = try Claim.create(file, record) else {
      return .taken(taken(name, generation))
    }
    let claim = Claim(self, name, generation, record, descriptor, predecessor: found)
    // The one that was found may have been replaced, and that one's successor come to its end.
    let others = files().filter { $0.name == name && $0.generation != generation }
    for other in others {
      if other.generation < generation, read(other)?.token == found?.record?.token { continue }
      claim.release()
      return .taken(taken(name, other.generation))
    }
    for other in others { AtomicFile.remove(self.file(name, other.generation)) }
    claim.start()
    return .made(claim)
  }

  /// Claims a name as soon as nobody else has it.
  /// - Parameters:
  ///   - waiting: told of the owner when there is one.
  ///   - isInterrupted: ends the waiting.
  /// - Returns: nil if it was interrupted.
  package func claim(
    waitingFor name: String, waiting: (Standing) -> Void = { _ in },
    isInterrupted: () -> Bool = { false }
  ) throws(UserError) -> Claim? {
    var (owner, pause) = (nil as String?, Pause())
    while !isInterrupted() {
      switch try claim(name) {
      case .made(let claim): return claim
      case .taken(let standing):
        if owner != standing.ownerText { waiting(standing) }
        owner = standing.ownerText
        pause.sleep()
      }
    }
    return nil
  }

  func file(_ name: String, _ generation: Int) -> URL {
    url.appending(path: "\(name).\(generation).json")
  }

  /// The files of claims, in no order.
  func files() -> [(name: String, generation: Int)] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.compactMap { file in
      guard !file.hasPrefix("."), file.hasSuffix(".json") else { return nil }
      let stem = file.dropLast(5)
      guard let dot = stem.lastIndex(of: "."), let generation = Int(stem[stem.index(after: dot)...])
      else { return nil }
      return (String(stem[..<dot]), generation)
    }
  }

  func read(_ file: (name: String, generation: Int)) -> ClaimRecord? {
    try? readJSON(ClaimRecord.self, self.file(file.name, file.generation))
  }

  private func standing(_ file: (name: String, generation: Int), _ now: Double) -> Standing {
    let changed = Self.changed(self.file(file.name, file.generation).path) ?? now
    return Standing(
      name: file.name, generation: file.generation, record: read(file),
      silence: max(0, now - changed))
  }

  /// A claim that was made a moment ago.
  private func taken(_ name: String, _ generation: Int) -> Standing {
    Standing(
      name: name, generation: generation, record: read((name, generation)), silence: 0)
  }

  /// The time by the clock that stamps the files: one is written to ask for it.
  private func now() -> Double {
    let probe = url.appending(path: ".clock-\(getpid())-\(ProcessIdentity.currentNode)").path
    let descriptor = open(probe, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return Date.now.timeIntervalSince1970 }
    defer {
      close(descriptor)
      unlink(probe)
    }
    futimens(descriptor, nil)
    return Self.changed(probe) ?? Date.now.timeIntervalSince1970
  }

  /// When a file was last written, in seconds since 1970; nil if there is none.
  static func changed(_ path: String) -> Double? {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    return Double(info.st_mtim.tv_sec) + Double(info.st_mtim.tv_nsec) * 1e-9
  }
}

/// The time between two looks at what others do: short at first, then up to two seconds, since each look
/// costs a file server a few calls.
struct Pause {
  private var microseconds: UInt32 = 50_000

  mutating func sleep() {
    usleep(microseconds)
    microseconds = min(2_000_000, microseconds * 3 / 2)
  }
}
