import Files
import Foundation

/// A tensor in a file of weights, as a view of the file's bytes: nothing is copied or converted
/// before `values` is asked for.
package struct StoredTensor: Sendable {
  package let name: String
  package let shape: [Int]
  package let type: ScalarType
  /// The bytes of the storage that this tensor is a view of.
  let storage: Data
  /// Of the first element, and from one element to the next along each axis, in elements.
  let offset: Int
  let strides: [Int]

  /// - Throws: `UserError` if an extent or a stride is negative or an element lies outside
  ///   the storage; also if there are more elements than the storage has, as in an expanded
  ///   tensor, so that a small file cannot ask for much memory.
  init(
    name: String, shape: [Int], type: ScalarType, storage: Data, offset: Int, strides: [Int]
  ) throws(UserError) {
    let places = storage.count / type.size
    guard shape.count == strides.count, shape.count <= Self.mostAxes, offset >= 0,
      strides.allSatisfy({ $0 >= 0 }), let count = shape.checkedProduct
    else { throw UserError("extent and strides of \(quoted(name)) do not make sense") }
    let last = Self.lastElement(shape: shape, offset: offset, strides: strides)
    guard count == 0 || last.map({ $0 < places }) == true else {
      throw UserError("\(quoted(name)) reaches beyond the \(places) elements stored for it")
    }
    guard count <= places else {
      throw UserError(
        "\(quoted(name)) has \(count) elements, but only \(places) are stored; save it with "
          + ".contiguous()")
    }
    self.name = name
    self.shape = shape
    self.type = type
    self.storage = storage
    self.offset = offset
    self.strides = strides
  }

  /// PyTorch's own limit.
  static let mostAxes = 64

  /// The place of the element farthest from the storage's start; nil if it overflows.
  private static func lastElement(shape: [Int], offset: Int, strides: [Int]) -> Int? {
    var last = offset
    for (extent, stride) in zip(shape, strides) where extent > 1 {
      let (reach, tooFar) = (extent - 1).multipliedReportingOverflow(by: stride)
      let (next, overflow) = last.addingReportingOverflow(reach)
      if tooFar || overflow { return nil }
      last = next
    }
    return last
  }

  package var count: Int { shape.reduce(1, *) }

  /// Whether another tensor has the same shape and numbers; NaN equals nothing.
  package func hasSameValues(as other: StoredTensor) -> Bool {
    guard shape == other.shape, type == other.type, let mine = try? values() else { return false }
    return mine == (try? other.values())
  }

  /// The elements in row-major order, rounded to single precision.
  /// - Throws: `UserError` for integers, complex numbers and those of 8 bits.
  package func values() throws(UserError) -> [Float] {
    guard type.isFloatingPoint else {
      throw UserError(
        "\(quoted(name)) holds \(type.rawValue) numbers, not floating-point ones of 16 to 64 bits")
    }
    var values: [Float] = []
    values.reserveCapacity(count)
    guard count > 0 else { return values }
    let bytes = storage.bytes
    // An odometer over all axes but the last, which is read in one pass.
    let (row, step) = (shape.last ?? 1, strides.last ?? 0)
    var index = [Int](repeating: 0, count: max(0, shape.count - 1))
    var start = offset
    while true {
      for i in 0..<row {
        values.append(type.float(at: (start + i * step) * type.size, in: bytes))
      }
      var axis = index.count - 1
      while axis >= 0 {
        index[axis] += 1
        start += strides[axis]
        if index[axis] < shape[axis] { break }
        start -= index[axis] * strides[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return values }
    }
  }
}
