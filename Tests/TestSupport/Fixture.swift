import Foundation
import Tensors

/// A file of reference arrays in `Tests/Fixtures/tensors`, written by a script in
/// `Tests/Fixtures/torch` (`make fixtures`).
package struct Fixture {
  /// In RecallBench's layout, [N, H, W, C] and [row, column, in, out], flattened.
  private let arrays: [String: [Float]]
  private let metadata: [String: String]
  private let file: String

  /// - Throws: `FixtureError` if the file cannot be read.
  package init(_ name: String) throws {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let url = tests.appending(path: "Fixtures/tensors/\(name).safetensors")
    let data = try Data(contentsOf: url)
    file = url.lastPathComponent
    let header = 8 + data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard header <= data.count else { throw FixtureError("\(file) is cut off") }
    let members = try JSONDecoder().decode([String: Member].self, from: data[8..<header])
    var arrays: [String: [Float]] = [:]
    var metadata: [String: String] = [:]
    for (name, member) in members {
      switch member {
      case .text(let text): metadata = text
      case .array(let offsets):
        let bytes = Data(data[header + offsets[0]..<header + offsets[1]])
        arrays[name] = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
      }
    }
    (self.arrays, self.metadata) = (arrays, metadata)
  }

  private enum Member: Decodable {
    case array(offsets: [Int])
    case text([String: String])

    private struct Entry: Decodable {
      var dtype: String
      var offsets: [Int]
      enum CodingKeys: String, CodingKey {
        case dtype
        case offsets = "data_offsets"
      }
    }

    init(from decoder: any Decoder) throws {
      if let entry = try? Entry(from: decoder) {
        guard entry.dtype == "F32" else { throw FixtureError("an array of \(entry.dtype)") }
        self = .array(offsets: entry.offsets)
      } else {
        self = .text(try [String: String](from: decoder))
      }
    }
  }

  /// What the script noted under a name, such as the list of cases.
  package func notes<Notes: Decodable>(_ name: String, as type: Notes.Type = Notes.self) throws
    -> Notes
  {
    guard let text = metadata[name] else { throw FixtureError("\(file) has no notes '\(name)'") }
    return try JSONDecoder().decode(Notes.self, from: Data(text.utf8))
  }

  package func has(_ name: String) -> Bool {
    arrays[name] != nil || arrays[name + "#sample"] != nil
  }

  package func array(_ name: String) throws -> [Float] {
    guard let values = arrays[name] else { throw FixtureError("\(file) has no '\(name)'") }
    return values
  }

  /// How far values are from the reference of that name.
  ///
  /// Of large arrays the file has elements at drawn places and, of the whole, norm, largest
  /// magnitude and inner products with vectors of random signs. The mean square of the products'
  /// differences estimates the squared norm of the difference.
  package func difference(_ values: [Float], from name: String) throws -> Difference {
    if let reference = arrays[name] { return Difference(values, reference) }
    let (sample, whole) = (try array(name + "#sample"), try array(name + "#whole"))
    var random = RandomSource(seed: 0, purpose: name + "#sample")
    let places = sample.map { _ in Int(random.uniform() * Double(values.count)) }
    let elements = Difference(places.map { values[$0] }, sample)
    let products = whole[2...].enumerated().map { k, product in
      signedSum(values, "\(name)#\(k)") - Double(product)
    }
    let square = products.reduce(0) { $0 + $1 * $1 } / Double(products.count)
    return Difference(
      norm: max(
        elements.norm * elements.referenceNorm / max(Double(whole[0]), 1e-30),
        square.squareRoot() / max(Double(whole[0]), 1e-30)),
      maximum: elements.maximum * elements.referenceMaximum / max(Double(whole[1]), 1e-30),
      referenceNorm: Double(whole[0]), referenceMaximum: Double(whole[1]))
  }

  package func difference(_ tensor: Tensor, from name: String) throws -> Difference {
    try difference(tensor.array, from: name)
  }

  private func signedSum(_ values: [Float], _ name: String) -> Double {
    var random = RandomSource(seed: 0, purpose: name)
    return values.reduce(0) { $0 + (random.next() >> 63 == 0 ? Double($1) : -Double($1)) }
  }
}

/// A fixture file that is not what a test needs.
package struct FixtureError: Error, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
