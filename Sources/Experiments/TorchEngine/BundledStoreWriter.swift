import CZlib
import Datasets
import Files
import Foundation

/// Writes the images and labels of a list into a bundle: `stores/KEY.json` and the bytes beside it.
struct BundledStoreWriter {
  let store: ImageStore
  let images: BundledStore.Images
  /// The size of images and labels when they are scored; `.store` for training.
  let sizes: EvaluationSampler.Sizes
  /// The folder that paths are relative to; nil where images are copied.
  let root: URL?

  /// Writes the files of bytes, and returns what describes them.
  /// - Parameter place: the path of the files, without their extensions.
  /// - Throws: `UserError` if an image cannot be read or a file cannot be written.
  func write(to place: URL) throws -> BundledStore {
    var pixels = images == .bytes ? try ByteFile(place.appendingPathExtension("images")) : nil
    var labels = try ByteFile(place.appendingPathExtension("labels"))
    var own =
      sizes == .store ? nil : try ByteFile(place.appendingPathExtension("file-labels"))
    var items: [BundledStore.Item] = []
    for index in store.items.indices {
      items.append(try item(index, &pixels, &labels, &own))
    }
    try pixels?.close()
    try labels.close()
    try own?.close()
    return BundledStore(
      dataset: store.dataset.name, images: images, height: store.height, width: store.width,
      keepsFullSize: keepsFullSize, items: items)
  }

  private var keepsFullSize: Bool { store.keepsFullSize || sizes == .files }

  private func item(
    _ index: Int, _ pixels: inout ByteFile?, _ labels: inout ByteFile, _ own: inout ByteFile?
  ) throws -> BundledStore.Item {
    let source = store.items[index]
    let sample =
      sizes == .files
      ? try LabeledImage(reading: source, of: store.dataset) : try store.sample(index)
    let image = images == .bytes ? sample.image : try PNG.readColor(source.image)
    var item = BundledStore.Item(
      name: source.name, height: image.height, width: image.width,
      sha256: sha256(Data(image.bytes)), labels: try labels.add(compressing: sample.labels.ids),
      labelsSha256: sha256(Data(sample.labels.ids)))
    if images == .bytes {
      item.offset = try pixels?.add(Data(image.bytes))
    } else {
      item.path = path(of: source.image)
    }
    if own != nil {
      let read = try store.dataset.readLabels(source)
      let place = try own?.add(compressing: read.ids) ?? []
      item.fileLabels = BundledStore.FileLabels(
        height: read.height, width: read.width, offset: place[0], bytes: place[1],
        sha256: sha256(Data(read.ids)))
    }
    return item
  }

  private func path(of file: URL) -> String {
    let path = file.absoluteURL.standardizedFileURL.path
    guard let root = root?.absoluteURL.standardizedFileURL.path, path.hasPrefix(root + "/") else {
      return path
    }
    return String(path.dropFirst(root.count + 1))
  }
}

/// A file that is written from its beginning to its end.
private struct ByteFile {
  private let url: URL
  private let handle: FileHandle
  private var size = 0

  init(_ url: URL) throws(UserError) {
    self.url = url
    guard FileManager.default.createFile(atPath: url.path, contents: nil),
      let handle = FileHandle(forWritingAtPath: url.path)
    else { throw UserError(path: url.path, action: "write", errno: errno) }
    self.handle = handle
  }

  /// - Returns: where the bytes begin.
  mutating func add(_ data: Data) throws(UserError) -> Int {
    defer { size += data.count }
    do { try handle.write(contentsOf: data) } catch { throw failure(error) }
    return size
  }

  /// Adds a zlib stream.
  /// - Returns: where it begins, and its number of bytes.
  mutating func add(compressing bytes: [UInt8]) throws(UserError) -> [Int] {
    var size = compressBound(uLong(bytes.count))
    var data = Data(count: Int(size))
    let status = data.withUnsafeMutableBytes { out in
      compress2(
        out.bindMemory(to: UInt8.self).baseAddress, &size, bytes, uLong(bytes.count), 6)
    }
    guard status == Z_OK else { throw UserError(path: url.path, problem: "cannot be compressed") }
    return [try add(data.prefix(Int(size))), Int(size)]
  }

  func close() throws(UserError) {
    do {
      try handle.synchronize()
      try handle.close()
    } catch { throw failure(error) }
  }

  private func failure(_ error: any Error) -> UserError {
    let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
    let code = Int32((underlying ?? error as NSError).code)
    return UserError(path: url.path, action: "write", errno: code)
  }
}
