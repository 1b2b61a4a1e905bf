import Files
import Foundation
import Synchronization

/// Decoded images on disk, for those that do not fit in memory: four bytes per pixel are read in a
/// fraction of the time that a PNG file takes.
///
/// The file has no name. Nobody else can read or change it, it holds what this process has decoded, and
/// it is gone when the process ends, however that is. What is read back is compared with a digest.
final class DecodedFile: Sendable {
  private struct Place {
    let offset, height, width: Int
    let seal: String
    var count: Int { height * width * 4 }
  }

  private struct State {
    var places: [Int: Place] = [:]
    var end = 0
    var isUsed = true
    /// Seconds for decoding images, and for writing and reading them here.
    var (decoding, here) = (0.0, 0.0)
    var uses = 0
  }

  private let folder: URL
  private let descriptor: Int32
  private let state = Mutex(State())

  /// What stays free: other files need room, too, checkpoints of a training above all.
  private let reserve: Int

  /// - Parameter folder: on a disk, where there is room for all images.
  init(in folder: URL) {
    self.folder = folder
    try? AtomicFile.createFolder(folder)
    // A name that is removed with other leftovers, should this process be killed right here.
    let url = folder.appending(path: ".decoded.partial-\(getpid())-\(UUID().uuidString)")
    descriptor = open(url.path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    let code = errno
    unlink(url.path)
    reserve = min(4 << 30, Self.freeBytes(descriptor) / 2)
    if descriptor < 0 { abandon("cannot be written (\(String(cString: strerror(code))))") }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// The image kept under a number; nil if there is none, or it cannot be read.
  func sample(_ index: Int) -> LabeledImage? {
    guard let place = state.withLock({ $0.isUsed ? $0.places[index] : nil }) else { return nil }
    let start = ContinuousClock.now
    let bytes = [UInt8](unsafeUninitializedCapacity: place.count) { buffer, count in
      count = Self.transfer(place.count) {
        pread(descriptor, buffer.baseAddress! + $0, $1, off_t(place.offset + $0))
      }
    }
    guard bytes.count == place.count, xxh64(bytes) == place.seal else {
      abandon("cannot be read back as it was written")
      return nil
    }
    let image = LabeledImage(bytes, height: place.height, width: place.width)
    add(here: seconds(since: start))
    return image
  }

  /// Keeps an image under a number, if there is room.
  /// - Parameter time: the seconds that decoding it took.
  func keep(_ sample: LabeledImage, _ index: Int, decodedIn time: Double) {
    let bytes = sample.image.bytes + sample.labels.ids
    let offset = state.withLock { state -> Int? in
      guard state.isUsed, state.places[index] == nil else { return nil }
      defer { state.end += bytes.count }
      return state.end
    }
    guard let offset, hasRoom(bytes.count) else { return }
    let start = ContinuousClock.now
    let written = bytes.withUnsafeBytes { bytes in
      Self.transfer(bytes.count) {
        pwrite(descriptor, bytes.baseAddress! + $0, $1, off_t(offset + $0))
      }
    }
    guard written == bytes.count else {
      return abandon("cannot be written (\(String(cString: strerror(errno))))")
    }
    let place = Place(
      offset: offset, height: sample.height, width: sample.width, seal: xxh64(bytes))
    state.withLock { state in
      state.places[index] = place
      state.decoding += time
    }
    add(here: seconds(since: start))
  }

  private func hasRoom(_ count: Int) -> Bool {
    if Self.freeBytes(descriptor) - count >= reserve { return true }
    abandon("has little free space")
    return false
  }

  private static func freeBytes(_ descriptor: Int32) -> Int {
    var disk = statvfs()
    guard fstatvfs(descriptor, &disk) == 0 else { return 0 }
    return Int(clamping: disk.f_bavail) * Int(disk.f_frsize)
  }

  /// A slow disk, such as one over a network, may take longer than decoding.
  private func add(here seconds: Double) {
    let isSlow = state.withLock { state in
      state.here += seconds
      state.uses += 1
      let mean = state.decoding / Double(max(1, state.places.count))
      return state.isUsed && state.uses >= 64 && state.here > mean * Double(state.uses)
    }
    if isSlow { abandon("is slower than decoding") }
  }

  /// Says so once; images are then decoded each time.
  private func abandon(_ problem: String) {
    let isFirst = state.withLock { state in
      defer { state.isUsed = false }
      return state.isUsed
    }
    if isFirst {
      warn(
        "\(folder.relativePath): the disk \(problem); images that do not fit in memory are decoded "
          + "each time")
    }
  }

  /// - Parameter part: reads or writes so many bytes from an offset, or less.
  /// - Returns: the bytes that were transferred; less than `count` after an error.
  private static func transfer(_ count: Int, _ part: (_ from: Int, _ count: Int) -> Int) -> Int {
    var done = 0
    while done < count {
      let bytes = part(done, count - done)
      if bytes < 0, errno == EINTR { continue }
      if bytes <= 0 { break }
      done += bytes
    }
    return done
  }
}

extension LabeledImage {
  /// - Parameter bytes: the color bytes, followed by the ids.
  fileprivate init(_ bytes: [UInt8], height: Int, width: Int) {
    let pixels = height * width
    self.init(
      image: ColorImage(height: height, width: width, bytes: Array(bytes[..<(3 * pixels)])),
      labels: LabelImage(height: height, width: width, ids: Array(bytes[(3 * pixels)...])))
  }
}
