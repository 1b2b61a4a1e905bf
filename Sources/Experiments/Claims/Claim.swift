import Files
import Foundation
import Synchronization

/// A claim of this process. It lasts until it is released or this value goes, or until another process
/// took this one for dead.
package final class Claim: Sendable {
  private let folder: ClaimFolder
  package let name: String
  private let generation: Int
  /// The claim that this one replaces because its owner had ended.
  package let predecessor: ClaimFolder.Standing?
  private let state: Mutex<State>
  // Not declared so, but may be used from any thread.
  nonisolated(unsafe) private let timer: any DispatchSourceTimer
  private let lost = Atomic<Bool>(false)

  private struct State {
    var record: ClaimRecord
    var descriptor: Int32
    /// The first step that was noted, and when.
    var first: (iteration: Int, time: Double)?
  }

  init(
    _ folder: ClaimFolder, _ name: String, _ generation: Int, _ record: ClaimRecord,
    _ descriptor: Int32, predecessor: ClaimFolder.Standing?
  ) {
    (self.folder, self.name, self.generation) = (folder, name, generation)
    self.predecessor = predecessor
    state = Mutex(State(record: record, descriptor: descriptor))
    timer = DispatchSource.makeTimerSource(queue: .global())
  }

  deinit { release() }

  /// Begins to give signs of life, the first of them soon, for those who look how far it is.
  func start() {
    timer.schedule(deadline: .now() + 1, repeating: ClaimFolder.beat)
    timer.setEventHandler { [weak self] in self?.beat() }
    timer.activate()
  }

  /// Notes how far the run is, for those who look.
  func note(_ run: RunProgress) {
    let now = Date.now.timeIntervalSince1970
    state.withLock { state in
      let first = state.first ?? (run.iteration, now)
      var progress = ClaimedProgress(
        iteration: run.iteration, iterations: run.iterations,
        isEvaluating: run.phase == .evaluating)
      if run.phase == .training, run.iteration > first.iteration {
        let pace = (now - first.time) / Double(run.iteration - first.iteration)
        progress.secondsLeft = pace * Double(run.iterations - run.iteration)
      }
      (state.record.progress, state.first) = (progress, first)
    }
  }

  private var file: URL { folder.file(name, generation) }

  /// Whether another process was seen to have the claim by now; costs nothing.
  package var isLost: Bool { lost.load(ordering: .relaxed) }

  /// Whether the claim is still this process's; asks the disk.
  package var isHeld: Bool {
    let isHeld =
      state.withLock { $0.descriptor >= 0 && isOurs($0.descriptor) }
      && !folder.files().contains { $0.name == name && $0.generation > generation }
    if !isHeld { lost.store(true, ordering: .relaxed) }
    return isHeld
  }

  private func isOurs(_ descriptor: Int32) -> Bool {
    var (open, there) = (stat(), stat())
    return fstat(descriptor, &open) == 0 && stat(file.path, &there) == 0
      && open.st_ino == there.st_ino && open.st_dev == there.st_dev
  }

  private func beat() {
    guard isHeld else { return }
    state.withLock { state in
      guard state.descriptor >= 0 else { return }
      // What cannot be written now is written next time; by then somebody may have the claim.
      _ = Self.write(state.record, to: state.descriptor)
    }
  }

  /// Gives the claim up.
  package func release() {
    timer.setEventHandler {}
    // A timer that was never activated may not be freed.
    timer.activate()
    timer.cancel()
    state.withLock { state in
      guard state.descriptor >= 0 else { return }
      if isOurs(state.descriptor) { unlink(file.path) }
      close(state.descriptor)
      state.descriptor = -1
    }
    rmdir(folder.url.path)  // fails if anything is left
  }

  /// Makes the file of a claim unless there is one.
  /// - Returns: the open file, or nil if another process was first.
  static func create(_ file: URL, _ record: ClaimRecord) throws(UserError) -> Int32? {
    let folder = file.deletingLastPathComponent()
    let own = folder.appending(path: ".\(record.token)-\(ProcessIdentity.currentNode)").path
    let descriptor = try opened(own, file)
    defer { unlink(own) }
    let failure = write(record, to: descriptor)
    guard failure == 0 else {
      close(descriptor)
      throw UserError(path: file.path, action: "write", errno: failure)
    }
    if link(own, file.path) == 0 || isLinked(descriptor) { return descriptor }
    let code = errno
    close(descriptor)
    switch code {
    case EEXIST: return nil
    case EPERM, EOPNOTSUPP, ENOSYS: return try createWithoutLink(file, record)
    default: throw UserError(path: file.path, action: "write", errno: code)
    }
  }

  private static func opened(_ path: String, _ file: URL) throws(UserError) -> Int32 {
    for _ in 1...1000 {
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      if descriptor >= 0 { return descriptor }
      guard errno == ENOENT else { break }
      // Somebody else has just removed the folder, which was empty.
      try AtomicFile.createFolder(file.deletingLastPathComponent())
    }
    throw UserError(path: file.path, action: "write", errno: errno)
  }

  /// A network's disk may have made the link although its answer was lost.
  private static func isLinked(_ descriptor: Int32) -> Bool {
    let code = errno
    defer { errno = code }
    var info = stat()
    return fstat(descriptor, &info) == 0 && info.st_nlink == 2
  }

  /// For disks that have no links.
  private static func createWithoutLink(
    _ file: URL, _ record: ClaimRecord
  ) throws(UserError) -> Int32? {
    let descriptor = open(file.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    if descriptor < 0, errno == EEXIST { return nil }
    guard descriptor >= 0 else { throw UserError(path: file.path, action: "write", errno: errno) }
    _ = write(record, to: descriptor)
    return descriptor
  }

  /// Writes a record over the one before, in one piece of the same length, so that a reader never finds
  /// a part of it and a full disk has room for it.
  /// - Returns: 0 or the error number.
  private static func write(_ record: ClaimRecord, to descriptor: Int32) -> Int32 {
    guard var text = try? CanonicalJSON.encode(record) else { return EINVAL }
    text.append(Data(repeating: 0x20, count: max(0, 1023 - text.count)) + [0x0a])
    let written = text.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
    guard written == text.count else { return written < 0 ? errno : ENOSPC }
    return fsync(descriptor) == 0 || errno == EINVAL ? 0 : errno
  }
}

/// Thrown by a run that another process goes on with, because this one gave no sign of life for too long.
package struct ClaimLost: Error {}
