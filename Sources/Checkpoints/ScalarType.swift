import Foundation

/// The type of a stored tensor's elements, little endian.
package enum ScalarType: String, Hashable, Sendable, CaseIterable {
  case float16, bfloat16, float32, float64, int8, int16, int32, int64, uint8, bool

  /// Bytes of an element.
  package var size: Int {
    switch self {
    case .int8, .uint8, .bool: 1
    case .float16, .bfloat16, .int16: 2
    case .float32, .int32: 4
    case .float64, .int64: 8
    }
  }

  package var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// PyTorch's name of a storage of such elements, such as `FloatStorage`.
  var storageClass: String {
    switch self {
    case .float16: "HalfStorage"
    case .bfloat16: "BFloat16Storage"
    case .float32: "FloatStorage"
    case .float64: "DoubleStorage"
    case .int8: "CharStorage"
    case .int16: "ShortStorage"
    case .int32: "IntStorage"
    case .int64: "LongStorage"
    case .uint8: "ByteStorage"
    case .bool: "BoolStorage"
    }
  }

  /// The name in a safetensors header, such as `F32`.
  var safetensorsName: String {
    switch self {
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .float32: "F32"
    case .float64: "F64"
    case .int8: "I8"
    case .int16: "I16"
    case .int32: "I32"
    case .int64: "I64"
    case .uint8: "U8"
    case .bool: "BOOL"
    }
  }

  /// A floating-point element, rounded to single precision; traps for the other types and outside
  /// the bytes.
  func float(at offset: Int, in bytes: RawSpan) -> Float {
    switch self {
    case .float16:
      Float(Float16(bitPattern: Self.load(UInt16.self, offset, bytes)))
    case .bfloat16:
      Float(bitPattern: UInt32(Self.load(UInt16.self, offset, bytes)) << 16)
    case .float32:
      Float(bitPattern: Self.load(UInt32.self, offset, bytes))
    case .float64:
      Float(Double(bitPattern: Self.load(UInt64.self, offset, bytes)))
    default: preconditionFailure("\(self) is not a floating-point type")
    }
  }

  /// Bounds are checked; any bytes are a value of an integer.
  private static func load<Bits: FixedWidthInteger & BitwiseCopyable>(
    _ type: Bits.Type, _ offset: Int, _ bytes: RawSpan
  ) -> Bits {
    Bits(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }
}
