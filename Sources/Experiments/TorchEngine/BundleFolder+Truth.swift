import CZlib
import Files
import Foundation

extension BundleFolder {
  /// The pixels of each class in each image of a list, from the bundle's labels.
  /// - Parameter images: the names that the list must have.
  /// - Throws: `UserError` if the list is another, or if the labels are damaged.
  func classPixels(
    ofStore name: String, images: [String], classes: Int, atFileSize: Bool
  ) throws -> [[Int]] {
    let store = try store(name)
    guard store.items.map(\.name) == images else {
      throw UserError(
        path: url.appending(path: "stores/\(name).json").path,
        problem: "was changed: it does not list the evaluated images; copy the bundle again")
    }
    let file = url.appending(path: "stores/\(name).\(atFileSize ? "file-labels" : "labels")")
    try requireThere(file, advice: "copy the bundle again")
    let content = try AtomicFile.read(file)
    return try store.items.map { item in
      let own = item.fileLabels
      let (height, width) =
        atFileSize
        ? (own?.height ?? 0, own?.width ?? 0)
        : store.keepsFullSize ? (item.height, item.width) : (store.height, store.width)
      let place = atFileSize ? [own?.offset ?? 0, own?.bytes ?? 0] : item.labels
      let digest = atFileSize ? own?.sha256 : item.labelsSha256
      guard let size = [height, width].checkedProduct, size <= 1 << 30, place.count == 2,
        place[0] >= 0, place[1] >= 0, place[0] <= content.count,
        place[1] <= content.count - place[0],
        let ids = inflated(content[place[0]..<place[0] + place[1]], size: size),
        sha256(Data(ids)) == digest
      else {
        throw UserError(
          path: file.path,
          problem: "the labels of \(printable(item.name)) are damaged; copy the file again")
      }
      var counts = [Int](repeating: 0, count: 256)
      for id in ids { counts[Int(id)] += 1 }
      return Array(counts[..<classes])
    }
  }
}

/// The content of a zlib stream; nil if it is damaged or has another size.
private func inflated(_ data: Data, size: Int) -> [UInt8]? {
  var length = uLongf(size)
  var status = Z_OK
  let bytes = [UInt8](unsafeUninitializedCapacity: size) { out, count in
    status = data.withUnsafeBytes {
      uncompress(
        out.baseAddress, &length, $0.bindMemory(to: UInt8.self).baseAddress, uLong(data.count))
    }
    count = status == Z_OK ? Int(length) : 0
  }
  return status == Z_OK && bytes.count == size ? bytes : nil
}
