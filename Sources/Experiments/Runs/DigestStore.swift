import Files
import Foundation

/// Values shared by many runs of a sweep: one JSON file for each, named by its digest.
struct DigestStore<Value: Codable & Sendable>: Sendable {
  let url: URL

  /// Writes the value unless it is already stored whole.
  /// - Returns: the SHA-256 of its canonical JSON, 64 hexadecimal digits.
  func save(_ value: Value) throws -> String {
    let digest = try Self.digest(value)
    if !isWhole(digest) {
      try AtomicFile.createFolder(url)
      let text = try CanonicalJSON.encode(value, pretty: true)
      try AtomicFile.write(text + [0x0a], to: file(digest))
    }
    return digest
  }

  /// - Throws: `UserError` if the file is missing, is damaged or does not match the digest.
  func load(_ digest: String) throws(UserError) -> Value {
    guard contains(digest) else {
      throw UserError(
        path: file(digest).path,
        problem: "does not exist; it belongs to the runs next to it and must be copied with "
          + "them; or \(Self.advice)")
    }
    let value: Value
    do throws(UserError) { value = try readJSON(Value.self, file(digest)) } catch {
      throw error.adding("; \(Self.advice)")
    }
    guard (try? Self.digest(value)) == digest else {
      throw UserError(
        path: file(digest).path,
        problem: "is damaged: it does not match the digest in its name; \(Self.advice)")
    }
    return value
  }

  private static var advice: String { "run the sweep again, which writes this file again" }

  /// Whether the value is stored, and as it was written.
  func isWhole(_ digest: String) -> Bool { (try? load(digest)) != nil }

  func contains(_ digest: String) -> Bool {
    FileManager.default.fileExists(atPath: file(digest).path)
  }

  /// The names of the stored values.
  var digests: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return names.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  static func digest(_ value: Value) throws -> String {
    sha256(try CanonicalJSON.encode(value))
  }

  func file(_ digest: String) -> URL { url.appending(path: "\(digest).json") }
}

/// The image lists of a sweep's runs.
typealias SplitStore = DigestStore<SplitRecord>
/// The manifests of the code that produced a sweep's runs.
typealias CodeStore = DigestStore<CodeManifest>

extension SplitRecord {
  /// SHA-256 of the canonical JSON, 64 hexadecimal digits.
  var digest: String {
    get throws { try SplitStore.digest(self) }
  }
}
