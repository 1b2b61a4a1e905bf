import Foundation

/// JSON whose bytes depend only on the value: sorted keys, shortest round-trip numbers.
/// Numbers that are not finite are written as the strings `inf`, `-inf` and `nan`.
package enum CanonicalJSON {
  package static func encode(_ value: some Encodable, pretty: Bool = false) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try encoder.encode(value)
  }

  /// - Parameter url: the file that the error names.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, from data: Data, of url: URL
  ) throws(UserError) -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do { return try decoder.decode(type, from: data) } catch let error as DecodingError {
      throw UserError(path: url.path, problem: "is damaged: \(reason(error))")
    } catch let error as UserError {
      throw UserError(path: url.path, problem: "is damaged: \(error.problem)")
    } catch { throw UserError(path: url.path, problem: "is damaged") }
  }

  private static func reason(_ error: DecodingError) -> String {
    switch error {
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      context.codingPath.isEmpty
        ? "not valid JSON"
        : "'\(context.codingPath.map(\.stringValue).joined(separator: "."))' does not make sense"
    @unknown default: "not valid JSON"
    }
  }
}
