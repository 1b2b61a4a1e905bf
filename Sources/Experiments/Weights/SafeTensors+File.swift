import Checkpoints
import Files
import Foundation

extension SafeTensors {
  /// Writes atomically.
  /// - Throws: `UserError` if the file cannot be written or an array's shape is not its count.
  package static func write(
    _ arrays: [NamedArray], metadata: [String: String], to url: URL
  ) throws {
    try AtomicFile.write(encoded(arrays, metadata: metadata, of: url.path), to: url)
  }

  /// - Parameter path: of the file, for the error.
  /// - Throws: `UserError` if an array's shape is not its count.
  static func encoded(
    _ arrays: [NamedArray], metadata: [String: String], of path: String
  ) throws(UserError) -> Data {
    do { return try encode(arrays, metadata: metadata) } catch {
      throw UserError(path: path, problem: oneLine(error))
    }
  }

  /// Arrays in the order of the file, which are all of single precision, as we write them.
  /// - Throws: `UserError` naming the file for anything that is not such a file.
  package static func read(
    _ url: URL
  ) throws -> (arrays: [NamedArray], metadata: [String: String]) {
    let data = try AtomicFile.read(url)
    do {
      let (tensors, metadata) = try decode(data)
      if let other = tensors.first(where: { $0.type != .float32 }) {
        throw UserError("\(other.name) is \(other.type), not float32")
      }
      let arrays = try tensors.map {
        NamedArray(name: $0.name, shape: $0.shape, values: try $0.values())
      }
      return (arrays, metadata)
    } catch {
      throw UserError(
        path: url.path, problem: "is not a readable safetensors file: \(oneLine(error))")
    }
  }
}
