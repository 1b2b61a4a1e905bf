import Files
import Foundation

/// JSON of which nothing is known beforehand.
enum JSONTree: Decodable {
  case object([String: JSONTree])
  case list([JSONTree])
  case flag(Bool)
  case number(String)
  case text(String)

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if let object = try? value.decode([String: JSONTree].self) {
      self = .object(object)
    } else if let list = try? value.decode([JSONTree].self) {
      self = .list(list)
    } else if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? value.decode(UInt64.self) {
      self = .number("\(number)")
    } else if let number = try? value.decode(Double.self) {
      self = .number(plain(number))
    } else {
      self = .text(try value.decode(String.self))
    }
  }

  /// The values by their paths, such as `training.batch`, for readers.
  func leaves(at path: String = "") -> [String: String] {
    switch self {
    case .flag(let flag): return [path: flag ? "yes" : "no"]
    case .number(let text), .text(let text): return [path: text]
    case .object(let object):
      return Self.merged(object.map { $1.leaves(at: Self.path(path, $0)) })
    case .list(let list):
      return Self.merged(list.enumerated().map { $1.leaves(at: "\(path).\($0)") })
    }
  }

  /// The same for programs: flags are `true` and `false`, and a list is one field of JSON, so that
  /// there are as many fields for any number of elements.
  func fields(at path: String = "") -> [String: String] {
    switch self {
    case .flag(let flag): return [path: "\(flag)"]
    case .number(let text), .text(let text): return [path: text]
    case .object(let object):
      return Self.merged(object.map { $1.fields(at: Self.path(path, $0)) })
    case .list: return [path: json]
    }
  }

  private var json: String {
    switch self {
    case .flag(let flag): return "\(flag)"
    case .number(let text): return text
    case .text(let text):
      return (try? CanonicalJSON.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    case .object(let object):
      let members = object.sorted { $0.key < $1.key }
      return "{" + members.map { "\"\($0)\":\($1.json)" }.joined(separator: ",") + "}"
    case .list(let list): return "[" + list.map(\.json).joined(separator: ",") + "]"
    }
  }

  private static func path(_ path: String, _ key: String) -> String {
    path.isEmpty ? key : "\(path).\(key)"
  }

  private static func merged(_ parts: [[String: String]]) -> [String: String] {
    parts.reduce(into: [:]) { all, part in all.merge(part) { first, _ in first } }
  }
}
