import Foundation

/// The type of a stored tensor's elements, little endian, by PyTorch's name.
package enum ScalarType: String, Hashable, Sendable, CaseIterable {
  case float16, bfloat16, float32, float64, int8, int16, int32, int64, uint8, bool
  /// Not among weights, but beside them.
  case uint16, uint32, uint64, complex32, complex64, complex128
  case float8E4M3FN = "float8_e4m3fn"
  case float8E4M3FNUZ = "float8_e4m3fnuz"
  case float8E5M2 = "float8_e5m2"
  case float8E5M2FNUZ = "float8_e5m2fnuz"
  case float8E8M0FNU = "float8_e8m0fnu"

  /// Bytes of an element.
  package var size: Int {
    switch self {
    case .int8, .uint8, .bool, .float8E4M3FN, .float8E4M3FNUZ, .float8E5M2, .float8E5M2FNUZ,
      .float8E8M0FNU:
      1
    case .float16, .bfloat16, .int16, .uint16: 2
    case .float32, .int32, .uint32, .complex32: 4
    case .float64, .int64, .uint64, .complex64: 8
    case .complex128: 16
    }
  }

  /// Whether `float` reads it.
  package var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// From PyTorch's name of a storage, such as `FloatStorage`; those of quantized numbers hold integers.
  init?(storageClass: String) {
    switch storageClass {
    case "HalfStorage": self = .float16
    case "BFloat16Storage": self = .bfloat16
    case "FloatStorage": self = .float32
    case "DoubleStorage": self = .float64
    case "CharStorage", "QInt8Storage": self = .int8
    case "ShortStorage": self = .int16
    case "IntStorage", "QInt32Storage": self = .int32
    case "LongStorage": self = .int64
    case "ByteStorage", "QUInt8Storage", "QUInt4x2Storage", "QUInt2x4Storage", "UntypedStorage":
      self = .uint8
    case "BoolStorage": self = .bool
    case "ComplexFloatStorage": self = .complex64
    case "ComplexDoubleStorage": self = .complex128
    default: return nil
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
    case .uint16: "U16"
    case .uint32: "U32"
    case .uint64: "U64"
    case .complex32: "C32"
    case .complex64: "C64"
    case .complex128: "C128"
    case .float8E4M3FN: "F8_E4M3"
    case .float8E4M3FNUZ: "F8_E4M3FNUZ"
    case .float8E5M2: "F8_E5M2"
    case .float8E5M2FNUZ: "F8_E5M2FNUZ"
    case .float8E8M0FNU: "F8_E8M0"
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
